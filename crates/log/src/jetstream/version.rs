//! The server's version, because an old one silently ignores what it does not know.

use std::{fmt, str::FromStr};

/// The lowest that will do. Debian ships 2.9.10.
pub(super) const LOWEST: Version = Version::new(2, 12, 7);

/// From here on without known trouble that concerns the log.
pub(super) const RECOMMENDED: Version = Version::new(2, 14, 6);

/// From here on a batch is synced once; before, message by message, which is worth nothing.
pub(super) const BATCHES: Version = Version::new(2, 15, 0);

/// A version of nats-server. One on the way to a release comes before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version {
    numbers: (u64, u64, u64),
    released: bool,
}

impl Version {
    const fn new(major: u64, minor: u64, patch: u64) -> Version {
        Version { numbers: (major, minor, patch), released: true }
    }
}

impl FromStr for Version {
    type Err = ();

    fn from_str(text: &str) -> Result<Version, ()> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let (numbers, released) = match text.split_once(['-', '+']) {
            Some((numbers, _)) => (numbers, false),
            None => (text, true),
        };
        let numbers: Vec<u64> = numbers.split('.').map(str::parse).collect::<Result<_, _>>().map_err(drop)?;
        match numbers[..] {
            [major, minor, patch] => Ok(Version { numbers: (major, minor, patch), released }),
            _ => Err(()),
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (major, minor, patch) = self.numbers;
        write!(f, "{major}.{minor}.{patch}")
    }
}

/// Whether a server that says this of itself may hold the log. One that cannot be read may not.
pub(super) fn will_do(version: &str) -> bool {
    version.parse::<Version>().is_ok_and(|version| version >= LOWEST)
}

/// Whether it is one of those recommended, or newer.
pub(super) fn recommended(version: &str) -> bool {
    version.parse::<Version>().is_ok_and(|version| version >= RECOMMENDED)
}

/// Whether it is worth sending batches to.
pub(super) fn batches(version: &str) -> bool {
    version.parse::<Version>().is_ok_and(|version| version >= BATCHES)
}

#[cfg(test)]
mod tests {
    use super::{batches, recommended, will_do};

    #[test]
    fn a_server_that_ignores_what_it_does_not_know_is_refused() {
        for (version, will) in [
            ("2.9.10", false),
            ("2.12.6", false),
            ("2.12.7-RC.1", false),
            ("2.12.7", true),
            ("v2.12.8", true),
            ("2.14.6", true),
            ("2.15.1", true),
            ("2.16.0-preview.2", true),
            ("10.0.0", true),
            ("1.99.99", false),
            ("2.15", false),
            ("", false),
            ("newest", false),
        ] {
            assert_eq!(will_do(version), will, "{version}");
        }
        assert!(recommended("2.14.6") && recommended("2.15.1") && !recommended("2.12.7") && !recommended("2.14.5"));
        assert!(batches("2.15.0") && batches("2.15.1") && !batches("2.14.6") && !batches("newest"));
    }
}
