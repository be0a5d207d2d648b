//! The public faces of the logs (C2SP tlog-tiles) and the keys to check them with. Nothing here needs a key.

use actix_web::{HttpResponse, web};
use chancery_base::{
    logs::{self, LogName, Tile},
    problem::Problem,
};

use super::{blocking, call::Answer};
use crate::app::App;

/// A checkpoint changes; a tile of a given width never does.
const CHECKPOINT_CACHE: &str = "no-store";
const TILE_CACHE: &str = "public, max-age=31536000, immutable";

fn log(name: &str) -> Result<LogName, Problem> {
    LogName::ALL.into_iter().find(|log| log.as_str() == name).ok_or_else(|| Problem::not_found("log"))
}

/// `GET /log/{log}/checkpoint`
pub async fn checkpoint(app: web::Data<App>, path: web::Path<String>) -> Answer {
    let log = log(&path)?;
    let checkpoint = blocking::record(move || Ok(app.database.read(|connection| logs::checkpoint(connection, log))?));
    let (note, _) = checkpoint.await?.ok_or_else(|| Problem::not_found("checkpoint"))?;
    Ok(HttpResponse::Ok()
        .insert_header(("Cache-Control", CHECKPOINT_CACHE))
        .content_type("text/plain; charset=utf-8")
        .body(note))
}

/// `GET /log/{log}/tile/…`
pub async fn tile(app: web::Data<App>, path: web::Path<(String, String)>) -> Answer {
    let log = log(&path.0)?;
    let tile: Tile = format!("tile/{}", path.1).parse().map_err(|_| Problem::not_found("tile"))?;
    let bytes = blocking::record(move || Ok(app.database.read(|connection| logs::tile(connection, log, &tile))?));
    let bytes = bytes.await?.ok_or_else(|| Problem::not_found("tile"))?;
    Ok(HttpResponse::Ok()
        .insert_header(("Cache-Control", TILE_CACHE))
        .content_type("application/octet-stream")
        .body(bytes))
}

/// `GET /log/trust`
pub async fn trust(app: web::Data<App>) -> Answer {
    Ok(HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(app.trust.to_string()))
}
