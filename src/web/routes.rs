//! What exists. A route is gated unless it stands in [`UNGATED`].

use actix_web::{HttpResponse, Route, middleware::from_fn, web};
use chancery_base::problem::{Problem, ProblemKind};

use super::{
    api,
    authentication::authenticate,
    call::Answer,
    finish::not_found,
    log, metrics, openai, reference,
    ui::{self, pages},
};
use crate::app::App;

/// A path, and what answers there.
type Place = (&'static str, fn() -> Route);

/// A prefix, and what puts the routes below it in place.
type Scope = (&'static str, fn(&mut web::ServiceConfig));

/// Every route that answers without a record and without a key or a session: probes, what verifiers read, and the pages through
/// which people get in, and the reference.
pub const UNGATED: &[Place] = &[
    ("/healthz", || web::get().to(healthz)),
    ("/readyz", || web::get().to(readyz)),
    ("/log/trust", || web::get().to(log::trust)),
    ("/log/{log}/checkpoint", || web::get().to(log::checkpoint)),
    ("/log/{log}/tile/{path:.+}", || web::get().to(log::tile)),
    ("/api", || web::get().to(reference::browse)),
    ("/api/openapi.json", || web::get().to(reference::show)),
    ("/problems", || web::get().to(reference::list_problems)),
    ("/problems/{slug}", || web::get().to(reference::show_problem)),
    ("/assets/{digest}/{name}", || web::get().to(ui::asset)),
    ("/set-up", || web::get().to(pages::set_up_page)),
    ("/set-up", || web::post().to(pages::set_up)),
    ("/sign-in", || web::get().to(pages::sign_in_page)),
    ("/sign-in", || web::post().to(pages::sign_in)),
    ("/sign-in/second-factor", || web::get().to(pages::second_page)),
    ("/sign-in/second-factor", || web::post().to(pages::second)),
    ("/sign-in/with/{provider}", || web::get().to(pages::provider_departure)),
    ("/sign-in/with/{provider}/return", || web::get().to(pages::provider_return)),
    ("/join/{invitation}", || web::get().to(pages::invitation)),
    ("/join/{invitation}", || web::post().to(pages::join)),
    ("/join/{invitation}/with/{provider}", || web::get().to(pages::provider_join)),
    ("/preferences", || web::post().to(pages::preferences)),
];

/// Where every other route is: behind authentication.
const GATED: &[Scope] = &[("/v1", openai_routes), ("/api/v1", api_routes)];

/// Where the pages are that somebody signs in for.
const PAGES: &[Scope] = &[
    ("/approvals", approvals_pages),
    ("/datasets", datasets_pages),
    ("/decisions", decisions_pages),
    ("/exports", exports_pages),
    ("/grants", grants_pages),
    ("/keys", keys_pages),
    ("/members", members_pages),
    ("/models", models_pages),
    ("/policies", policies_pages),
    ("/records", records_pages),
    ("/settings", settings_pages),
    ("/tokens", tokens_pages),
    ("/upload", upload_pages),
    ("/webhooks", webhooks_pages),
];

/// Puts every route in its place. Nothing else is registered anywhere.
pub fn configure(config: &mut web::ServiceConfig) {
    for places in UNGATED.chunk_by(|(one, _), (other, _)| one == other) {
        let path = places.first().map_or("", |(path, _)| path);
        config.service(places.iter().fold(web::resource(path), |resource, (_, route)| resource.route(route())));
    }
    for (prefix, routes) in GATED {
        config.service(web::scope(prefix).wrap(from_fn(authenticate)).configure(routes));
    }
    for (prefix, routes) in PAGES {
        config.service(web::scope(prefix).wrap(from_fn(ui::gate)).configure(routes));
    }
    config
        .service(web::resource("/").wrap(from_fn(ui::gate)).get(pages::dashboard))
        .service(web::resource("/sign-out").wrap(from_fn(ui::gate)).post(pages::sign_out))
        .default_service(web::to(not_found));
}

/// All that the listener for metrics answers.
pub fn configure_metrics(config: &mut web::ServiceConfig) {
    config.service(web::resource("/metrics").get(metrics::show)).default_service(web::to(not_found));
}

fn approvals_pages(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("").get(pages::approvals))
        .service(web::resource("/rules").post(pages::approval_rules))
        .service(web::resource("/{id}").get(pages::approval))
        .service(web::resource("/{id}/approve").post(pages::approve))
        .service(web::resource("/{id}/decline").post(pages::decline))
        .default_service(web::to(not_found));
}

fn grants_pages(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("").get(pages::grants))
        .service(web::resource("/new").get(pages::offer_page).post(pages::offer))
        .service(web::resource("/requests").get(pages::requests))
        .service(web::resource("/requests/new").get(pages::ask_access_page).post(pages::ask_access))
        .service(web::resource("/requests/{id}").get(pages::request))
        .service(web::resource("/requests/{id}/decline").post(pages::decline_request))
        .service(web::resource("/requests/{id}/withdraw").post(pages::withdraw_request))
        .service(web::resource("/{id}").get(pages::grant))
        .service(web::resource("/{id}/decline").post(pages::decline_grant))
        .service(web::resource("/{id}/revoke").get(pages::revoke_grant_page).post(pages::revoke_grant))
        .default_service(web::to(not_found));
}

