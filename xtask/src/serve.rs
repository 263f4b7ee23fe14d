//! The page and the local endpoint on one origin.

use crate::headers::{self, Rule};
use crate::{npm, site};
use anyhow::{Context, Result};
use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::get;
use axum::serve::ListenerExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tower_http::services::ServeDir;

/// In development a page should be what was just built, not what a browser has kept.
const WORKER: &str = "/sw.js";

/// Builds the page, serves it and says where.
pub fn demo(port: u16) -> Result<()> {
    let folder = site::build(&npm::build()?)?;
    runtime()?.block_on(async {
        let listener = match TcpListener::bind(("127.0.0.1", port)).await {
            Ok(listener) => listener,
            Err(_) => TcpListener::bind(("127.0.0.1", 0)).await?,
        };
        let address = listener.local_addr()?;
        println!("\ntilewise is at http://{address}/   (Ctrl-C ends it)");
        println!("A local endpoint, which is no model, answers at http://{address}/v1");
        let options = tilewise_endpoint::Options::default();
        tokio::select! {
            served = serve(listener, router(&folder, options)?.route(WORKER, get(StatusCode::NOT_FOUND))) => served,
            _ = tokio::signal::ctrl_c() => Ok(()),
        }
    })
}

/// Serves a site, and the local endpoint under `/v1`, in the background while `run` runs; `run` is told
/// the origin.
pub fn beside<T>(folder: &Path, run: impl FnOnce(&str) -> Result<T>) -> Result<T> {
    let runtime = runtime()?;
    let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", 0)))?;
    let origin = format!("http://{}", listener.local_addr()?);
    // Tests wait for what they want to see, not for the endpoint.
    let options = tilewise_endpoint::Options {
        chunk_delay: Duration::ZERO,
        ..tilewise_endpoint::Options::default()
    };
    runtime.spawn(serve(listener, router(folder, options)?));
    run(&origin)
}

/// The files with the headers that hosts send, and the endpoint.
fn router(folder: &Path, options: tilewise_endpoint::Options) -> Result<Router> {
    let rules: Arc<[Rule]> = headers::read(folder)?.into();
    let add = move |request: Request, next: Next| {
        let rules = Arc::clone(&rules);
        async move { with_headers(&rules, request, next).await }
    };
    let files = Router::new()
        .fallback_service(ServeDir::new(folder))
        .layer(from_fn(add));
    Ok(tilewise_endpoint::router(options).fallback_service(files))
}

async fn with_headers(rules: &[Rule], request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let mut response = next.run(request).await;
    for rule in rules.iter().filter(|rule| rule.applies_to(&path)) {
        response.headers_mut().extend(rule.headers.iter().cloned());
    }
    response
}

async fn serve(listener: TcpListener, app: Router) -> Result<()> {
    // Else the system holds small pieces of a stream back to send them together.
    let listener = listener.tap_io(|connection| {
        let _ = connection.set_nodelay(true);
    });
    axum::serve(listener, app)
        .await
        .context("the server stopped")
}

fn runtime() -> Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Runtime::new()?)
}
