use std::{future::poll_fn, task::Poll};

use futures_util::future::BoxFuture;

use crate::error::Error;

/// Waits for all reads at once, and gives what they found in their order, or the first error.
///
/// Unlike `try_join_all`, which makes a queue of tasks that is compiled for every type of future, it polls all that are
/// left whenever one was woken: there are few of them.
pub(super) async fn all<T>(reads: Vec<BoxFuture<'_, Result<T, Error>>>) -> Result<Vec<T>, Error> {
    let mut found: Vec<Option<T>> = reads.iter().map(|_| None).collect();
    let mut reads: Vec<_> = reads.into_iter().enumerate().collect();
    poll_fn(|cx| {
        let mut failed = None;
        reads.retain_mut(|(place, read)| match read.as_mut().poll(cx) {
            Poll::Pending => true,
            Poll::Ready(Ok(value)) => {
                if let Some(slot) = found.get_mut(*place) {
                    *slot = Some(value);
                }
                false
            }
            Poll::Ready(Err(reason)) => {
                failed.get_or_insert(reason);
                false
            }
        });
        match failed {
            Some(reason) => Poll::Ready(Err(reason)),
            None if reads.is_empty() => Poll::Ready(Ok(())),
            None => Poll::Pending,
        }
    })
    .await?;
    Ok(found.into_iter().flatten().collect())
}

#[cfg(test)]
mod tests {
    use futures_channel::oneshot;

    use super::*;

    #[tokio::test]
    async fn what_comes_first_keeps_its_place() {
        let (send, receive) = oneshot::channel();
        let late = Box::pin(async move { receive.await.map_err(Error::internal) });
        let soon = Box::pin(async move {
            send.send(1).unwrap();
            Ok(2)
        });
        assert!(matches!(all(vec![late as BoxFuture<'_, _>, soon]).await.as_deref(), Ok([1, 2])));
        let fails = Box::pin(async { Err::<i32, _>(Error::Unavailable) });
        let never = Box::pin(std::future::pending());
        assert!(matches!(all(vec![never as BoxFuture<'_, _>, fails]).await, Err(Error::Unavailable)));
    }
}
