//! `tilewise-endpoint [PORT]`: the endpoint on this computer, for trying things by hand.

use std::{env, error::Error, net::Ipv4Addr};
use tilewise_endpoint::{Options, serve};
use tokio::net::TcpListener;

const DEFAULT_PORT: u16 = 8788;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let port = match env::args().nth(1) {
        Some(port) => port
            .parse()
            .map_err(|_| format!("{port:?} is not a port; usage: tilewise-endpoint [PORT]"))?,
        None => DEFAULT_PORT,
    };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    println!("http://{}/v1", listener.local_addr()?);
    serve(listener, Options::default()).await?;
    Ok(())
}