fn keys_pages(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("").get(pages::signing_keys))
        .service(web::resource("/{id}/approve").get(pages::approve_key_page).post(pages::approve_key))
        .service(web::resource("/{id}/revoke").get(pages::revoke_key_page).post(pages::revoke_key))
        .default_service(web::to(not_found));
}

fn models_pages(config: &mut web::ServiceConfig) {
    const MODEL: &str = "/{owner}/{name}";
    config
        .service(web::resource("").get(pages::models))
        .service(web::resource(MODEL).get(pages::model))
        .service(web::resource(format!("{MODEL}/passport")).get(pages::model_passport))
        .service(web::resource(format!("{MODEL}/files")).get(pages::model_files))
        .service(web::resource(format!("{MODEL}/bundle")).get(pages::model_bundle))
        .service(web::resource(format!("{MODEL}/versions")).get(pages::model_versions))
        .service(web::resource(format!("{MODEL}/aliases")).post(pages::set_alias))
        .service(web::resource(format!("{MODEL}/holds/{{hold}}/release")).post(pages::release_hold))
        .service(
            web::resource(format!("{MODEL}/versions/{{version}}/destroy"))
                .get(pages::confirm_destruction)
                .post(pages::destroy),
        )
        .service(
            web::resource(format!("{MODEL}/versions/{{version}}/{{change}}"))
                .get(pages::confirm_status)
                .post(pages::change_status),
        )
        .service(web::resource(format!("{MODEL}/lineage")).get(pages::model_lineage))
        .service(web::resource(format!("{MODEL}/licence")).get(pages::model_licence))
        .service(web::resource(format!("{MODEL}/grants")).get(pages::model_grants))
        .service(web::resource(format!("{MODEL}/uses")).get(pages::model_uses))
        .default_service(web::to(not_found));
}

fn datasets_pages(config: &mut web::ServiceConfig) {
    const DATASET: &str = "/{owner}/{name}";
    config
        .service(web::resource("").get(pages::registered_datasets))
        .service(web::resource("/named").get(pages::datasets))
        .service(web::resource("/{id}").get(pages::dataset))
        .service(web::resource(DATASET).get(pages::registered_dataset))
        .service(web::resource(format!("{DATASET}/datasheet")).get(pages::model_passport))
        .service(web::resource(format!("{DATASET}/files")).get(pages::model_files))
        .service(web::resource(format!("{DATASET}/bundle")).get(pages::model_bundle))
        .service(web::resource(format!("{DATASET}/versions")).get(pages::model_versions))
        .service(web::resource(format!("{DATASET}/aliases")).post(pages::set_alias))
        .service(web::resource(format!("{DATASET}/holds/{{hold}}/release")).post(pages::release_hold))
        .service(
            web::resource(format!("{DATASET}/versions/{{version}}/destroy"))
                .get(pages::confirm_destruction)
                .post(pages::destroy),
        )
        .service(
            web::resource(format!("{DATASET}/versions/{{version}}/{{change}}"))
                .get(pages::confirm_status)
                .post(pages::change_status),
        )
        .service(
            web::resource(format!("{DATASET}/preparations")).get(pages::preparations).post(pages::begin_preparation),
        )
        .service(web::resource(format!("{DATASET}/preparations/{{id}}")).get(pages::preparation))
        .service(web::resource(format!("{DATASET}/preparations/{{id}}/cancel")).post(pages::cancel_preparation))
        .service(web::resource(format!("{DATASET}/lineage")).get(pages::model_lineage))
        .service(web::resource(format!("{DATASET}/licence")).get(pages::model_licence))
        .default_service(web::to(not_found));
}

