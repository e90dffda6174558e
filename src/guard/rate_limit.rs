//! Rate limiting: one token bucket of cost per client, refilled at a constant rate.
//!
//! A request is admitted while the bucket is above zero and then charged its full cost, so the bucket may become
//! negative and the next request has to wait longer. A request that costs more than a full bucket is therefore
//! possible, but not often.

use std::{
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use quick_cache::sync::Cache;

/// Clients to remember. An evicted client starts again with a full bucket.
const CLIENTS: usize = 100_000;

/// The buckets of all clients.
#[derive(Debug)]
pub(super) struct Rate {
    per_second: f64,
    burst: f64,
    buckets: Cache<IpAddr, Arc<Mutex<Bucket>>>,
}

#[derive(Debug)]
struct Bucket {
    left: f64,
    at: Instant,
}

impl Rate {
    /// Allows each client a cost of `per_second` on average and of `burst` at once.
    pub(super) fn new(per_second: u64, burst: u64) -> Self {
        // Costs are far below 2^53, so a float holds them exactly.
        #[expect(clippy::cast_precision_loss, reason = "costs are small")]
        let (per_second, burst) = (per_second as f64, burst.max(1) as f64);
        Self { per_second, burst, buckets: Cache::new(CLIENTS) }
    }

    /// Charges `cost` to the bucket of `client`, or returns the time until the bucket is above zero.
    pub(super) fn charge(&self, client: IpAddr, cost: u64, now: Instant) -> Result<(), Duration> {
        let full = || Ok::<_, std::convert::Infallible>(Arc::new(Mutex::new(Bucket { left: self.burst, at: now })));
        let Ok(bucket) = self.buckets.get_or_insert_with(&household(client), full);
        let mut bucket = bucket.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = now.saturating_duration_since(bucket.at).as_secs_f64();
        bucket.left = self.burst.min(bucket.left + passed * self.per_second);
        bucket.at = now;
        if bucket.left <= 0.0 {
            let wait = -bucket.left / self.per_second;
            return Err(Duration::try_from_secs_f64(wait).unwrap_or(Duration::MAX).max(Duration::from_secs(1)));
        }
        #[expect(clippy::cast_precision_loss, reason = "costs are small")]
        let cost = cost.max(1) as f64;
        bucket.left -= cost;
        Ok(())
    }
}

/// The bucket key: one IPv4 address or one IPv6 /64, since a client usually has a whole /64 to itself.
pub(super) fn household(client: IpAddr) -> IpAddr {
    match client.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_is_let_in_until_its_bucket_is_empty_and_again_when_it_has_filled() {
        let rate = Rate::new(10, 100);
        let (client, now) = (IpAddr::from([192, 0, 2, 1]), Instant::now());
        let at = |seconds| now + Duration::from_secs(seconds);
        assert_eq!(rate.charge(client, 60, now), Ok(()));
        assert_eq!(rate.charge(client, 60, now), Ok(()), "40 of the bucket is left");
        assert_eq!(rate.charge(client, 1, now), Err(Duration::from_secs(2)), "the bucket is at -20");
        assert_eq!(rate.charge(IpAddr::from([192, 0, 2, 2]), 1, now), Ok(()), "other clients are unaffected");
        assert_eq!(rate.charge(client, 1, at(1)), Err(Duration::from_secs(1)));
        assert_eq!(rate.charge(client, 1, at(3)), Ok(()));
        assert_eq!(rate.charge(client, 500, at(1_000)), Ok(()), "the bucket holds no more than the burst");
        assert_eq!(rate.charge(client, 1, at(1_001)), Err(Duration::from_secs(39)));
    }

    #[test]
    fn a_network_of_the_sixth_version_is_one_client() {
        let rate = Rate::new(1, 1);
        let client = |text: &str| text.parse::<IpAddr>().unwrap();
        let now = Instant::now();
        assert!(rate.charge(client("2001:db8::1"), 5, now).is_ok());
        assert!(rate.charge(client("2001:db8::2"), 5, now).is_err());
        assert!(rate.charge(client("2001:db8:0:1::2"), 5, now).is_ok());
        assert!(rate.charge(client("192.0.2.1"), 5, now).is_ok());
        assert!(rate.charge(client("::ffff:192.0.2.1"), 5, now).is_err());
    }
}
