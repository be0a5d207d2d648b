//! The HTTP door. A handler extracts, calls one act and renders its outcome; nothing here decides, signs or queries.

mod api;
pub mod arrival;
mod authentication;
mod blocking;
mod call;
mod door;
mod finish;
mod incoming;
mod limits;
mod log;
mod metrics;
mod observe;
mod openai;
mod page;
mod problem;
mod reference;
mod refusal;
mod routes;
mod server;
mod session;
mod tls;
mod ui;

pub use actix_web::{dev::ServerHandle, web::Data};
pub use door::{Bound, Door, DoorError};
pub use reference::document;
pub use routes::{UNGATED, configure};
pub use server::{Server, run_until_stopped, serve};
pub use tls::TlsError;
pub use ui::TEXTS;
