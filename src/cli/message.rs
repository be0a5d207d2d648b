//! What the command line says to people.

pub(crate) use crate::words::{Message, say};
