//! What a client may ask for in a time: a bucket of cost for each, filled steadily.
//!
//! A request is let in while there is anything in the bucket, and then takes its whole cost, so that the bucket may
//! fall below nothing and the next request waits for longer. A request that costs more than a full bucket is thus
//! possible, but seldom.

use std::{
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use quick_cache::sync::Cache;

/// Clients that are remembered. One that was forgotten begins with a full bucket.
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
    /// Lets every client ask for `per_second` on average and for `burst` at once.
    pub(super) fn new(per_second: u64, burst: u64) -> Self {
        // Costs are far below the numbers that a float cannot tell apart.
        #[expect(clippy::cast_precision_loss, reason = "costs are small")]
        let (per_second, burst) = (per_second as f64, burst.max(1) as f64);
        Self { per_second, burst, buckets: Cache::new(CLIENTS) }
    }

    /// Takes `cost` from the bucket of `client`, or says how long it takes until there is something in it.
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

/// One client has a whole network of the sixth version, of at least 64 bits.
fn household(client: IpAddr) -> IpAddr {
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
        assert_eq!(rate.charge(client, 60, now), Ok(()), "there are 40 left, which is not nothing");
        assert_eq!(rate.charge(client, 1, now), Err(Duration::from_secs(2)), "20 are owed");
        assert_eq!(rate.charge(IpAddr::from([192, 0, 2, 2]), 1, now), Ok(()), "others are not harmed");
        assert_eq!(rate.charge(client, 1, at(1)), Err(Duration::from_secs(1)));
        assert_eq!(rate.charge(client, 1, at(3)), Ok(()));
        assert_eq!(rate.charge(client, 500, at(1_000)), Ok(()), "no more than a full bucket is saved");
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