fn policies_pages(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("").get(pages::policies))
        .service(web::resource("/{rule}").post(pages::change_policy))
        .default_service(web::to(not_found));
}

fn upload_pages(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("").get(pages::upload))
        .service(web::resource("/passport").post(pages::check_passport))
        .default_service(web::to(not_found));
}

fn tokens_pages(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("").get(pages::tokens).post(pages::make_token))
        .service(web::resource("/{id}/revoke").post(pages::revoke_token))
        .default_service(web::to(not_found));
}

fn webhooks_pages(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("").get(pages::webhooks).post(pages::add_webhook))
        .service(web::resource("/{id}").get(pages::webhook))
        .service(web::resource("/{id}/test").post(pages::test_webhook))
        .service(web::resource("/{id}/rotate").post(pages::rotate_webhook))
        .service(web::resource("/{id}/remove").post(pages::remove_webhook))
        .service(web::resource("/{id}/deliveries/{delivery}/redeliver").post(pages::redeliver))
        .default_service(web::to(not_found));
}

fn members_pages(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("").get(pages::members))
        .service(web::resource("/invitations").post(pages::invite))
        .service(web::resource("/invitations/{id}/withdraw").post(pages::withdraw))
        .service(web::resource("/{id}/change").post(pages::change))
        .service(web::resource("/{id}/remove").post(pages::remove))
        .default_service(web::to(not_found));
}

fn settings_pages(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("").get(pages::settings))
        .service(web::resource("/name").post(pages::rename))
        .service(web::resource("/password").post(pages::password))
        .service(web::resource("/second-factor").get(pages::start_second_factor).post(pages::second_factor))
        .service(web::resource("/second-factor/remove").post(pages::remove_second_factor))
        .service(web::resource("/identities/remove").post(pages::unlink_identity))
        .service(web::resource("/identities/{provider}").post(pages::link_identity))
        .service(web::resource("/sessions/end-others").post(pages::end_others))
        .service(web::resource("/sessions/{id}/end").post(pages::end_session))
        .default_service(web::to(not_found));
}

fn decisions_pages(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("").get(pages::decisions))
        .service(web::resource("/{id}").get(pages::why))
        .default_service(web::to(not_found));
}

fn records_pages(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("").get(pages::records))
        .service(web::resource("/rotation").post(pages::order_rotation))
        .service(web::resource("/{leaf}").get(pages::record))
        .service(web::resource("/{leaf}/receipt").get(pages::receipt))
        .service(web::resource("/{leaf}/proof").get(pages::proof))
        .default_service(web::to(not_found));
}

fn exports_pages(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("").get(pages::exports).post(pages::begin_export))
        .service(web::resource("/{id}").get(pages::export))
        .service(web::resource("/{id}/archive").get(pages::export_archive))
        .default_service(web::to(not_found));
}

fn openai_routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/embeddings").post(openai::embeddings))
        .service(web::resource("/models").get(openai::models))
        .service(web::resource("/models/{model:.+}").get(openai::model))
        .default_service(web::to(not_found));
}

