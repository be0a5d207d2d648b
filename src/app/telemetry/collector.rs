//! The HTTP client through which traces go to their collector. It runs on the exporter's own thread and may wait there.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use async_trait::async_trait;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use ureq::Agent;

/// Most bytes of a collector's answer that are read.
const LARGEST_ANSWER: u64 = 64 << 10;

/// A collector as it is reached over HTTP.
#[derive(Debug)]
pub(super) struct Collector {
    agent: Agent,
    is_lost: AtomicBool,
}

impl Collector {
    pub(super) fn new(timeout: Duration) -> Self {
        let configuration = Agent::config_builder().max_redirects(0).timeout_global(Some(timeout)).build();
        Self { agent: Agent::new_with_config(configuration), is_lost: AtomicBool::new(false) }
    }

    fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, ureq::Error> {
        let (head, body) = request.into_parts();
        let (head, mut body) = self.agent.run(Request::from_parts(head, body.as_ref()))?.into_parts();
        let body = body.with_config().limit(LARGEST_ANSWER).read_to_vec()?;
        Ok(Response::from_parts(head, body.into()))
    }
}

#[async_trait]
impl HttpClient for Collector {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let sent = self.send(request);
        let was_lost = self.is_lost.swap(sent.is_err(), Ordering::Relaxed);
        // Said once: it is tried again with every batch.
        match &sent {
            Err(error) if !was_lost => {
                tracing::warn!(error.cause = %error, "traces do not reach their collector and are dropped")
            }
            Ok(_) if was_lost => tracing::info!("traces reach their collector again"),
            _ => {}
        }
        Ok(sent?)
    }
}
