//! The clock and the random numbers of the machine the command runs on.

use std::time::{SystemTime, UNIX_EPOCH};

use chancery_base::values::{Clock, Entropy, UnixMillis};

/// The operating system's clock and generator.
#[derive(Debug, Clone, Copy)]
pub struct Machine;

impl Clock for Machine {
    fn now(&self) -> UnixMillis {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        UnixMillis::new(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

impl Entropy for Machine {
    #[expect(clippy::expect_used, reason = "without random numbers no key is safe, so nothing may go on")]
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system gives random numbers");
    }
}