fn api_routes(config: &mut web::ServiceConfig) {
    use api::{
        access_requests, approvals, datasets, decisions, destructions, exports, grants, holds, invitations, keys,
        log_rotations, models, parties, passports, people, policies, policy_trials, predict, preparations, receipts,
        sessions, signing_keys, uploads, webhooks,
    };
    const MODEL: &str = "/models/{owner}/{name}";
    const VERSION: &str = "/models/{owner}/{name}/versions/{selector}";
    const DATASET: &str = "/datasets/{owner}/{name}";
    const DATASET_VERSION: &str = "/datasets/{owner}/{name}/versions/{selector}";
    config
        .service(web::resource("/whoami").get(parties::whoami))
        .service(web::resource("/parties").post(parties::create))
        .service(web::resource("/keys").get(keys::list).post(keys::issue))
        .service(web::resource("/keys/{id}").delete(keys::revoke))
        .service(web::resource("/people").get(people::list))
        .service(web::resource("/people/{id}").patch(people::change).delete(people::remove))
        .service(web::resource("/invitations").get(invitations::list).post(invitations::invite))
        .service(web::resource("/invitations/{id}").delete(invitations::withdraw))
        .service(web::resource("/sessions").get(sessions::list))
        .service(web::resource("/sessions/{id}").delete(sessions::end))
        .service(web::resource("/approvals").get(approvals::list))
        .service(web::resource("/approvals/rules").get(approvals::rules).put(approvals::set_rules))
        .service(web::resource("/approvals/{id}").get(approvals::show))
        .service(web::resource("/approvals/{id}/approve").post(approvals::approve))
        .service(web::resource("/approvals/{id}/decline").post(approvals::decline))
        .service(web::resource("/signing-keys/challenge").post(signing_keys::challenge))
        .service(web::resource("/signing-keys").get(signing_keys::list).post(signing_keys::propose))
        .service(web::resource("/signing-keys/{id}").delete(signing_keys::revoke))
        .service(web::resource("/signing-keys/{id}/approve").post(signing_keys::approve))
        .service(web::resource("/uploads").post(uploads::open))
        .service(web::resource("/uploads/{id}").get(uploads::show).delete(uploads::abandon))
        .service(web::resource("/uploads/{id}/blobs/{sha256}").put(uploads::put))
        .service(web::resource("/uploads/{id}/commit").post(uploads::commit))
        .service(web::resource("/models").get(models::list))
        .service(web::resource(MODEL).get(models::show))
        .service(web::resource(format!("{MODEL}/predict")).post(predict::predict))
        .service(web::resource(format!("{MODEL}/holds")).post(holds::place))
        .service(web::resource(format!("{MODEL}/aliases/{{alias}}")).put(models::alias))
        .service(web::resource(VERSION).get(models::version))
        .service(web::resource(format!("{VERSION}/bundle")).get(models::bundle))
        .service(web::resource(format!("{VERSION}/licence")).get(models::licence))
        .service(web::resource(format!("{VERSION}/check")).post(models::check))
        .service(web::resource(format!("{VERSION}/status")).post(models::status))
        .service(web::resource(format!("{VERSION}/destruction")).get(destructions::foresee).post(destructions::destroy))
        .service(web::resource("/datasets").get(datasets::list))
        .service(web::resource(DATASET).get(datasets::show))
        .service(web::resource(format!("{DATASET}/holds")).post(holds::place))
        .service(web::resource(format!("{DATASET}/aliases/{{alias}}")).put(models::alias))
        .service(web::resource(DATASET_VERSION).get(datasets::version))
        .service(web::resource(format!("{DATASET_VERSION}/bundle")).get(models::bundle))
        .service(web::resource(format!("{DATASET_VERSION}/licence")).get(datasets::licence))
        .service(web::resource(format!("{DATASET_VERSION}/croissant")).get(datasets::as_croissant))
        .service(web::resource(format!("{DATASET_VERSION}/data-trust-alliance")).get(datasets::as_data_trust_alliance))
        .service(web::resource(format!("{DATASET_VERSION}/check")).post(models::check))
        .service(web::resource(format!("{DATASET_VERSION}/status")).post(models::status))
        .service(
            web::resource(format!("{DATASET_VERSION}/destruction"))
                .get(destructions::foresee)
                .post(destructions::destroy),
        )
        .service(web::resource("/preparations").get(preparations::list).post(preparations::begin))
        .service(web::resource("/preparations/{id}").get(preparations::show))
        .service(web::resource("/preparations/{id}/cancel").post(preparations::cancel))
        .service(web::resource("/holds").get(holds::list))
        .service(web::resource("/holds/{id}").delete(holds::release))
        .service(web::resource("/grants").get(grants::list).post(grants::offer))
        .service(web::resource("/grants/{id}").get(grants::show))
        .service(web::resource("/grants/{id}/accept").post(grants::accept))
        .service(web::resource("/grants/{id}/decline").post(grants::decline))
        .service(web::resource("/grants/{id}/revoke").post(grants::revoke))
        .service(web::resource("/access-requests").get(access_requests::list).post(access_requests::ask))
        .service(web::resource("/access-requests/{id}").get(access_requests::show))
        .service(web::resource("/access-requests/{id}/decline").post(access_requests::decline))
        .service(web::resource("/access-requests/{id}/withdraw").post(access_requests::withdraw))
        .service(web::resource("/passports/check").post(passports::check))
        .service(web::resource("/decisions/preview").post(predict::preview))
        .service(web::resource("/decisions").get(decisions::list))
        .service(web::resource("/decisions/{id}").get(decisions::show))
        .service(web::resource("/receipts").get(receipts::list))
        .service(web::resource("/receipts/{leaf}").get(receipts::show))
        .service(web::resource("/log-rotations").get(log_rotations::last).post(log_rotations::order))
        .service(web::resource("/exports/audit").get(exports::audit))
        .service(web::resource("/policies").get(policies::list).post(policies::change))
        .service(web::resource("/policies/history").get(policies::history))
        .service(web::resource("/policies/shadow/report").get(policy_trials::shadow_report))
        .service(web::resource("/policies/diff").post(policy_trials::diff))
        .service(web::resource("/webhooks").get(webhooks::list).post(webhooks::add))
        .service(web::resource("/webhooks/{id}").delete(webhooks::remove))
        .service(web::resource("/webhooks/{id}/rotate").post(webhooks::rotate))
        .service(web::resource("/webhooks/{id}/test").post(webhooks::test))
        .service(web::resource("/webhooks/{id}/deliveries").get(webhooks::deliveries))
        .service(web::resource("/webhooks/{id}/deliveries/{delivery}/redeliver").post(webhooks::redeliver))
        .default_service(web::to(not_found));
}

