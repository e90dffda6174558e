//! The loop that takes connections. `axum::serve` would wait for ever for the rest of a half-sent head.

use std::{
    future::Future,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::Router;
use hyper::{Request, body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto, graceful::GracefulShutdown},
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{sleep, timeout},
};
use tokio_io_timeout::TimeoutStream;
use tower::ServiceExt;

use super::{Backend, Server};

/// Bytes of a head, and of what is read ahead. A query in an address of 64 kB fits.
const HEAD_BYTES: usize = 96 << 10;

/// Requests that one connection of HTTP/2 may have open at once.
const STREAMS: u32 = 100;

/// How long connections that were taken last have for the first bytes of a request.
const BEGIN: Duration = Duration::from_millis(200);

/// The address of the other end of a connection, as an extension of each request.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// Serves until `stop` ends and the time that it gives has passed, then lets open requests end.
pub async fn serve<B: Backend>(site: &Server<B>, listener: TcpListener, stop: impl Future<Output = Duration>) {
    let stop = async {
        let delay = stop.await;
        site.stop();
        sleep(delay).await;
    };
    serve_router(site, listener, site.router(), stop).await;
}

/// Serves the operators' routes for as long as it is polled.
pub async fn serve_operators<B: Backend>(site: &Server<B>, listener: TcpListener) {
    serve_router(site, listener, site.operators_router(), std::future::pending()).await;
}

async fn serve_router<B: Backend>(
    site: &Server<B>,
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()>,
) {
    let settings = &site.settings;
    let http = Arc::new(http(site));
    let idle = settings.header_timeout() + settings.request_timeout();
    let connections = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(settings.max_connections.min(Semaphore::MAX_PERMITS)));
    let open = |(stream, peer, place): (TcpStream, SocketAddr, OwnedSemaphorePermit)| {
        let router = router.clone();
        let activity = Arc::new(Activity::default());
        let counted = Arc::clone(&activity);
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(Peer(peer));
            let open = counted.begin();
            let answer = router.clone().oneshot(request);
            async move {
                let answer = answer.await;
                drop(open);
                answer
            }
        });
        // Who does not read the answers must not keep the place for ever.
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(settings.request_timeout()));
        let connection = http.serve_connection(TokioIo::new(Box::pin(stream)), service).into_owned();
        let connection = connections.watch(connection);
        let counted = site.metrics.connect();
        let begin = settings.header_timeout();
        tokio::spawn(async move {
            tokio::select! {
                // That a client went away, or sent no HTTP, is nothing to act on.
                ended = connection => if let Err(reason) = ended {
                    tracing::debug!(%reason, "a connection ended early");
                },
                () = activity.cease(begin, idle) => tracing::debug!("closed an idle connection"),
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

/// HTTP/1.1, and HTTP/2 without TLS for proxies, which begin with its preface ("prior knowledge").
///
/// Source: <https://www.rfc-editor.org/rfc/rfc9113#section-3.3>.
fn http<B: Backend>(site: &Server<B>) -> auto::Builder<TokioExecutor> {
    let settings = &site.settings;
    let mut http = auto::Builder::new(TokioExecutor::new());
    http.http1().timer(TokioTimer::new()).header_read_timeout(settings.header_timeout()).max_buf_size(HEAD_BYTES);
    http.http2()
        .timer(TokioTimer::new())
        .max_header_list_size(u32::try_from(HEAD_BYTES).unwrap_or(u32::MAX))
        .max_concurrent_streams(STREAMS)
        // A peer that does not answer a ping within this time is gone.
        .keep_alive_interval(settings.header_timeout())
        .keep_alive_timeout(settings.header_timeout());
    http
}

/// The requests of one connection.
#[derive(Debug, Default)]
struct Activity {
    begun: AtomicUsize,
    ended: AtomicUsize,
}

/// A request that has not been answered yet.
struct Open(Arc<Activity>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.ended.fetch_add(1, Ordering::Relaxed);
    }
}

impl Activity {
    fn begin(self: &Arc<Self>) -> Open {
        self.begun.fetch_add(1, Ordering::Relaxed);
        Open(Arc::clone(self))
    }

    /// Ends when no request has come within the time `begin`, or, later, when none has been open or come for `idle`.
    /// hyper ends idle connections of HTTP/1.1 sooner, but waits for ever for the first byte, and for the next request
    /// of HTTP/2.
    async fn cease(&self, begin: Duration, idle: Duration) {
        sleep(begin).await;
        let mut known = 0;
        loop {
            let begun = self.begun.load(Ordering::Relaxed);
            if begun == known && begun == self.ended.load(Ordering::Relaxed) {
                return;
            }
            known = begun;
            sleep(idle).await;
        }
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
