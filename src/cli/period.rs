//! A period of what is on record, as commands take it.

use chancery_base::values::UnixMillis;
use clap::Args;

use super::{error::CliError, message::say};

/// From when to when; without an end everything from or up to there.
#[derive(Debug, Args)]
pub struct Period {
    /// First moment: a date, or a time such as 2026-07-01T00:00:00Z [default: from the first on]
    #[arg(long, value_name = "TIME")]
    from: Option<UnixMillis>,
    /// First moment after the period [default: to the last]
    #[arg(long, value_name = "TIME")]
    to: Option<UnixMillis>,
}

impl Period {
    /// Whether anything was said.
    #[must_use]
    pub const fn is_given(&self) -> bool {
        self.from.is_some() || self.to.is_some()
    }

    /// The period as the beginning of a query.
    ///
    /// # Errors
    /// [`CliError::Local`] if it ends before it begins.
    pub fn query(&self) -> Result<String, CliError> {
        if let (Some(from), Some(to)) = (self.from, self.to)
            && from >= to
        {
            return Err(CliError::usage(say!("export-period", from = from, to = to)));
        }
        let bound = |name: &str, moment: Option<UnixMillis>| {
            moment.map(|moment| format!("{name}={}&", moment.as_millis())).unwrap_or_default()
        };
        Ok(format!("{}{}", bound("from", self.from), bound("to", self.to)))
    }
}
