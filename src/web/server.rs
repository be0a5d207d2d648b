//! Starting and stopping the HTTP server.
//!
//! Told to stop, it first says so where load balancers ask (`/readyz`) and goes on answering for a moment, so that they can turn
//! elsewhere; then it takes no more connections and finishes what was begun, within a bound. Told twice, it ends at once: what
//! was answered is durable, and what was not may be asked again.

use std::{future::poll_fn, net::SocketAddr, task::Poll, time::Duration};

use actix_web::{
    App as HttpApp, HttpServer,
    dev::ServerHandle,
    middleware::from_fn,
    rt::{
        self,
        signal::unix::{Signal, SignalKind, signal},
        time::sleep,
    },
    web,
};

use super::{finish::finish, limits::Limits, routes::configure};
use crate::app::App;

/// Threads that take connections; the work is done on others.
const WORKERS: usize = 2;
/// How long a client may take to send the head of a request.
const REQUEST_HEAD_DEADLINE: Duration = Duration::from_secs(10);
/// How long it goes on taking connections once it is told to stop; long enough for a proxy that asks `/readyz` every second.
const NOTICE: Duration = Duration::from_secs(1);
/// How long running requests may then take to end; a service manager is to wait longer.
const SHUTDOWN_SECONDS: u64 = 30;
/// The code a process ends with that was told to stop a second time.
const EXIT_AT_ONCE: i32 = 1;

/// A server that listens.
pub struct Server {
    /// Where.
    pub address: SocketAddr,
    handle: ServerHandle,
    running: actix_web::dev::Server,
    app: web::Data<App>,
}

/// Binds `listen` and answers from `app`.
///
/// Errors: the address cannot be bound.
pub fn serve(app: web::Data<App>, listen: &str) -> std::io::Result<Server> {
    let limits = web::Data::new(Limits::new(&app.rates));
    let served = app.clone();
    let server = HttpServer::new(move || {
        HttpApp::new().app_data(served.clone()).app_data(limits.clone()).wrap(from_fn(finish)).configure(configure)
    })
    .workers(WORKERS)
    .client_request_timeout(REQUEST_HEAD_DEADLINE)
    .shutdown_timeout(SHUTDOWN_SECONDS)
    .disable_signals()
    .bind(listen)?;
    let address = server.addrs().first().copied().ok_or_else(|| std::io::Error::other("nothing was bound"))?;
    let running = server.run();
    Ok(Server { address, handle: running.handle(), running, app })
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

    /// Runs until stopped by a signal or through the handle; running requests are finished, and what was recorded has its place
    /// in the logs when this returns.
    ///
    /// Errors: the server cannot go on; signals cannot be heard.
    pub async fn run(self) -> std::io::Result<()> {
        let (handle, app) = (self.handle, self.app.clone());
        let signals = [signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?];
        rt::spawn(stop_when_told(signals, handle, app));
        self.running.await?;
        let app = self.app;
        web::block(move || app.finish_closing()).await.map_err(std::io::Error::other)
    }
}

/// Stops the server at the first signal, and the process at the second.
async fn stop_when_told(signals: [Signal; 2], handle: ServerHandle, app: web::Data<App>) {
    let [mut terminate, mut interrupt] = signals;
    told(&mut terminate, &mut interrupt).await;
    tracing::info!("stopping: running requests are finished first; another signal ends at once");
    app.begin_closing();
    rt::spawn(async move {
        sleep(NOTICE).await;
        handle.stop(true).await;
    });
    told(&mut terminate, &mut interrupt).await;
    tracing::warn!("told to stop again: ending at once");
    std::process::exit(EXIT_AT_ONCE);
}

/// Waits for either signal.
async fn told(terminate: &mut Signal, interrupt: &mut Signal) {
    poll_fn(|context| match terminate.poll_recv(context) {
        Poll::Pending => interrupt.poll_recv(context).map(drop),
        ready => ready.map(drop),
    })
    .await;
}
