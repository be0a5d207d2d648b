//! In which form a thing is used: most licences do not care, some speak of one form and not of another.

use crate::documents::codes;

codes! {
    /// What is handled, or reaches others, when a right is exercised.
    Form {
        /// The thing as its holder gives it: data, a text, source code.
        Raw = "raw",
        /// Weights as files: the thing itself, or something trained with it.
        Weights = "weights",
        /// Access over a network, no copy changing hands.
        Service = "service",
        /// What comes out of running or querying it.
        Output = "output",
    }
}
