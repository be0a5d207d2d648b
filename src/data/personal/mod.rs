//! Personal data in text: what is found, how surely, and what is put in its place.
