//! The endpoint and the page, over the router itself.

use std::collections::BTreeMap;

use axum::{
    body::{Body, to_bytes},
    http::{Request, Response},
};
use castgraph::{graphql::Api, guard, web};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::{
    guard::sha256,
    site::{Set, Site, sqlite},
};

async fn send(site: &Site, request: Request<Body>) -> (Response<()>, String) {
    send_to(&web::Server::new(site.api.clone(), web::Settings::default()), request).await
}

async fn send_to(site: &web::Server<Api>, request: Request<Body>) -> (Response<()>, String) {
    let response = site.router().oneshot(request).await.expect("the router answers");
    let (head, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.expect("the body is read");
    (Response::from_parts(head, ()), String::from_utf8_lossy(&body).into_owned())
}

fn get(uri: &str, accept: &str) -> Request<Body> {
    Request::get(uri).header("accept", accept).body(Body::empty()).expect("a request")
}

fn post(body: &'static str, content: &str, accept: &str) -> Request<Body> {
    Request::post("/graphql")
        .header("content-type", content)
        .header("accept", accept)
        .body(Body::from(body))
        .expect("a request")
}

const TITLE: &str =
    r#"{"query":"query($s: String!) { show(by: {slug: $s}) { title } }","variables":{"s":"star-trek-picard"}}"#;
const PICARD: &str = r#"{"data":{"show":{"title":"Star Trek: Picard"}}}"#;

#[tokio::test]
async fn queries_are_answered_by_post_and_get() {
    let site = sqlite(Set::Whole).await;
    let (head, body) = send(&site, post(TITLE, "application/json", "*/*")).await;
    assert_eq!((head.status().as_u16(), body.as_str()), (200, PICARD));
    assert_eq!(head.headers()["content-type"], "application/json; charset=utf-8");
    let (head, body) = send(&site, post(TITLE, "application/json", "application/graphql-response+json")).await;
    assert_eq!((head.status().as_u16(), body.as_str()), (200, PICARD));
    assert_eq!(head.headers()["content-type"], "application/graphql-response+json; charset=utf-8");
    let uri = "/graphql?query=query($s:String!)%7Bshow(by:%7Bslug:$s%7D)%7Btitle%7D%7D&variables=%7B%22s%22:%22star-trek-picard%22%7D";
    let (head, body) = send(&site, get(uri, "application/json")).await;
    assert_eq!((head.status().as_u16(), body.as_str()), (200, PICARD));
}

#[tokio::test]
async fn what_is_no_request_gets_a_clear_error() {
    let site = sqlite(Set::Empty).await;
    for (request, status) in [
        (post("{", "application/json", "*/*"), 400),
        (post("{\"query\": 1}", "application/json", "*/*"), 400),
        (post("{}", "application/json", "*/*"), 400),
        (post("[]", "application/json", "*/*"), 400),
        (post("{\"query\": \"{ __typename }\", \"variables\": []}", "application/json", "*/*"), 400),
        (post("{\"query\": \"{ __typename }\", \"operationName\": 1}", "application/json", "*/*"), 400),
        (post("{\"query\": \"{ __typename }\", \"extensions\": 1}", "application/json", "*/*"), 400),
        (post(TITLE, "text/plain", "*/*"), 415),
        (get("/graphql", "application/json"), 400),
        (get("/graphql?query=%7B__typename%7D&variables=x", "application/json"), 400),
        (post("{\"query\": \"{ nonsense }\"}", "application/json", "application/graphql-response+json"), 400),
        (post("{\"query\": \"{ nonsense }\"}", "application/json", "application/json"), 200),
    ] {
        let (head, body) = send(&site, request).await;
        assert_eq!(head.status().as_u16(), status, "{body}");
        let answer: Value = serde_json::from_str(&body).expect("errors are JSON");
        assert_eq!(answer.get("data"), None, "{body}");
        assert!(answer["errors"][0]["extensions"]["code"].is_string(), "{body}");
        assert!(answer["errors"][0]["message"].as_str().is_some_and(|message| message.len() > 10), "{body}");
    }
}

#[tokio::test]
async fn a_browser_gets_the_page_with_all_that_it_needs() {
    let site = sqlite(Set::Empty).await;
    let accept = "text/html,application/xhtml+xml,*/*;q=0.8";
    let (head, page) = send(&site, get("/", accept)).await;
    assert_eq!(head.status(), 200);
    assert!(
        head.headers()["content-security-policy"].to_str().is_ok_and(|policy| policy.contains("default-src 'none'"))
    );
    assert_eq!(send(&site, get("/graphql", accept)).await.1, page, "the endpoint shows the page too");
    let mut assets = 0;
    for address in page.split('"').filter(|text| text.starts_with("/assets/")) {
        let (head, body) = send(&site, get(address, "*/*")).await;
        assert_eq!(head.status(), 200, "{address}");
        assert!(!body.is_empty());
        assets += 1;
    }
    assert!(assets >= 2, "{page}");
    assert!(!page.contains("http://") && !page.contains("https://"), "nothing comes from elsewhere");
    assert!(send(&site, get("/licenses.md", "*/*")).await.1.contains("MIT"));
    assert_eq!(send(&site, get("/licenses/fontsource-roboto.txt", "*/*")).await.0.status(), 200);
    for path in ["/assets/../Cargo.toml", "/licenses/..%2findex.html", "/licenses/nothing"] {
        assert_eq!(send(&site, get(path, "*/*")).await.0.status(), 404, "{path}");
    }
}

#[tokio::test]
async fn the_explorer_comes_with_all_that_it_needs_under_a_strict_policy() {
    let site = sqlite(Set::Empty).await;
    let (head, page) = send(&site, get("/explore?person=brent-spiner", "text/html")).await;
    assert_eq!(head.status(), 200);
    let policy = head.headers()["content-security-policy"].to_str().expect("a policy in ASCII");
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    let assets: Vec<_> = page.split('"').filter(|text| text.starts_with("/assets/")).collect();
    assert!(assets.len() >= 2, "{page}");
    for address in assets {
        assert_eq!(send(&site, get(address, "*/*")).await.0.status(), 200, "{address}");
    }
    assert!(!page.contains("http://") && !page.contains("https://"), "nothing comes from elsewhere");
}

#[tokio::test]
async fn the_documents_of_the_explorer_are_named_by_their_hashes_and_fit_the_schema() {
    let site = sqlite(Set::Empty).await;
    let (head, manifest) = send(&site, get("/explore/documents.json", "*/*")).await;
    assert_eq!(head.headers()["content-type"], "application/json");
    let documents: BTreeMap<String, String> = serde_json::from_str(&manifest).expect("an object of texts");
    assert!(documents.len() >= 5, "{manifest}");
    for (hash, text) in documents {
        assert_eq!(hash, sha256(&text), "{text}");
        let body = json!({"query": text, "extensions": {"dryRun": true}}).to_string();
        let request = Request::post("/graphql").header("content-type", "application/json").body(Body::from(body));
        let (_, answer) = send(&site, request.expect("a request")).await;
        // Variables are missing, fields are not.
        assert!(!answer.contains("VALIDATION"), "{answer}");
    }
}

#[tokio::test]
async fn methods_and_bodies_that_do_not_fit_are_refused() {
    let site = sqlite(Set::Empty).await;
    let delete = Request::delete("/graphql").body(Body::empty()).expect("a request");
    let (head, body) = send(&site, delete).await;
    assert_eq!(head.status(), 405, "{body}");
    assert_eq!(head.headers()["allow"], "GET,HEAD,POST");
    let large =
        Request::post("/graphql").header("content-type", "application/json").body(Body::from(vec![b' '; 40_000_000]));
    let (head, body) = send(&site, large.expect("a request")).await;
    assert_eq!(head.status(), 413, "{body}");
    assert!(body.contains("--max-body"), "{body}");
}

/// The media type with the greater weight, and none that is excluded.
#[tokio::test]
async fn the_weights_of_accept_decide_the_media_type() {
    const GRAPHQL: &str = "application/graphql-response+json; charset=utf-8";
    const JSON: &str = "application/json; charset=utf-8";
    let site = sqlite(Set::Whole).await;
    for (accept, due) in [
        ("application/graphql-response+json, application/json;q=0.9", GRAPHQL),
        ("application/json, application/graphql-response+json", GRAPHQL),
        ("application/json, application/graphql-response+json;q=0.5", JSON),
        ("application/graphql-response+json;q=0", JSON),
        ("Application/GraphQL-Response+JSON", GRAPHQL),
        ("application/json;q=0, */*", GRAPHQL),
        ("*/*", JSON),
    ] {
        let (head, _) = send(&site, post(TITLE, "application/json", accept)).await;
        assert_eq!(head.headers()["content-type"], due, "{accept}");
    }
    let (head, _) = send(&site, get("/graphql", "text/html;q=0")).await;
    assert_eq!(head.status(), 400);
}

#[tokio::test]
async fn bodies_may_have_a_mark_or_be_compressed_but_must_be_utf_8() {
    let site = sqlite(Set::Whole).await;
    let send_as = async |content: &'static str, encoding: &'static str, body: Vec<u8>| {
        let request = Request::post("/graphql").header("content-type", content).header("content-encoding", encoding);
        send(&site, request.body(Body::from(body)).expect("a request")).await
    };
    let marked = [b"\xEF\xBB\xBF", TITLE.as_bytes()].concat();
    assert_eq!(send_as("application/json; charset=\"UTF-8\"", "identity", marked).await.1, PICARD);
    let gzip = |body: &[u8]| {
        let mut child = std::process::Command::new("gzip")
            .arg("-c")
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .expect("gzip is part of every system that the tests run on");
        let mut input = child.stdin.take().expect("a pipe");
        let body = body.to_vec();
        let writer = std::thread::spawn(move || std::io::Write::write_all(&mut input, &body).expect("gzip reads"));
        let packed = child.wait_with_output().expect("gzip ends").stdout;
        writer.join().expect("the writer ends");
        packed
    };
    for name in ["gzip", "GZIP", "x-gzip"] {
        assert_eq!(send_as("application/json", name, gzip(TITLE.as_bytes())).await.1, PICARD, "{name}");
    }
    let bomb = gzip(&vec![b' '; 50_000_000]);
    assert!(bomb.len() < 100_000, "{}", bomb.len());
    assert_eq!(send_as("application/json", "gzip", bomb).await.0.status(), 413);
    for (content, encoding, status, reason) in [
        ("application/json; charset=utf-16", "identity", 415, "utf-16"),
        ("application/json", "br", 415, "use gzip"),
        ("application/json", "gzip", 400, "cannot be read"),
        ("text/plain", "identity", 415, "application/json"),
    ] {
        let (head, body) = send_as(content, encoding, TITLE.as_bytes().to_vec()).await;
        assert_eq!(head.status(), status, "{content} {encoding}: {body}");
        assert!(body.contains(reason), "{body}");
    }
}

#[tokio::test]
async fn health_tells_whether_the_database_answers() {
    let site = sqlite(Set::Empty).await;
    assert_eq!(send(&site, get("/livez", "*/*")).await.0.status(), 200);
    assert_eq!(send(&site, get("/readyz", "*/*")).await.0.status(), 200);
    site.store.read().clone().close().await.expect("the connection closes");
    assert_eq!(send(&site, get("/livez", "*/*")).await.0.status(), 200);
    assert_eq!(send(&site, get("/readyz", "*/*")).await.0.status(), 503);
    let (head, body) = send(&site, post(TITLE, "application/json", "*/*")).await;
    assert_eq!(head.status(), 503, "{body}");
    assert_eq!(head.headers()["retry-after"], "1");
    assert_eq!(code(&body), "UNAVAILABLE");
}

fn code(body: &str) -> Value {
    let mut answer: Value = serde_json::from_str(body).expect("answers are JSON");
    answer["errors"][0]["extensions"]["code"].take()
}

fn with(settings: web::Settings, site: &Site) -> web::Server<Api> {
    web::Server::new(site.api.clone(), settings)
}

const COUNT: &str = "/graphql?query=%7Bshows%7BtotalCount%7D%7D";

#[tokio::test]
async fn caches_may_keep_answers_to_queries_in_the_address() {
    let site = sqlite(Set::Whole).await;
    let (head, body) = send(&site, get(COUNT, "*/*")).await;
    let tag = head.headers()["etag"].to_str().expect("a tag").to_owned();
    let header = |name: &str| head.headers()[name].to_str().expect("text").to_owned();
    assert_eq!((&*header("cache-control"), &*header("vary")), ("no-cache", "accept, accept-encoding, authorization"));
    let known = |tag: &str| Request::get(COUNT).header("if-none-match", tag).body(Body::empty()).expect("a request");
    let (head, same) = send(&site, known(&tag)).await;
    assert_eq!((head.status().as_u16(), same.as_str()), (304, ""));
    assert_eq!(head.headers()["etag"], tag.as_str());
    assert_eq!(send(&site, known(&format!("\"other\", {tag}"))).await.0.status(), 304);
    let (head, again) = send(&site, known("\"other\"")).await;
    assert_eq!((head.status().as_u16(), again), (200, body));
    let keeping = with(web::Settings { cache_max_age: 60, ..web::Settings::default() }, &site);
    assert_eq!(send_to(&keeping, get(COUNT, "*/*")).await.0.headers()["cache-control"], "public, max-age=60");
    let (head, _) = send(&site, get("/graphql?query=%7Bnothing%7D", "*/*")).await;
    assert_eq!(head.headers().get("etag"), None);
    assert_eq!(head.headers()["cache-control"], "no-store");
}

#[tokio::test]
async fn lists_of_requests_are_taken_if_the_settings_say_so() {
    let site = sqlite(Set::Whole).await;
    let list = r#"[{"query":"{ shows { totalCount } }"},{"query":"{ nothing }"},{"query":"{ __typename }"}]"#;
    let (head, body) = send(&site, post(list, "application/json", "*/*")).await;
    assert_eq!(head.status(), 400);
    assert!(body.contains("--max-batch"), "{body}");
    let batching = with(web::Settings { max_batch: 3, ..web::Settings::default() }, &site);
    let (head, body) = send_to(&batching, post(list, "application/json", "*/*")).await;
    let answers: Value = serde_json::from_str(&body).expect("answers are JSON");
    assert_eq!(head.status(), 200, "{body}");
    assert_eq!(answers[0]["data"]["shows"]["totalCount"], 27);
    assert_eq!((answers[1].get("data"), &answers[1]["errors"][0]["extensions"]["code"]), (None, &"VALIDATION".into()));
    assert_eq!(answers[2]["data"]["__typename"], "Query");
    for wrong in [r"[{},{},{},{}]", "[]", "[1]", r#"[{"query":"{ __typename }"},{}]"#] {
        let (head, body) = send_to(&batching, post(wrong, "application/json", "*/*")).await;
        assert_eq!((head.status().as_u16(), code(&body)), (400, "BAD_REQUEST".into()), "{wrong}");
    }
    let thousand = Request::post("/graphql")
        .header("content-type", "application/json")
        .body(Body::from(format!("[{}]", [r#"{"query":"{ __typename }"}"#; 1_000].join(","))));
    assert_eq!(send_to(&batching, thousand.expect("a request")).await.0.status(), 400);
}

#[tokio::test]
async fn other_origins_may_ask_if_the_settings_say_so() {
    let site = sqlite(Set::Empty).await;
    let from = |origin: &'static str| {
        let request = Request::get("/graphql?query=%7B__typename%7D").header("origin", origin);
        request.body(Body::empty()).expect("a request")
    };
    let preflight = || {
        let request = Request::options("/graphql").header("origin", "https://a.example");
        let request = request.header("access-control-request-method", "POST");
        request.header("access-control-request-headers", "content-type").body(Body::empty()).expect("a request")
    };
    let allowed = |head: &Response<()>| {
        head.headers().get("access-control-allow-origin").map(|origin| origin.to_str().expect("text").to_owned())
    };
    assert_eq!(allowed(&send(&site, from("https://a.example")).await.0), None);
    let (head, body) = send(&site, preflight()).await;
    assert_eq!((head.status().as_u16(), allowed(&head)), (403, None));
    let reason = "the origin https://a.example is not allowed; start castgraph with --cors-origins https://a.example\n";
    assert_eq!(body, reason);
    let cors_origins = vec!["https://a.example".parse().expect("an origin")];
    let open = with(web::Settings { cors_origins, ..web::Settings::default() }, &site);
    assert_eq!(allowed(&send_to(&open, from("https://a.example")).await.0), Some("https://a.example".to_owned()));
    assert_eq!(allowed(&send_to(&open, from("https://b.example")).await.0), None);
    let (head, _) = send_to(&open, preflight()).await;
    assert_eq!((head.status().as_u16(), allowed(&head).is_some()), (200, true));
    let header = Request::options("/graphql").header("origin", "https://a.example");
    let header = header.header("access-control-request-method", "POST");
    let header = header.header("access-control-request-headers", "authorization,content-type");
    let (head, _) = send_to(&open, header.body(Body::empty()).expect("a request")).await;
    assert_eq!(head.headers()["access-control-allow-headers"], "authorization,content-type", "* does not cover it");
    let cors_origins = vec!["*".parse().expect("all")];
    let open = with(web::Settings { cors_origins, ..web::Settings::default() }, &site);
    assert_eq!(allowed(&send_to(&open, from("https://b.example")).await.0), Some("*".to_owned()));
    for wrong in ["example.org", "https://", "https://a.example/path", "ftp://a.example"] {
        assert!(wrong.parse::<web::Cors>().is_err(), "{wrong}");
    }
}

#[tokio::test]
async fn every_answer_is_hardened_and_has_an_id() {
    let site = sqlite(Set::Empty).await;
    let mut ids = std::collections::HashSet::new();
    for path in ["/", "/graphql", COUNT, "/livez", "/metrics", "/nothing", "/assets/nothing"] {
        let (head, _) = send(&site, get(path, "*/*")).await;
        let header = |name: &str| head.headers()[name].to_str().expect("text").to_owned();
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("referrer-policy"), "no-referrer", "{path}");
        assert!(header("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
        assert!(ids.insert(header("x-request-id")), "{path}");
    }
    let named =
        |id: &'static str| Request::get("/livez").header("x-request-id", id).body(Body::empty()).expect("a request");
    assert_eq!(send(&site, named("abc-1.2_3")).await.0.headers()["x-request-id"], "abc-1.2_3");
    for odd in ["", "a b", "a\"b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"] {
        assert_ne!(send(&site, named(odd)).await.0.headers()["x-request-id"], odd);
    }
}

#[tokio::test]
async fn large_answers_are_compressed_for_those_who_take_it() {
    let site = sqlite(Set::Whole).await;
    let ask = |query: &str, encoding: &str| {
        let body = Body::from(serde_json::json!({ "query": query }).to_string());
        let request = Request::post("/graphql").header("content-type", "application/json");
        request.header("accept-encoding", encoding).body(body).expect("a request")
    };
    for (accepted, used) in [("gzip", "gzip"), ("br", "br"), ("gzip, br", "br"), ("br;q=0, gzip", "gzip")] {
        let (head, _) = send(&site, ask("{ people(first: 100) { nodes { name slug id } } }", accepted)).await;
        assert_eq!(head.headers()["content-encoding"], used, "{accepted}");
    }
    assert_eq!(send(&site, ask("{ __typename }", "gzip")).await.0.headers().get("content-encoding"), None);
}

#[tokio::test]
async fn metrics_may_have_an_address_of_their_own() {
    let site = sqlite(Set::Empty).await;
    let (head, text) = send(&site, get("/metrics", "*/*")).await;
    assert_eq!(head.status(), 200);
    assert!(text.contains("castgraph_build_info{version=") && text.ends_with("# EOF\n"), "{text}");
    let metrics_listen = Some("127.0.0.1:0".parse().expect("an address"));
    let apart = with(web::Settings { metrics_listen, ..web::Settings::default() }, &site);
    assert_eq!(send_to(&apart, get("/metrics", "*/*")).await.0.status(), 404);
    let response = apart.operators_router().oneshot(get("/metrics", "*/*")).await.expect("the router answers");
    assert_eq!(response.status(), 200);
}

#[tokio::test]
async fn a_proxy_that_is_trusted_says_who_asks_and_each_has_a_limit() {
    let mut site = sqlite(Set::Whole).await;
    let access = guard::Access { rate_limit: 1, rate_burst: 1, ..guard::Access::default() };
    site.guard(&guard::Settings { access, ..guard::Settings::default() });
    let ask = |client: &'static str| {
        let request = Request::get(COUNT).header("x-forwarded-for", client);
        request
            .extension(web::Peer("10.0.0.1:5000".parse().expect("an address")))
            .body(Body::empty())
            .expect("a request")
    };
    let trusted_proxies = vec!["10.0.0.0/8".parse().expect("a network")];
    let behind = with(web::Settings { trusted_proxies, ..web::Settings::default() }, &site);
    assert_eq!(send_to(&behind, ask("192.0.2.1")).await.0.status(), 200);
    let (head, body) = send_to(&behind, ask("192.0.2.1")).await;
    assert_eq!((head.status().as_u16(), code(&body)), (429, "RATE_LIMITED".into()));
    assert!(head.headers()["retry-after"].to_str().is_ok_and(|wait| wait.parse::<u64>().is_ok_and(|wait| wait >= 1)));
    assert_eq!(send_to(&behind, ask("192.0.2.2")).await.0.status(), 200);
    // Without trust all these are the proxy.
    let open = with(web::Settings::default(), &site);
    assert_eq!(send_to(&open, ask("192.0.2.3")).await.0.status(), 200);
    assert_eq!(send_to(&open, ask("192.0.2.4")).await.0.status(), 429);
}

#[tokio::test]
async fn hostile_bodies_are_refused() {
    let site = sqlite(Set::Empty).await;
    let deep =
        format!("{{\"query\":\"{{ __typename }}\",\"variables\":{{\"a\":{}{}}}}}", "[".repeat(100), "]".repeat(100));
    let deeper = format!("{{\"variables\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let bodies = [deep, deeper, "\0".repeat(100), "9".repeat(100_000), format!("[{}]", "0,".repeat(1_000))];
    for body in bodies {
        let request = Request::post("/graphql").header("content-type", "application/json").body(Body::from(body));
        let (head, body) = send(&site, request.expect("a request")).await;
        assert_eq!((head.status().as_u16(), code(&body)), (400, "BAD_REQUEST".into()), "{body}");
    }
}
