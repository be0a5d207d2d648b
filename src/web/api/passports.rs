//! Passports before they are signed: what the server would say about one.

use actix_web::HttpResponse;
use chancery_domain::{
    documents::Faults,
    passport::Passport,
    provenance::{MissingFact, missing_provenance},
};
use serde_json::json;

use crate::web::call::{Answer, Call};

/// `POST /api/v1/passports/check`: a passport as TOML, or as JSON where the text begins with a brace. Answers the faults, what is
/// missing, and the form in which the passport is signed.
pub async fn check(call: Call) -> Answer {
    let checked = match checked(call.bytes()) {
        Ok((passport, missing)) => json!({"valid": true, "faults": [], "missing": missing, "passport": passport}),
        Err(faults) => json!({"valid": false, "faults": faults.list(), "missing": [], "passport": null}),
    };
    Ok(HttpResponse::Ok().json(checked))
}

/// Reads a passport in either form, and looks for what it leaves out.
///
/// Errors: every fault.
pub fn checked(source: &[u8]) -> Result<(Passport, Vec<MissingFact>), Faults> {
    let text = String::from_utf8_lossy(source);
    let passport =
        if text.trim_start().starts_with('{') { Passport::parse_json(source)? } else { Passport::parse(&text)? };
    let missing = missing_provenance(&passport.clone().into());
    Ok((passport, missing))
}
