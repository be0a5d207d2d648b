//! The peer of gated embeddings: the same engine behind the same kind of HTTP server, without key, gate, record or log.

use actix_web::{App, HttpResponse, HttpServer, web};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use chancery_engine::EngineHandle;
use serde_json::json;

/// As many as the real server has.
const WORKERS: usize = 2;

/// A server that answers whoever asks; it stops when dropped.
pub struct BareServer {
    pub address: String,
    handle: actix_web::dev::ServerHandle,
}

impl Drop for BareServer {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
    }
}

impl BareServer {
    /// Serves `/v1/embeddings` from the model that `engine` knows as `key`.
    pub fn open(engine: EngineHandle, key: &'static str) -> Self {
        let (ready, started) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async {
                let answer = move |body| answer(engine.clone(), key, body);
                let app = move || App::new().route("/v1/embeddings", web::post().to(answer.clone()));
                let server = HttpServer::new(app).workers(WORKERS).bind("127.0.0.1:0").unwrap();
                let address = format!("http://{}", server.addrs()[0]);
                let server = server.run();
                ready.send((address, server.handle())).unwrap();
                server.await
            })
        });
        let (address, handle) = started.recv().unwrap();
        Self { address, handle }
    }
}

async fn answer(engine: EngineHandle, key: &'static str, body: web::Bytes) -> HttpResponse {
    let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
    let text = body["input"].as_str().unwrap().to_owned();
    let embeddings = web::block(move || engine.embed(key, &[text]).unwrap()).await.unwrap();
    let bytes: Vec<u8> = embeddings.vectors[0].iter().flat_map(|number| number.to_le_bytes()).collect();
    let tokens = embeddings.token_counts[0];
    HttpResponse::Ok().json(json!({
        "object": "list",
        "data": [{"object": "embedding", "index": 0, "embedding": STANDARD.encode(bytes)}],
        "model": body["model"],
        "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
    }))
}
