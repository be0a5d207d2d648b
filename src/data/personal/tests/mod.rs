//! The scanner on the whole corpus.

mod corpus;
