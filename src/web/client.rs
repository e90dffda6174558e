//! Determines the client's address. A reverse proxy reports it in `X-Forwarded-For`; any client can forge that header,
//! so it counts only if it comes from a trusted proxy.

use std::net::{IpAddr, Ipv4Addr};

use axum::extract::Request;
use ipnet::IpNet;

use super::Peer;
use crate::guard::Client;

pub(super) fn address(request: &Request, proxies: &[IpNet]) -> Client {
    let peer = request.extensions().get::<Peer>().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0.ip());
    let forwarded = request.headers().get_all("x-forwarded-for").iter();
    let hops: Vec<&str> =
        forwarded.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')).map(str::trim).collect();
    Client(sender(peer.to_canonical(), &hops, proxies))
}

/// The last hop that is not a trusted proxy. Earlier hops may be forged.
fn sender(peer: IpAddr, hops: &[&str], proxies: &[IpNet]) -> IpAddr {
    let trusted = |address: &IpAddr| proxies.iter().any(|network| network.contains(address));
    let mut sender = peer;
    for hop in hops.iter().rev() {
        if !trusted(&sender) {
            break;
        }
        match hop.parse::<IpAddr>() {
            Ok(address) => sender = address.to_canonical(),
            Err(_) => break,
        }
    }
    sender
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_proxies_of_the_settings_are_believed() {
        let proxies: Vec<IpNet> = ["10.0.0.0/8", "::1/128"].iter().map(|text| text.parse().unwrap()).collect();
        for (peer, hops, expected) in [
            ("192.0.2.1", &["198.51.100.1"][..], "192.0.2.1"),
            ("10.0.0.1", &["198.51.100.1"], "198.51.100.1"),
            ("10.0.0.1", &["203.0.113.9", "198.51.100.1"], "198.51.100.1"),
            ("10.0.0.1", &["198.51.100.1", "10.0.0.2"], "198.51.100.1"),
            ("10.0.0.1", &["198.51.100.1", "nonsense"], "10.0.0.1"),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("::1", &["2001:db8::7"], "2001:db8::7"),
        ] {
            let address = |text: &str| text.parse::<IpAddr>().unwrap();
            assert_eq!(sender(address(peer), hops, &proxies), address(expected), "{peer} {hops:?}");
        }
    }
}
