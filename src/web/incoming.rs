//! Bodies as they come in: chunk by chunk, and not slower than a client that means it.

use std::{
    pin::Pin,
    time::{Duration, Instant},
};

use actix_web::{dev::Payload, rt::time::timeout, web::Bytes};
use chancery_base::problem::{Problem, ProblemKind};
use futures_core::Stream;

/// Within so much waiting for a client …
const WINDOW: Duration = Duration::from_secs(30);
/// … so many bytes must have come, or the end of the body.
const LEAST_BYTES: usize = 16 << 10;

/// The body of a request.
pub struct Incoming {
    payload: Payload,
    pace: Pace,
}

impl Incoming {
    /// The body that `payload` brings.
    #[must_use]
    pub fn new(payload: Payload) -> Self {
        Self { payload, pace: Pace::default() }
    }

    /// The next chunk.
    ///
    /// Errors: it broke off, or came too slowly. What the server takes to work on a chunk is not the client's time.
    pub async fn next(&mut self) -> Option<Result<Bytes, Problem>> {
        let began = Instant::now();
        let payload = &mut self.payload;
        let chunk = std::future::poll_fn(|context| Pin::new(&mut *payload).poll_next(context));
        match timeout(self.pace.left(), chunk).await {
            Ok(Some(Ok(chunk))) => {
                self.pace.came(began.elapsed(), chunk.len());
                Some(Ok(chunk))
            }
            Ok(Some(Err(error))) => Some(Err(refused(&format!("the body broke off: {error}; send the request again")))),
            Ok(None) => None,
            Err(_) => {
                let (seconds, least) = (WINDOW.as_secs(), LEAST_BYTES >> 10);
                let detail = format!("less than {least} KiB of the body came within {seconds} seconds; send it faster");
                Some(Err(refused(&detail)))
            }
        }
    }
}

fn refused(detail: &str) -> Problem {
    Problem::new(ProblemKind::BadRequest, detail)
}

/// How a body comes in, since it last had come far enough.
#[derive(Default)]
struct Pace {
    waited: Duration,
    bytes: usize,
}

impl Pace {
    /// How long may still be waited.
    const fn left(&self) -> Duration {
        WINDOW.saturating_sub(self.waited)
    }

    fn came(&mut self, waited: Duration, bytes: usize) {
        self.waited += waited;
        self.bytes += bytes;
        if self.bytes >= LEAST_BYTES {
            *self = Self::default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trickle_uses_its_time_up_and_a_stream_does_not() {
        let mut trickle = Pace::default();
        for _ in 0..30 {
            assert!(!trickle.left().is_zero());
            trickle.came(Duration::from_secs(1), 1);
        }
        assert!(trickle.left().is_zero());
        let mut stream = Pace::default();
        for _ in 0..1_000 {
            stream.came(Duration::from_secs(29), LEAST_BYTES);
            assert_eq!(stream.left(), WINDOW);
        }
    }
}
