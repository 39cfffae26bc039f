//! The limit of open file descriptors: every connection is one.

/// The limit of open file descriptors, before and after it was raised. `u64::MAX`: none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FdLimit {
    /// Soft limit the process was started with.
    pub before: u64,
    /// Soft limit in force.
    pub now: u64,
    /// Hard limit: what an ordinary process may raise its soft limit to.
    pub hard: u64,
}

impl FdLimit {
    /// A system that sets no such limit, or does not tell it.
    pub const NONE: Self = Self { before: u64::MAX, now: u64::MAX, hard: u64::MAX };

    /// What is in force, unchanged.
    pub fn current() -> Self {
        match read() {
            Some((soft, hard)) => Self { before: soft, now: soft, hard },
            None => Self::NONE,
        }
    }
}

/// Raises the soft limit to the hard one. Where that is refused the limit stays as it is: what a
/// run needs is compared with `now` before it starts, so a refusal here ends nothing.
pub fn raise_fd_limit() -> FdLimit {
    let before = FdLimit::current();
    let now = rlimit::increase_nofile_limit(before.hard).unwrap_or(before.now);
    FdLimit { now: now.max(before.now), ..before }
}

#[cfg(unix)]
fn read() -> Option<(u64, u64)> {
    rlimit::Resource::NOFILE.get().ok()
}

#[cfg(not(unix))]
fn read() -> Option<(u64, u64)> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_soft_limit_becomes_the_hard_one_and_never_less() {
        let limit = raise_fd_limit();
        assert!(limit.before <= limit.now && limit.now <= limit.hard, "{limit:?}");
        let again = raise_fd_limit();
        assert_eq!((again.before, again.now, again.hard), (limit.now, limit.now, limit.hard));
        #[cfg(target_os = "linux")]
        assert_eq!(limit.now, limit.hard);
    }
}
