//! The loop that takes connections. `axum::serve` would wait for ever for the rest of a half-sent head.

use std::{future::Future, sync::Arc, time::Duration};

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::{sleep, timeout},
};

use super::Settings;

/// Serves until `stop` ends, then lets open requests end.
pub async fn serve(listener: TcpListener, router: Router, settings: &Settings, stop: impl Future<Output = ()>) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(settings.header_timeout());
    let connections = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(settings.max_connections));
    let mut stop = std::pin::pin!(stop);
    loop {
        let taken = tokio::select! {
            () = &mut stop => break,
            taken = take(&listener, &places) => taken,
        };
        let Some((stream, place)) = taken else { break };
        let service = TowerToHyperService::new(router.clone());
        let connection = connections.watch(http.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            // That a client went away, or sent no HTTP, is nothing to act on.
            if let Err(reason) = connection.await {
                tracing::debug!(%reason, "a connection ended early");
            }
            drop(place);
        });
    }
    drop(listener);
    if timeout(settings.drain_timeout(), connections.shutdown()).await.is_err() {
        tracing::warn!("some requests were not answered in time and were given up");
    }
}

/// The next connection, once there is a place for it.
async fn take(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, tokio::sync::OwnedSemaphorePermit)> {
    // The semaphore is never closed.
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                // Answers are small and whole; waiting for more to send would only delay them.
                let _ = stream.set_nodelay(true);
                return Some((stream, place));
            }
            Err(reason) => {
                // Too many open files, for one: it passes when other connections end.
                tracing::warn!(%reason, "a connection could not be taken");
                sleep(Duration::from_millis(100)).await;
            }
        }
    }
}
