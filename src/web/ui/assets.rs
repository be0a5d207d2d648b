//! What pages load: our stylesheet and scripts, and htmx as published. An address names its content, so it can be kept for good.

use std::sync::LazyLock;

use actix_web::{HttpRequest, HttpResponse};
use chancery_base::{problem::Problem, values::Sha256Digest};

use crate::web::call::Answer;

/// Digits of an asset's digest in its address.
const DIGITS: usize = 12;

struct Asset {
    name: &'static str,
    kind: &'static str,
    bytes: &'static [u8],
}

const SCRIPT: &str = "text/javascript; charset=utf-8";

const ASSETS: [Asset; 7] = [
    Asset { name: "chancery.css", kind: "text/css; charset=utf-8", bytes: include_bytes!("assets/chancery.css") },
    Asset { name: "chancery.js", kind: SCRIPT, bytes: include_bytes!("assets/chancery.js") },
    Asset { name: "htmx.min.js", kind: SCRIPT, bytes: include_bytes!("assets/htmx.min.js") },
    Asset { name: "sha256.js", kind: SCRIPT, bytes: include_bytes!("assets/sha256.js") },
    Asset { name: "signing.js", kind: SCRIPT, bytes: include_bytes!("assets/signing.js") },
    Asset { name: "upload.js", kind: SCRIPT, bytes: include_bytes!("assets/upload.js") },
    Asset { name: "favicon.svg", kind: "image/svg+xml", bytes: include_bytes!("assets/favicon.svg") },
];

static ADDRESSES: LazyLock<Vec<(&'static str, String)>> = LazyLock::new(|| {
    let address = |asset: &Asset| {
        let digest = Sha256Digest::of(asset.bytes).to_string();
        let digits: String = digest.chars().filter(char::is_ascii_hexdigit).rev().take(DIGITS).collect();
        (asset.name, format!("/assets/{digits}/{}", asset.name))
    };
    ASSETS.iter().map(address).collect()
});

/// Where the asset `name` is.
pub fn address(name: &str) -> String {
    ADDRESSES.iter().find(|(known, _)| *known == name).map_or_else(String::new, |(_, address)| address.clone())
}

/// `GET /assets/{digest}/{name}`
pub async fn asset(request: HttpRequest) -> Answer {
    let asset = ASSETS.iter().find(|asset| address(asset.name) == request.path());
    let asset = asset.ok_or_else(|| Problem::not_found("asset"))?;
    Ok(HttpResponse::Ok()
        .insert_header(("Cache-Control", "public, max-age=31536000, immutable"))
        .content_type(asset.kind)
        .body(asset.bytes))
}
