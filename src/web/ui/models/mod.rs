//! The pages of a model or data set: what every one of them starts from, and a file for each tab.

mod about;
mod data;
mod destroy;
mod files;
mod grants;
mod holds;
mod licence;
mod lineage;
mod list;
mod passport;
mod place;
mod preparations;
mod status;
mod summary;
mod uses;
mod versions;

pub use data::summary as registered_dataset;
pub use destroy::{confirm as confirm_destruction, destroy};
pub use files::{bundle, files};
pub use grants::grants as model_grants;
pub use holds::release as release_hold;
pub use licence::licence;
pub use lineage::lineage;
pub use list::{datasets as registered_datasets, models};
pub use passport::passport;
pub use preparations::{begin as begin_preparation, cancel as cancel_preparation, preparation, preparations};
pub use status::{change as change_status, confirm as confirm_status};
pub use summary::summary as model;
pub use uses::uses;
pub use versions::{set_alias, versions};
