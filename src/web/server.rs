//! Starting and stopping the HTTP server.

use std::{net::SocketAddr, time::Duration};

use actix_web::{App as HttpApp, HttpServer, dev::ServerHandle, middleware::from_fn, web};

use super::{finish::finish, limits::Limits, routes::configure};
use crate::app::App;

/// Threads that take connections; the work is done on others.
const WORKERS: usize = 2;
/// How long a client may take to send the head of a request.
const REQUEST_HEAD_DEADLINE: Duration = Duration::from_secs(10);
/// How long running requests may take to end once the server is told to stop.
const SHUTDOWN_SECONDS: u64 = 10;

/// A server that listens.
pub struct Server {
    /// Where.
    pub address: SocketAddr,
    handle: ServerHandle,
    running: actix_web::dev::Server,
}

/// Binds `listen` and answers from `app`.
///
/// Errors: the address cannot be bound.
pub fn serve(app: web::Data<App>, listen: &str) -> std::io::Result<Server> {
    let limits = web::Data::new(Limits::new(&app.rates));
    let server = HttpServer::new(move || {
        HttpApp::new().app_data(app.clone()).app_data(limits.clone()).wrap(from_fn(finish)).configure(configure)
    })
    .workers(WORKERS)
    .client_request_timeout(REQUEST_HEAD_DEADLINE)
    .shutdown_timeout(SHUTDOWN_SECONDS)
    .bind(listen)?;
    let address = server.addrs().first().copied().ok_or_else(|| std::io::Error::other("nothing was bound"))?;
    let running = server.run();
    Ok(Server { address, handle: running.handle(), running })
}

/// Starts a server with `start` and runs it on this thread until it is stopped, by a signal or through its handle.
///
/// Errors: `start`'s; the server cannot go on.
pub fn run_until_stopped(start: impl FnOnce() -> std::io::Result<Server>) -> std::io::Result<()> {
    actix_web::rt::System::new().block_on(async { start()?.run().await })
}

impl Server {
    /// What stops the server from elsewhere.
    #[must_use]
    pub fn handle(&self) -> ServerHandle {
        self.handle.clone()
    }

    /// Runs until stopped by a signal or through the handle; running requests are finished.
    ///
    /// Errors: the server cannot go on.
    pub async fn run(self) -> std::io::Result<()> {
        self.running.await
    }
}
