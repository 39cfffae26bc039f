//! The public face of the test PKI: reproducible bytes, what certificates say, and whether
//! OpenSSL, an implementation that shares no code with ours, accepts them.

#[cfg(test)]
mod content;
#[cfg(test)]
mod openssl;
#[cfg(test)]
mod reproducible;
