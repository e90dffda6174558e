//! The loop that takes connections. `axum::serve` would wait for ever for the rest of a half-sent head.

use std::{future::Future, net::SocketAddr, sync::Arc, time::Duration};

use axum::Router;
use hyper::{Request, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{sleep, timeout},
};
use tokio_io_timeout::TimeoutStream;
use tower::ServiceExt;

use super::{Backend, Site};

/// Bytes of a head, and of what is read ahead. A query in an address of 64 kB fits.
const HEAD_BYTES: usize = 96 << 10;

/// How long connections that were taken last have for the first bytes of a request.
const BEGIN: Duration = Duration::from_millis(200);

/// The address of the other end of a connection, as an extension of each request.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// Serves until `stop` ends and the time that it gives has passed, then lets open requests end.
pub async fn serve<B: Backend>(site: &Site<B>, listener: TcpListener, stop: impl Future<Output = Duration>) {
    let stop = async {
        let delay = stop.await;
        site.stop();
        sleep(delay).await;
    };
    serve_router(site, listener, site.router(), stop).await;
}

/// Serves the operators' routes for as long as it is polled.
pub async fn serve_operators<B: Backend>(site: &Site<B>, listener: TcpListener) {
    serve_router(site, listener, site.operators_router(), std::future::pending()).await;
}

async fn serve_router<B: Backend>(
    site: &Site<B>,
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()>,
) {
    let settings = &site.settings;
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(settings.header_timeout()).max_buf_size(HEAD_BYTES);
    let connections = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(settings.max_connections.min(Semaphore::MAX_PERMITS)));
    let open = |(stream, peer, place): (TcpStream, SocketAddr, OwnedSemaphorePermit)| {
        let router = router.clone();
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(Peer(peer));
            router.clone().oneshot(request)
        });
        // Who does not read the answers must not keep the place for ever.
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(settings.request_timeout()));
        let connection = http.serve_connection(TokioIo::new(Box::pin(stream)), service);
        let connection = connections.watch(connection);
        let counted = site.metrics.connect();
        tokio::spawn(async move {
            // That a client went away, or sent no HTTP, is nothing to act on.
            if let Err(reason) = connection.await {
                tracing::debug!(%reason, "a connection ended early");
            }
            drop((place, counted));
        });
    };
    let mut stop = std::pin::pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => break,
            taken = take(&listener, &places) => taken.map(&open),
        };
    }
    for (stream, peer) in taken_already(listener) {
        if let Ok(Ok(place)) = timeout(settings.drain_timeout(), Arc::clone(&places).acquire_owned()).await {
            open((stream, peer, place));
        }
    }
    // Connections that have not been read from yet are closed by a shutdown, though a request may lie there already.
    sleep(BEGIN.min(settings.drain_timeout())).await;
    if timeout(settings.drain_timeout(), connections.shutdown()).await.is_err() {
        tracing::warn!("some requests were not answered in time and were given up");
    }
}

/// Connections that the system has taken and that nobody has asked it for yet. The runtime may not have heard of them:
/// the system itself is asked, until it has no more.
fn taken_already(listener: TcpListener) -> Vec<(TcpStream, SocketAddr)> {
    let Ok(listener) = listener.into_std() else { return Vec::new() };
    let taken = std::iter::from_fn(|| listener.accept().ok()).filter_map(|(stream, peer)| {
        stream.set_nonblocking(true).ok()?;
        Some((TcpStream::from_std(stream).ok()?, peer))
    });
    taken.collect()
}

/// The next connection, once there is a place for it.
async fn take(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    // The semaphore is never closed.
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                // Answers are small and whole; waiting for more to send would only delay them.
                let _ = stream.set_nodelay(true);
                return Some((stream, peer, place));
            }
            Err(reason) => {
                // Too many open files, for one: it passes when other connections end.
                tracing::warn!(%reason, "a connection could not be taken");
                sleep(Duration::from_millis(100)).await;
            }
        }
    }
}
