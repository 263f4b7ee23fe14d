//! The page and the local endpoint on one origin.

use crate::{npm, site};
use anyhow::{Context, Result};
use axum::serve::ListenerExt;
use std::path::Path;
use tokio::net::TcpListener;
use tower_http::services::ServeDir;

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
            served = serve(listener, &folder, options) => served,
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
    let folder = folder.to_owned();
    let options = tilewise_endpoint::Options::default();
    runtime.spawn(async move { serve(listener, &folder, options).await });
    run(&origin)
}

async fn serve(
    listener: TcpListener,
    folder: &Path,
    options: tilewise_endpoint::Options,
) -> Result<()> {
    let app = tilewise_endpoint::router(options).fallback_service(ServeDir::new(folder));
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
