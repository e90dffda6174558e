use std::{
    future::poll_fn,
    task::{self, Poll},
};

use futures_util::future::BoxFuture;

use crate::error::Error;

/// A future that has not completed, and its index among all.
type IndexedFuture<'a, T, E> = (usize, BoxFuture<'a, Result<T, E>>);

/// Runs all reads concurrently. Returns their results in the order of `reads`, or the first error.
pub(super) async fn try_join_all<T>(reads: Vec<BoxFuture<'_, Result<T, Error>>>) -> Result<Vec<T>, Error> {
    let mut found: Vec<Option<T>> = reads.iter().map(|_| None).collect();
    let mut reads: Vec<_> = reads.into_iter().enumerate().collect();
    poll_fn(|cx| {
        poll_all(&mut reads, cx, |index, value| {
            if let Some(slot) = found.get_mut(index) {
                *slot = Some(value);
            }
        })
    })
    .await?;
    Ok(found.into_iter().flatten().collect())
}

/// Passes completed values to `give`. Ready when all futures have completed, or at the first error.
///
/// `try_join_all` of `futures_util` has a task queue that is compiled for every type of future. This function polls all
/// remaining futures on every wake-up instead, because there are few.
fn poll_all<T, E>(
    waiting: &mut Vec<IndexedFuture<'_, T, E>>,
    cx: &mut task::Context<'_>,
    mut give: impl FnMut(usize, T),
) -> Poll<Result<(), E>> {
    let mut failed = None;
    waiting.retain_mut(|(index, future)| {
        if failed.is_some() {
            return true;
        }
        match future.as_mut().poll(cx) {
            Poll::Pending => return true,
            Poll::Ready(Ok(value)) => give(*index, value),
            Poll::Ready(Err(reason)) => failed = Some(reason),
        }
        false
    });
    match failed {
        Some(reason) => Poll::Ready(Err(reason)),
        None if waiting.is_empty() => Poll::Ready(Ok(())),
        None => Poll::Pending,
    }
}

#[cfg(test)]
mod tests {
    use futures_channel::oneshot;

    use super::*;

    #[tokio::test]
    async fn results_keep_the_order_of_the_reads() {
        let (send, receive) = oneshot::channel();
        let late = Box::pin(async move { receive.await.map_err(Error::internal) });
        let soon = Box::pin(async move {
            send.send(1).unwrap();
            Ok(2)
        });
        assert!(matches!(try_join_all(vec![late as BoxFuture<'_, _>, soon]).await.as_deref(), Ok([1, 2])));
        let fails = Box::pin(async { Err::<i32, _>(Error::Unavailable) });
        let never = Box::pin(std::future::pending());
        assert!(matches!(try_join_all(vec![never as BoxFuture<'_, _>, fails]).await, Err(Error::Unavailable)));
    }
}
