//! The accept loop. It replaces `axum::serve`, which waits forever for the rest of incomplete request headers.

use std::{
    future::Future,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::{Router, body::Body as AxumBody};
use futures_util::future::join;
use hyper::{
    Request,
    body::{Body, Frame, Incoming, SizeHint},
    service::service_fn,
};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto, graceful::GracefulShutdown},
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Notify, OwnedSemaphorePermit, Semaphore},
    time::{sleep, timeout},
};
use tokio_io_timeout::TimeoutStream;
use tower::ServiceExt;

use super::{Backend, Server};

/// Maximum size of the request headers and of the read buffer, in bytes. Leaves room for a 64 kB query in the URL.
const HEAD_BYTES: usize = 96 << 10;

/// Maximum concurrent requests on one HTTP/2 connection.
const STREAMS: u32 = 100;

/// Time for the last accepted connections to send the first bytes of a request.
const BEGIN: Duration = Duration::from_millis(200);

/// The part of the drain timeout in which open streams end, one after the other, so that not all clients come back at once.
const SPREAD: f64 = 0.8;

/// The peer address of a connection, as an extension of each request.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// Serves until `stop` completes and the delay it returns has passed, then finishes open requests.
pub async fn serve<B: Backend>(site: &Server<B>, listener: TcpListener, stop: impl Future<Output = Duration>) {
    let stop = async {
        let delay = stop.await;
        site.stop();
        sleep(delay).await;
        site.streams.end(site.settings.drain_timeout().mul_f64(SPREAD));
    };
    serve_router(site, listener, site.router(), stop).await;
}

/// Serves the metrics address for as long as it is polled.
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
    let open = |(stream, peer, permit): (TcpStream, SocketAddr, OwnedSemaphorePermit)| {
        let router = router.clone();
        let place = ConnectionPlace::new(permit);
        let own = place.clone();
        let activity = Arc::new(Activity::default());
        let counted = Arc::clone(&activity);
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(Peer(peer));
            request.extensions_mut().insert(own.clone());
            let open = counted.begin();
            let answer = router.clone().oneshot(request);
            async move { answer.await.map(|answer| answer.map(|body| Sent { body, _open: open })) }
        });
        // A client that does not read its responses must not hold its connection slot forever.
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(settings.request_timeout()));
        let connection = http.serve_connection_with_upgrades(TokioIo::new(Box::pin(stream)), service).into_owned();
        let connection = connections.watch(connection);
        let counted = site.metrics.connect();
        let first = settings.header_timeout();
        tokio::spawn(async move {
            tokio::select! {
                // Not actionable: the client disconnected or sent invalid HTTP.
                ended = connection => if let Err(reason) = ended {
                    tracing::debug!(%reason, "connection failed");
                },
                () = activity.cease(first, idle) => tracing::debug!("closed an idle connection"),
                () = place.take_back() => {}
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
    // A shutdown closes connections that have not been read yet, even if a request is already buffered there.
    sleep(BEGIN.min(settings.drain_timeout())).await;
    let all = join(connections.shutdown(), site.streams.ended());
    if timeout(settings.drain_timeout(), all).await.is_err() {
        tracing::warn!("canceled requests that did not finish before the drain timeout");
    }
}

/// The place of a connection among those that the server may have.
///
/// Event streams have a limit of their own. A connection that carries one gives its place away until the stream ends, so that
/// open streams do not keep others from connecting.
#[derive(Clone, Debug)]
pub(super) struct ConnectionPlace(Arc<Place>);

#[derive(Debug)]
struct Place {
    places: Arc<Semaphore>,
    held: Mutex<Held>,
    returned: Notify,
}

#[derive(Debug)]
struct Held {
    permit: Option<OwnedSemaphorePermit>,
    streams: usize,
}

/// A place that was given away. Dropping it asks for the place again.
#[derive(Debug)]
pub(super) struct LentPlace(Arc<Place>);

impl Place {
    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ConnectionPlace {
    fn new(permit: OwnedSemaphorePermit) -> Self {
        let places = Arc::clone(permit.semaphore());
        let held = Mutex::new(Held { permit: Some(permit), streams: 0 });
        Self(Arc::new(Place { places, held, returned: Notify::new() }))
    }

    /// Gives the place away.
    pub(super) fn lend(&self) -> LentPlace {
        let mut held = self.0.held();
        held.streams += 1;
        held.permit = None;
        LentPlace(Arc::clone(&self.0))
    }

    /// Takes the place again whenever streams have ended, in the order in which connections have asked. Never completes.
    async fn take_back(&self) {
        loop {
            self.0.returned.notified().await;
            // The semaphore is never closed.
            let Ok(permit) = Arc::clone(&self.0.places).acquire_owned().await else { continue };
            let mut held = self.0.held();
            if held.streams == 0 && held.permit.is_none() {
                held.permit = Some(permit);
            }
        }
    }
}

impl Drop for LentPlace {
    fn drop(&mut self) {
        let mut held = self.0.held();
        held.streams -= 1;
        if held.streams == 0 {
            self.0.returned.notify_one();
        }
    }
}

/// HTTP/1.1, and unencrypted HTTP/2 with prior knowledge, which proxies use.
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
        // Close connections whose peer does not answer a ping in time.
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

/// A request in progress.
struct Open(Arc<Activity>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.ended.fetch_add(1, Ordering::Relaxed);
    }
}

/// The body of an answer. The request is open until all of it has been sent.
struct Sent {
    body: AxumBody,
    _open: Open,
}

impl Body for Sent {
    type Data = <AxumBody as Body>::Data;
    type Error = <AxumBody as Body>::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Activity {
    fn begin(self: &Arc<Self>) -> Open {
        self.begun.fetch_add(1, Ordering::Relaxed);
        Open(Arc::clone(self))
    }

    /// Completes if no request arrives within `first`, or later if no request has been open or has arrived for `idle`.
    /// hyper closes idle HTTP/1.1 connections sooner, but waits forever for the first byte and for the next HTTP/2
    /// request.
    async fn cease(&self, first: Duration, idle: Duration) {
        sleep(first).await;
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

/// Drains the listen backlog: connections that the kernel has established but the server has not accepted. The runtime
/// may not have been notified of them, so this calls the kernel's `accept` until there are no more.
fn taken_already(listener: TcpListener) -> Vec<(TcpStream, SocketAddr)> {
    let Ok(listener) = listener.into_std() else { return Vec::new() };
    let taken = std::iter::from_fn(|| listener.accept().ok()).filter_map(|(stream, peer)| {
        stream.set_nonblocking(true).ok()?;
        Some((TcpStream::from_std(stream).ok()?, peer))
    });
    taken.collect()
}

/// Waits for a free connection slot, then accepts the next connection.
async fn take(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    // The semaphore is never closed.
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                // Responses are small and written at once, so Nagle's algorithm would only delay them.
                let _ = stream.set_nodelay(true);
                return Some((stream, peer, place));
            }
            Err(reason) => {
                // For example too many open files, which resolves itself when other connections close.
                tracing::warn!(%reason, "failed to accept a connection");
                sleep(Duration::from_millis(100)).await;
            }
        }
    }
}
