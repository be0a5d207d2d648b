//! Starting and stopping the HTTP server, and another one for measures where they are asked for.
//!
//! Told to stop, it first says so where load balancers ask (`/readyz`) and goes on answering for a moment, so that they can turn
//! elsewhere; then it takes no more connections and finishes what was begun, within a bound. Told twice, it ends at once: what
//! was answered is durable, and what was not may be asked again.

use std::{
    future::poll_fn,
    net::{SocketAddr, TcpListener},
    task::Poll,
    time::Duration,
};

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

use super::{
    door::{Bound, DoorError},
    finish::finish,
    limits::Limits,
    observe::observe,
    routes::{configure, configure_metrics},
    tls::Tls,
};
use crate::app::{App, Measures};

/// Threads that take connections; the work is done on others.
const WORKERS: usize = 2;
/// How long a client may take to send the head of a request.
const REQUEST_HEAD_DEADLINE: Duration = Duration::from_secs(10);
/// How long it goes on taking connections once it is told to stop; long enough for a proxy that asks `/readyz` every second.
const NOTICE: Duration = Duration::from_secs(1);
/// How long running requests may then take to end; a service manager is to wait longer.
const SHUTDOWN_SECONDS: u64 = 30;
/// How often measures are tidied up.
const TIDY_EVERY: Duration = Duration::from_secs(5);
/// The code a process ends with that was told to stop a second time.
const EXIT_AT_ONCE: i32 = 1;

/// A server that listens.
pub struct Server {
    /// Where.
    pub address: SocketAddr,
    /// Where it shows its measures.
    pub metrics: Option<SocketAddr>,
    handle: ServerHandle,
    running: actix_web::dev::Server,
    showing: Option<actix_web::dev::Server>,
    app: web::Data<App>,
}

/// Answers from `app` where `bound` listens.
///
/// # Errors
/// [`DoorError::Io`]; a defect of ours.
pub fn serve(app: web::Data<App>, bound: Bound) -> Result<Server, DoorError> {
    let Bound { door, listener, metrics } = bound;
    let limits = web::Data::new(Limits::new(&app.rates));
    let proxies = web::Data::new(door.listening.proxies.clone());
    let served = app.clone();
    let server = HttpServer::new(move || {
        HttpApp::new()
            .app_data(served.clone())
            .app_data(limits.clone())
            .app_data(proxies.clone())
            .wrap(from_fn(finish))
            .wrap(from_fn(observe))
            .configure(configure)
    })
    .workers(WORKERS)
    .client_request_timeout(REQUEST_HEAD_DEADLINE)
    .shutdown_timeout(SHUTDOWN_SECONDS)
    .disable_signals();
    let server = match &door.tls {
        None => server.listen(listener)?,
        Some(tls) => server.listen_rustls_0_23(listener, tls.server_config().map_err(std::io::Error::other)?)?,
    };
    let address = first(&server.addrs())?;
    let showing = metrics.map(|listener| show_metrics(app.clone(), listener)).transpose()?;
    if let Some(tls) = &door.tls {
        rt::spawn(renew_when_told(signal(SignalKind::hangup())?, tls.clone()));
    }
    let running = server.run();
    let (metrics, showing) = showing.unzip();
    Ok(Server { address, metrics, handle: running.handle(), running, showing, app })
}

/// Shows the measures of `app` where `listener` listens, and nothing else.
fn show_metrics(app: web::Data<App>, listener: TcpListener) -> Result<(SocketAddr, actix_web::dev::Server), DoorError> {
    let measures = Measures::start()?;
    rt::spawn(tidy(measures.clone()));
    let measures = web::Data::new(measures);
    let server = HttpServer::new(move || {
        HttpApp::new().app_data(app.clone()).app_data(measures.clone()).configure(configure_metrics)
    })
    .workers(1)
    .client_request_timeout(REQUEST_HEAD_DEADLINE)
    .shutdown_timeout(0)
    .disable_signals()
    .listen(listener)?;
    Ok((first(&server.addrs())?, server.run()))
}

/// Tidies measures up from time to time, also while nobody asks for them.
async fn tidy(measures: Measures) {
    loop {
        sleep(TIDY_EVERY).await;
        measures.tidy();
    }
}

fn first(addresses: &[SocketAddr]) -> std::io::Result<SocketAddr> {
    addresses.first().copied().ok_or_else(|| std::io::Error::other("nothing was bound"))
}

/// Reads certificate and key again at each signal.
async fn renew_when_told(mut told: Signal, tls: Tls) {
    while told.recv().await.is_some() {
        match tls.renew() {
            Ok(()) => tracing::info!("certificate and key were read again"),
            Err(error) => tracing::error!(error.cause = %error, "the certificate in use is kept"),
        }
    }
}

/// Starts a server with `start` and runs it on this thread until it is stopped, by a signal or through its handle.
///
/// # Errors
/// `start`'s; the server cannot go on.
pub fn run_until_stopped(start: impl FnOnce() -> Result<Server, DoorError>) -> Result<(), DoorError> {
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
    /// # Errors
    /// [`DoorError::Io`]: the server cannot go on; signals cannot be heard.
    pub async fn run(self) -> Result<(), DoorError> {
        let (handle, app) = (self.handle, self.app.clone());
        let signals = [signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?];
        rt::spawn(stop_when_told(signals, handle, app));
        // It is looked at until the end, and what it holds of the registry is let go before that is closed.
        let showing = self.showing.map(|showing| (showing.handle(), rt::spawn(showing)));
        self.running.await?;
        if let Some((handle, _)) = &showing {
            handle.stop(false).await;
        }
        let app = self.app;
        Ok(web::block(move || app.finish_closing()).await.map_err(std::io::Error::other)?)
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
