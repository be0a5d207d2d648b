//! Progress of long work on standard error: how much is done, how fast, how long still. Silent where nobody watches.

use std::io::{self, Read};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{message::Message, output::Output};

/// Bytes done, rate and remaining time in one line.
const TEMPLATE: &str = "{msg} [{bar:30}] {bytes}/{total_bytes} {bytes_per_sec} {eta}";
/// How much of an unknown amount is done, and how fast.
const SPINNER_TEMPLATE: &str = "{spinner} {msg} {pos} {per_sec}";
/// Redraws a second.
const REDRAWS: u8 = 10;

/// A bar that counts bytes.
pub struct Progress(ProgressBar);

impl Progress {
    /// Starts counting towards `total` bytes of `work`.
    #[must_use]
    pub fn start(output: &Output, work: &Message, total: u64) -> Self {
        Self::with_template(output, work, total, TEMPLATE)
    }

    /// Starts counting steps of `work` whose number is not known.
    #[must_use]
    pub fn spin(output: &Output, work: &Message) -> Self {
        Self::with_template(output, work, 0, SPINNER_TEMPLATE)
    }

    fn with_template(output: &Output, work: &Message, total: u64, template: &str) -> Self {
        if !output.draws_progress() {
            return Self(ProgressBar::hidden());
        }
        let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr_with_hz(REDRAWS));
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.set_message(output.words().say(work));
        Self(bar)
    }

    /// Counts `bytes` that need no work.
    pub fn skip(&self, bytes: u64) {
        self.0.inc(bytes);
        // What was there already says nothing about the rate.
        self.0.reset_eta();
    }

    /// Counts what is read from `source`.
    pub fn reading<'bar, R: Read + 'bar>(&'bar self, source: R) -> impl Read + 'bar {
        Counted { source, bar: &self.0 }
    }

    /// Says how much is done.
    pub fn set(&self, done: u64) {
        self.0.set_position(done);
    }

    /// Says how much of how much is done, where that was not known before.
    pub fn set_of(&self, done: u64, total: u64) {
        self.0.set_length(total);
        self.0.set_position(done);
    }

    /// How many bytes are done.
    #[must_use]
    pub fn done(&self) -> u64 {
        self.0.position()
    }

    /// Goes back to `bytes`, before work that failed is done again.
    pub fn back_to(&self, bytes: u64) {
        self.0.set_position(bytes);
        self.0.reset_eta();
    }

    /// Takes the bar off the screen.
    pub fn finish(self) {
        self.0.finish_and_clear();
    }
}

struct Counted<'bar, R> {
    source: R,
    bar: &'bar ProgressBar,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(buffer)?;
        self.bar.inc(u64::try_from(read).unwrap_or_default());
        Ok(read)
    }
}
