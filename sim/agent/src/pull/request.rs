//! A request to an instance.

/// An HTTP request as it came, untrusted.
#[derive(Clone, Copy, Debug)]
pub struct InstanceRequest<'a> {
    /// Method, in capitals.
    pub method: &'a str,
    /// Path and query.
    pub target: &'a str,
    /// Headers, names in lower case.
    pub headers: &'a [(String, String)],
    /// Body.
    pub body: &'a [u8],
}

impl<'a> InstanceRequest<'a> {
    /// The path, without the slashes at its end.
    pub(super) fn path(&self) -> &'a str {
        let end = self.target.find(['?', '#']).unwrap_or(self.target.len());
        self.target[..end].trim_end_matches('/')
    }

    /// Names and values of the query, as they stand there.
    pub(super) fn query(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let query = self.target.split_once('?').map_or("", |(_, query)| query);
        let query = query.split('#').next().unwrap_or_default();
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")))
    }

    /// The value of a header; the first, where there are several.
    pub(super) fn header(&self, name: &str) -> Option<&'a str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn is_restconf(&self) -> bool {
        let path = self.path();
        path == "/restconf" || path.starts_with("/restconf/") || path.starts_with("/.well-known/")
    }
}

/// Undoes percent-encoding; none when the text is not encoded properly.
pub(super) fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let (digits, after) = rest.split_first_chunk::<2>()?;
        let [high, low] = digits.map(|digit| char::from(digit).to_digit(16));
        bytes.push(u8::try_from(high? * 16 + low?).expect("two hexadecimal digits"));
        rest = after;
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_taken_apart() {
        let request = |target| InstanceRequest { method: "GET", target, headers: &[], body: b"" };
        assert_eq!(request("/a/b/?depth=2&x#y").path(), "/a/b");
        let query: Vec<_> = request("/a?depth=2&x&&=1#y").query().collect();
        assert_eq!(query, [("depth", "2"), ("x", ""), ("", "1")]);
        assert_eq!(request("").path(), "");
        assert!(request("/restconf").is_restconf() && request("/restconf/data").is_restconf());
        assert!(!request("/restconfig").is_restconf());
    }

    #[test]
    fn percent_encoding_is_undone_or_refused() {
        assert_eq!(decoded("a%2Cb%c3%A9").as_deref(), Some("a,bé"));
        for text in ["%", "%4", "%zz", "%ff", "%+1"] {
            assert_eq!(decoded(text), None, "{text}");
        }
    }
}
