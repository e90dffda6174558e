//! The endpoint and the page, over the router itself.

use axum::{
    body::{Body, to_bytes},
    http::{Request, Response},
};
use castgraph::web;
use serde_json::Value;
use tower::ServiceExt;

use crate::site::{Site, sqlite};

async fn send(site: &Site, request: Request<Body>) -> (Response<()>, String) {
    let response =
        web::router(site.api.clone(), &web::Settings::default()).oneshot(request).await.expect("the router answers");
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
    let site = sqlite(true).await;
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
    let site = sqlite(false).await;
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
    let site = sqlite(false).await;
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
    assert_eq!(send(&site, get("/assets/../Cargo.toml", "*/*")).await.0.status(), 404);
}

#[tokio::test]
async fn methods_and_bodies_that_do_not_fit_are_refused() {
    let site = sqlite(false).await;
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

#[tokio::test]
async fn health_tells_whether_the_database_answers() {
    let site = sqlite(false).await;
    assert_eq!(send(&site, get("/livez", "*/*")).await.0.status(), 200);
    assert_eq!(send(&site, get("/readyz", "*/*")).await.0.status(), 200);
    site.store.read().clone().close().await.expect("the connection closes");
    assert_eq!(send(&site, get("/livez", "*/*")).await.0.status(), 200);
    assert_eq!(send(&site, get("/readyz", "*/*")).await.0.status(), 503);
    let (head, body) = send(&site, post(TITLE, "application/json", "*/*")).await;
    assert_eq!(head.status(), 200);
    assert_eq!(
        serde_json::from_str::<Value>(&body).expect("answers are JSON")["errors"][0]["extensions"]["code"],
        "INTERNAL",
        "{body}"
    );
    assert!(!body.to_lowercase().contains("pool") && !body.to_lowercase().contains("sql"), "nothing leaks: {body}");
}
