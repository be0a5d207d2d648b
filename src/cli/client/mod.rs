//! The client's side of the programs' API (`docs/api.md`).

mod address;
mod authority;
mod http;
mod pages;
mod person;
mod token;

pub use address::ServerAddress;
pub use http::{Answer, Client};
pub use pages::{Newest, escaped};
pub use person::{PersonClient, SignIn};
pub use token::Token;
