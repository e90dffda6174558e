use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    path::Path,
    sync::{Arc, Mutex},
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde_json::{Value, json};

use super::{Client, Clock, Service, Target, records, search};
use crate::source::{Authority, Records, SourceError};

/// A clock that goes only by waiting.
struct Waits {
    now: Cell<SystemTime>,
    waits: RefCell<Vec<Duration>>,
}

impl Clock for Waits {
    fn now(&self) -> SystemTime {
        self.now.get()
    }

    fn wait(&self, duration: Duration) {
        self.now.set(self.now.get() + duration);
        self.waits.borrow_mut().push(duration);
    }
}

fn clock() -> Waits {
    Waits { now: Cell::new(UNIX_EPOCH + Duration::from_hours(500_000)), waits: RefCell::default() }
}

/// A service on loopback: answers by path, the first of a list of answers once and the last one for ever.
#[derive(Clone)]
struct Served {
    base: String,
    requests: Arc<Mutex<Vec<String>>>,
}

type Answers = HashMap<String, Vec<String>>;

fn serve(answers: Answers) -> Served {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    let served = Served { base, requests: Arc::default() };
    let (requests, mut answers) = (served.requests.clone(), answers);
    thread::spawn(move || {
        let mut silent = Vec::new();
        for stream in listener.incoming().flatten() {
            let mut lines = BufReader::new(&stream).lines().map_while(Result::ok);
            let Some(first) = lines.next() else { continue };
            let head: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
            let target = first.split(' ').nth(1).unwrap_or_default().to_owned();
            let path = target.split('?').next().unwrap_or_default().to_owned();
            let etag =
                head.iter().find_map(|line| line.to_lowercase().strip_prefix("if-none-match: ").map(str::to_owned));
            requests
                .lock()
                .expect("the list")
                .push(format!("{target}{}", etag.map_or(String::new(), |etag| format!(" {etag}"))));
            assert!(head.iter().any(|line| line.to_lowercase().starts_with("user-agent: castgraph/")));
            let answer = match answers.get_mut(&path) {
                Some(list) if list.len() > 1 => list.remove(0),
                Some(list) => list.first().cloned().unwrap_or_default(),
                None => "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}".to_owned(),
            };
            if answer == "slow" {
                // Stays open without an answer.
                silent.push(stream);
                continue;
            }
            let _ = (&stream).write_all(answer.as_bytes());
        }
    });
    served
}