/// The process runs.
async fn healthz() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain").body("ok\n")
}

/// The process can make records durable and its logs advance.
async fn readyz(app: web::Data<App>) -> Answer {
    let detail = match (app.is_ready(), app.is_closing()) {
        (true, _) => return Ok(HttpResponse::Ok().content_type("text/plain").body("ready\n")),
        (false, true) => "the server is being stopped; ask another one",
        (false, false) => "records cannot be written at the moment; see the server's log",
    };
    Err(Problem::new(ProblemKind::LogUnavailable, detail).into())
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    #[test]
    fn no_route_is_registered_outside_the_two_tables() {
        let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web")];
        let (mut routes, mut scopes) = (0, 0);
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    open.push(path);
                    continue;
                }
                let text = fs::read_to_string(&path).unwrap();
                let code = text.split("#[cfg(test)]").next().unwrap();
                routes += code.matches(".route(").count();
                scopes += code.matches("web::scope(").count();
                let places = code.matches(".service(").count() + code.matches("web::resource(").count();
                assert!(places == 0 || path.ends_with("web/routes.rs"), "{} places routes", path.display());
                assert!(!code.contains("#[get(") && !code.contains("#[post("), "{}", path.display());
            }
        }
        assert_eq!((routes, scopes), (1, 2), "every route stands in a table of routes.rs");
    }
}
