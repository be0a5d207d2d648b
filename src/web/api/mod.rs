//! `/api/v1`: what programs do, one file per thing.

pub mod access_requests;
pub mod approvals;
pub mod datasets;
pub mod decisions;
pub mod destructions;
pub mod exports;
pub mod grants;
pub mod holds;
pub mod invitations;
pub mod keys;
pub mod log_rotations;
pub mod models;
pub mod parties;
pub mod passports;
pub mod people;
pub mod policies;
pub mod policy_trials;
pub mod predict;
pub mod preparations;
pub mod receipts;
pub mod sessions;
pub mod signing_keys;
pub mod uploads;
pub mod webhooks;