fn ok(body: &Value) -> String {
    let body = body.to_string();
    format!("HTTP/1.1 200 OK\r\nETag: \"v1\"\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}

fn status(line: &str, headers: &str) -> String {
    format!("HTTP/1.1 {line}\r\n{headers}Content-Length: 0\r\nConnection: close\r\n\r\n")
}

fn half(body: &Value) -> String {
    let whole = ok(body);
    whole[..whole.len() - 20].to_owned()
}

/// A show of fifty people, of whom the 17th has gone.
fn answers() -> Answers {
    let cast: Vec<Value> = (1..=50)
        .map(|id| json!({"person": {"id": id, "name": format!("Person {id}")}, "character": {"id": 100 + id, "name": format!("Role {id}")}, "self": false, "voice": false}))
        .collect();
    let show = json!({"id": 216, "name": "Tin Lamp", "genres": [], "_embedded": {
        "seasons": [{"id": 9, "number": 1, "episodeOrder": 1}], "cast": cast, "crew": [], "akas": []}});
    let episode = json!({"id": 91, "name": "One", "season": 1, "number": 1, "airdate": "2020-01-01"});
    let mut guests = episode.clone();
    guests["_embedded"] = json!({"guestcast": [{"person": {"id": 60, "name": "Guest", "birthday": null}, "character": {"id": 160, "name": "Moth"}, "self": false, "voice": false}]});
    let mut answers = Answers::new();
    answers.insert("/shows/216".to_owned(), vec![ok(&show)]);
    answers.insert("/shows/216/episodes".to_owned(), vec![ok(&json!([episode]))]);
    answers.insert("/seasons/9/episodes".to_owned(), vec![ok(&json!([guests]))]);
    for id in (1..=50).filter(|id| *id != 17) {
        answers.insert(
            format!("/people/{id}"),
            vec![ok(&json!({"id": id, "name": format!("Person {id}"), "birthday": "1970-01-02"}))],
        );
    }
    answers
}

fn service(served: &Served, cache: &Path) -> Service {
    Service { authority: Authority::Tvmaze, base: served.base.clone(), key: None, cache: cache.to_owned() }
}

fn fetch(served: &Served, cache: &Path, clock: &Waits) -> Result<Records, SourceError> {
    let mut client = Client::with_timeout(service(served, cache), clock, Duration::from_secs(2)).expect("a client");
    records(&mut client, &Target::parse(Authority::Tvmaze, "216").expect("a target"), &mut |_| {})
}

#[test]
fn fetches_a_show_and_says_who_is_missing() {
    let (served, cache, clock) = (serve(answers()), tempfile::tempdir().expect("a folder"), clock());
    let records = fetch(&served, cache.path(), &clock).expect("records");
    assert_eq!((records.shows.len(), records.episodes.len(), records.people.len()), (1, 1, 51));
    assert_eq!(records.remarks.lines(), ["person tvmaze:17, Person 17: not found at the source"]);
    assert!(records.people.iter().filter(|person| person.partial).all(|person| person.key.as_str() == "tvmaze:17"));
    // No faster than 20 requests in 10 seconds.
    let (requests, waited): (usize, Duration) =
        (served.requests.lock().expect("the list").len(), clock.waits.borrow().iter().sum());
    assert_eq!(requests, 53);
    assert_eq!(waited, Duration::from_millis(500) * 52);

    // The same again asks only whether anything has changed.
    let again = fetch(&served, cache.path(), &clock).expect("records");
    assert_eq!(again, records);
    let requests = served.requests.lock().expect("the list");
    assert!(
        requests
            .iter()
            .skip(53)
            .filter(|request| !request.starts_with("/people/17"))
            .all(|request| request.ends_with("\"v1\"")),
        "{requests:?}"
    );
}

#[test]
fn an_answer_that_has_not_changed_comes_from_the_cache() {
    let mut all = answers();
    for list in all.values_mut() {
        list.push(status("304 Not Modified", ""));
    }
    let (served, cache, clock) = (serve(all), tempfile::tempdir().expect("a folder"), clock());
    let records = fetch(&served, cache.path(), &clock).expect("records");
    assert_eq!(fetch(&served, cache.path(), &clock).expect("records"), records);
}

#[test]
fn waits_and_tries_again() {
    let mut all = answers();
    let show = all["/shows/216"][0].clone();
    let body = json!({"id": 216, "name": "Tin Lamp", "genres": []});
    all.insert(
        "/shows/216".to_owned(),
        vec![
            status("429 Too Many Requests", "Retry-After: 7\r\n"),
            status("500 Internal Server Error", ""),
            half(&body),
            "slow".to_owned(),
            show,
        ],
    );
    let (served, cache, clock) = (serve(all), tempfile::tempdir().expect("a folder"), clock());
    let records = fetch(&served, cache.path(), &clock).expect("records");
    assert_eq!(records.people.len(), 51);
    let waits: Vec<u64> = clock.waits.borrow().iter().map(Duration::as_secs).filter(|seconds| *seconds > 0).collect();
    assert_eq!(waits, [7, 4, 8, 16]);
}

#[test]
fn gives_up_with_a_reason_and_goes_on_where_it_was() {
    let mut all = answers();
    let person = all["/people/30"][0].clone();
    let failure = status("500 Internal Server Error", "");
    all.insert("/people/30".to_owned(), [vec![failure; 6], vec![person]].concat());
    let (served, cache, clock) = (serve(all), tempfile::tempdir().expect("a folder"), clock());
    let error = fetch(&served, cache.path(), &clock).expect_err("a failure").to_string();
    assert!(error.contains("500") && error.contains("goes on where it stopped"), "{error}");
    let before = served.requests.lock().expect("the list").len();
    assert_eq!(before, 3 + 29 + 6);
    let records = fetch(&served, cache.path(), &clock).expect("records");
    assert_eq!(records.people.len(), 51);
    // What was there is not asked for again, not even whether it has changed.
    assert_eq!(served.requests.lock().expect("the list").len() - before, 21);
}

#[test]
fn long_waits_are_left_to_the_operator() {
    let mut all = answers();
    all.insert("/shows/216".to_owned(), vec![status("429 Too Many Requests", "Retry-After: 7200\r\n")]);
    let (served, cache, clock) = (serve(all), tempfile::tempdir().expect("a folder"), clock());
    let error = fetch(&served, cache.path(), &clock).expect_err("a failure").to_string();
    assert!(error.contains("wait 120 minutes"), "{error}");
}

#[test]
fn redirects_stay_with_the_service() {
    let mut all = answers();
    let show = all["/shows/216"][0].clone();
    all.insert("/shows/216".to_owned(), vec![status("301 Moved Permanently", "Location: /shows/217\r\n")]);
    all.insert("/shows/217".to_owned(), vec![show.replace("\"id\":216", "\"id\":217")]);
    let (served, cache, clock) = (serve(all.clone()), tempfile::tempdir().expect("a folder"), clock());
    let records = fetch(&served, cache.path(), &clock).expect("records");
    let merged = records.merged.first().map(|merged| (merged.from.value.as_str(), merged.into.value.as_str()));
    assert_eq!(merged, Some(("216", "217")));

    let other = serve(answers());
    all.insert("/shows/216".to_owned(), vec![status("302 Found", &format!("Location: {}/shows/216\r\n", other.base))]);
    let error =
        fetch(&serve(all), tempfile::tempdir().expect("a folder").path(), &clock).expect_err("a failure").to_string();
    assert!(error.contains("redirects to another host"), "{error}");
    assert!(other.requests.lock().expect("the list").is_empty());
}

#[test]
fn what_does_not_exist_is_told() {
    let (served, cache, clock) = (serve(Answers::new()), tempfile::tempdir().expect("a folder"), clock());
    let error = fetch(&served, cache.path(), &clock).expect_err("a failure").to_string();
    assert_eq!(error, "the show tvmaze:216 does not exist at the source");
}

#[test]
fn searches_give_targets() {
    let found = json!([{"score": 0.9, "show": {"id": 216, "name": "Tin Lamp", "premiered": "2013-12-02", "url": "https://www.tvmaze.com/shows/216/tin-lamp"}}, {"score": 1}]);
    let served = serve(Answers::from([("/search/shows".to_owned(), vec![ok(&found)])]));
    let (cache, clock) = (tempfile::tempdir().expect("a folder"), clock());
    let mut client = Client::new(service(&served, cache.path()), &clock).expect("a client");
    let found = search(&mut client, "tin & lamp").expect("an answer");
    let first = found.first().expect("a show");
    assert_eq!((found.len(), first.target.id.as_str(), first.year.as_deref()), (1, "216", Some("2013")));
    assert_eq!(*served.requests.lock().expect("the list"), ["/search/shows?q=tin+%26+lamp"]);
}

#[test]
fn the_key_is_in_no_message_and_no_file() {
    let served = serve(Answers::from([("/tv/5".to_owned(), vec![status("401 Unauthorized", "")])]));
    let (cache, clock) = (tempfile::tempdir().expect("a folder"), clock());
    let service = Service {
        authority: Authority::Tmdb,
        base: served.base.clone(),
        key: Some("s3cret".to_owned()),
        cache: cache.path().to_owned(),
    };
    let mut client = Client::new(service, &clock).expect("a client");
    let target = Target::parse(Authority::Tmdb, "5").expect("a target");
    let error = records(&mut client, &target, &mut |_| {}).expect_err("a failure").to_string();
    assert!(error.contains("401") && error.contains("check the key") && !error.contains("s3cret"), "{error}");
    assert!(served.requests.lock().expect("the list").iter().all(|request| request.contains("api_key=s3cret")));
    for file in std::fs::read_dir(cache.path()).expect("a folder").flatten() {
        assert!(!std::fs::read_to_string(file.path()).expect("a file").contains("s3cret"));
    }
}
