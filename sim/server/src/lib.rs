//! The embedded reference server: CSSM, SSM On-Prem and CSLU.
