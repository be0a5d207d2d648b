//! The pages for people: server-rendered, useful without scripts, in English and Chinese. A page reads what acts and listings
//! give and shows it; what it changes, it changes through the same acts as the programs' API.
//!
//! Templates are in `templates/`, named after the files here; texts in `locales/`.

mod approvals;
mod assets;
mod chart;
mod dashboard;
mod datasets;
mod decisions;
mod error;
mod exports;
mod facts;
mod fields;
mod form;
mod frame;
mod grants;
mod invitation;
mod members;
mod models;
mod offer;
mod policies;
mod preferences;
mod providers;
mod purposes;
mod records;
mod requests;
mod sentence;
mod set_up;
mod settings;
mod sign_in;
mod signing_keys;
mod tasks;
mod tokens;
mod upload;
mod visit;
mod webhooks;
mod why;

pub use assets::asset;
pub use error::problem_page;
pub use frame::{Frame, TEXTS};
pub use visit::{Guest, gate};

/// What answers where, for the table of routes.
pub mod pages {
    pub use super::{
        approvals::{approval, approvals, approve, decline, rules as approval_rules},
        dashboard::dashboard,
        datasets::{dataset, datasets},
        decisions::decisions,
        exports::{archive as export_archive, begin as begin_export, export, exports},
        grants::{decline as decline_grant, grant, grants, revoke as revoke_grant, revoke_page as revoke_grant_page},
        invitation::{join, show as invitation},
        members::{change, invite, members, remove, withdraw},
        models::{
            begin_preparation, bundle as model_bundle, cancel_preparation, change_status, confirm_destruction,
            confirm_status, destroy, files as model_files, licence as model_licence, lineage as model_lineage, model,
            model_grants, models, passport as model_passport, preparation, preparations, registered_dataset,
            registered_datasets, release_hold, set_alias, uses as model_uses, versions as model_versions,
        },
        offer::{offer, offer_page},
        policies::{change as change_policy, policies},
        preferences::preferences,
        providers::{
            arrive as provider_return, depart as provider_departure, depart_to_join as provider_join,
            link as link_identity, unlink as unlink_identity,
        },
        records::{order_rotation, proof, receipt, record, records},
        requests::{
            ask as ask_access, ask_page as ask_access_page, decline as decline_request, request, requests,
            withdraw as withdraw_request,
        },
        set_up::{set_up, show as set_up_page},
        settings::{
            end_others, end_session, password, remove_second_factor, rename, second_factor, settings,
            start_second_factor,
        },
        sign_in::{second, second_page, sign_in, sign_in_page, sign_out},
        signing_keys::{
            approve as approve_key, approve_page as approve_key_page, revoke as revoke_key,
            revoke_page as revoke_key_page, signing_keys,
        },
        tokens::{make as make_token, revoke as revoke_token, tokens},
        upload::{check as check_passport, upload},
        webhooks::{
            add as add_webhook, redeliver, remove as remove_webhook, rotate as rotate_webhook, test as test_webhook,
            webhook, webhooks,
        },
        why::why,
    };
}
