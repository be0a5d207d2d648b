//! The catalogue: the models and data sets that a party may know of, to look through and to search.
//!
//! It is written when versions are registered and when their status changes, from the papers they came with, and shows each party
//! what is listed for it and nothing else. It proves nothing: what is judged or verified is read from the signed papers.

mod datasets;
mod entering;
mod models;
mod rows;
mod words;

pub use datasets::{DatasetId, DatasetQuery, DeclaredDataset, ShownDataset, dataset_id, find_datasets, show_dataset};
pub use entering::{catch_up, enter_model, enter_version};
pub use models::{ModelOrder, ModelQuery, ModelScope, find_models};

/// Models or data sets on one page of a listing for people.
pub const PAGE: u32 = 25;

/// Most things that a search looks at. Whoever finds more than that has to say more.
const SEARCHED: u32 = 500;

/// A page of what was looked for.
#[derive(Debug, Clone)]
pub struct Found<T> {
    /// What stands on it.
    pub items: Vec<T>,
    /// The last of them, where the page behind it goes on, if there is one.
    pub next: Option<String>,
    /// Whether the search stopped before it had looked at everything.
    pub is_cut_short: bool,
}

impl<T> Found<T> {
    /// The page that `items` begin with, which go on behind it if there are more; `name` is what the next page is asked for with.
    fn cut(mut items: Vec<T>, is_cut_short: bool, name: impl FnOnce(&T) -> String) -> Self {
        let page = usize::try_from(PAGE).unwrap_or(usize::MAX);
        let goes_on = items.len() > page;
        items.truncate(page);
        Self { next: items.last().filter(|_| goes_on).map(name), items, is_cut_short }
    }
}

#[cfg(test)]
mod tests;
