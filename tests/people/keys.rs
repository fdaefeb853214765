//! Security keys: added, asked for, refused, taken away; over HTTPS by a name, as a server in front says.

use std::path::Path;

use serde_json::{Value, json};

use super::{ANOTHER, authenticator::Key, code_of, factors::Device, place};
use crate::harness::{
    Demo, Reply, Server,
    people::{PASSWORD, Person, add},
    postgres::{Cluster, filled, serve},
    succeed,
};

const HOST: &str = "gpmb.tinh.vn";
const ORIGIN: &str = "https://gpmb.tinh.vn";

/// A server as it is reached by a name.
struct Site<'a> {
    server: &'a Server,
    host: &'a str,
}

impl<'a> Site<'a> {
    fn of(server: &'a Server) -> Self {
        Self { server, host: HOST }
    }

    /// Sends JSON, each time from somewhere else.
    fn post(&self, person: Option<&Person>, path: &str, body: &Value) -> Reply {
        let place = place();
        let mut headers = vec![
            ("x-forwarded-host", self.host),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-for", &place),
            ("content-type", "application/json"),
        ];
        headers.extend(
            person.into_iter().flat_map(|one| [("cookie", &*one.cookie), ("x-csrf-token", &*one.csrf)]),
        );
        self.server.send(path, &headers, body.to_string().as_bytes())
    }

    fn session(&self, person: &Person) -> Value {
        let headers =
            [("x-forwarded-host", self.host), ("x-forwarded-proto", "https"), ("cookie", &*person.cookie)];
        self.server.get("/api/v1/session", &headers).json()
    }

    fn enter(&self, name: &str, more: &Value) -> Reply {
        let mut body = json!({ "name": name, "password": PASSWORD });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.post(None, "/api/v1/session", &body)
    }

    /// The question that is asked after the right password.
    fn asked(&self, name: &str) -> Value {
        let due = self.enter(name, &json!({}));
        assert_eq!((due.status, code_of(&due).as_str()), (401, "second_factor"));
        due.json()["second_factor"]["key"].clone()
    }

    fn enter_by(&self, name: &str, key: &mut Key) -> Reply {
        let question = self.asked(name);
        self.enter(name, &json!({ "key": key.answer(&question, ORIGIN) }))
    }

    /// What a new key is to be, for who gives the password and what else is asked for.
    fn begin(&self, person: &Person, more: &Value) -> Reply {
        let mut body = json!({ "password": PASSWORD });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.post(Some(person), "/api/v1/session/keys", &body)
    }

    fn confirm(&self, person: &Person, name: &str, made: &Value) -> Reply {
        self.post(Some(person), "/api/v1/session/keys/confirm", &json!({ "name": name, "key": made }))
    }

    /// Adds a key where `by` is the one before: the recovery codes that are told, and the session then.
    fn add(&self, person: &Person, key: &mut Key, name: &str, by: Option<&mut Key>) -> (Vec<String>, Person) {
        let begun = match by {
            None => self.begin(person, &json!({})),
            Some(by) => {
                let due = self.begin(person, &json!({}));
                assert_eq!((due.status, code_of(&due).as_str()), (403, "second_factor"));
                let question = &due.json()["second_factor"]["key"];
                self.begin(person, &json!({ "key": by.answer(question, ORIGIN) }))
            }
        };
        assert_eq!(begun.status, 201, "{}", String::from_utf8_lossy(&begun.body));
        let made = key.make(&begun.json(), ORIGIN);
        let added = self.confirm(person, name, &made);
        assert_eq!(added.status, 200, "{}", String::from_utf8_lossy(&added.body));
        let codes = serde_json::from_value(added.json()["recovery_codes"].clone()).unwrap();
        // The new session comes with a cookie; what it sends back is told with the session.
        let cookie = added.header("set-cookie").split(';').next().unwrap().to_owned();
        let mut now = Person { cookie, csrf: String::new() };
        let session = self.session(&now);
        session["csrf"].as_str().unwrap().clone_into(&mut now.csrf);
        (codes, now)
    }
}

#[test]
fn a_key_is_added_asked_for_and_taken_away() {
    let demo = Demo::new();
    add(&demo.store(), "an", "viewer", None);
    let server = Server::start(&demo.store());
    let site = Site::of(&server);
    let an = Person::of(&site.enter("an", &json!({})));
    let wrong = site.post(Some(&an), "/api/v1/session/keys", &json!({ "password": ANOTHER }));
    assert_eq!((wrong.status, code_of(&wrong).as_str()), (403, "wrong_password"));
    let begun = site.begin(&an, &json!({})).json();
    assert_eq!((&begun["rp"]["id"], &begun["user"]["name"]), (&json!(HOST), &json!("an")));
    assert_eq!((&begun["attestation"], &begun["excludeCredentials"]), (&json!("none"), &json!([])));
    let numbers: Vec<_> =
        begun["pubKeyCredParams"].as_array().unwrap().iter().map(|one| one["alg"].clone()).collect();
    assert_eq!(numbers, [-7, -8, -257]);
    // One that was begun and has not answered is not asked for.
    let elsewhere = Person::of(&site.enter("an", &json!({})));
    let (mut key, mut spare) = (Key::new(), Key::new());
    for name in ["", " ", &"a".repeat(61), "a\nb"] {
        assert_eq!(site.confirm(&an, name, &key.make(&begun, ORIGIN)).status, 400, "{name:?}");
    }
    let (codes, an) = site.add(&an, &mut key, " Khoá của An ", None);
    assert_eq!(codes.len(), 10);
    assert_eq!(site.session(&elsewhere)["signed_in"], false, "who came in without it must come again");
    let session = site.session(&an);
    assert_eq!((&session["second_factor"], &session["one_time_codes"]), (&json!(true), &json!(false)));
    assert_eq!((&session["recovery_codes"], &session["keys_here"]), (&json!(10), &json!(true)));
    let kept = &session["keys"][0];
    assert_eq!(
        (&kept["name"], &kept["host"], &kept["used_at"]),
        (&json!("Khoá của An"), &json!(HOST), &Value::Null)
    );

    let due = site.enter("an", &json!({}));
    assert!(due.header("set-cookie").is_empty());
    let asked = due.json()["second_factor"].clone();
    assert_eq!(asked["kinds"], json!(["key", "recovery_code"]));
    let question = &asked["key"];
    assert_eq!((&question["rpId"], &question["userVerification"]), (&json!(HOST), &json!("preferred")));
    let known = json!([{ "type": "public-key", "id": key.id(), "transports": ["usb", "nfc"] }]);
    assert_eq!(question["allowCredentials"], known);
    let answer = json!({ "key": key.answer(question, ORIGIN) });
    let an = Person::of(&site.enter("an", &answer));
    assert!(site.session(&an)["keys"][0]["used_at"].is_i64());
    let again = site.enter("an", &answer);
    assert_eq!((again.status, code_of(&again).as_str()), (401, "key_late"), "a question is answered once");
    assert!(again.json()["second_factor"]["key"]["challenge"].is_string(), "and another is asked at once");
    // With a wrong password nothing is told of it.
    let wrong = site.post(None, "/api/v1/session", &json!({ "name": "an", "password": ANOTHER }));
    assert_eq!((wrong.status, wrong.json()["second_factor"].clone()), (401, Value::Null));

    // Another one, by the first; recovery codes are told once.
    let (none, an) = site.add(&an, &mut spare, "Khoá dự phòng", Some(&mut key));
    assert!(none.is_empty());
    assert_eq!(site.enter_by("an", &mut spare).status, 200);
    let by_code = site.enter("an", &json!({ "code": codes[0] }));
    assert_eq!(by_code.json()["recovery_codes"], 9);
    // One-time codes beside them, and away again: the keys stay.
    let due = site.post(Some(&an), "/api/v1/session/second-factor", &json!({ "password": PASSWORD }));
    assert_eq!((due.status, code_of(&due).as_str()), (403, "second_factor"));
    let proof =
        json!({ "password": PASSWORD, "key": key.answer(&due.json()["second_factor"]["key"], ORIGIN) });
    let begun = site.post(Some(&an), "/api/v1/session/second-factor", &proof);
    assert_eq!(begun.status, 201);
    let mut device = Device::new(begun.json()["secret"].as_str().unwrap());
    let confirm = json!({ "code": device.code() });
    let on = site.post(Some(&an), "/api/v1/session/second-factor/confirm", &confirm);
    assert_eq!(on.json()["recovery_codes"], json!([]));
    let due = site.enter("an", &json!({})).json();
    assert_eq!(due["second_factor"]["kinds"], json!(["code", "key", "recovery_code"]));
    let an = Person::of(&site.enter("an", &json!({ "code": device.code() })));
    let off = json!({ "password": PASSWORD, "code": codes[1] });
    let an = Person::of(&site.post(Some(&an), "/api/v1/session/second-factor/remove", &off));
    let session = site.session(&an);
    assert_eq!((&session["one_time_codes"], &session["recovery_codes"]), (&json!(false), &json!(8)));

    // With the last one goes all of it.
    let ids: Vec<_> = session["keys"].as_array().unwrap().iter().map(|key| key["id"].clone()).collect();
    let remove = |person: &Person, id: &Value, code: &str| {
        let path = format!("/api/v1/session/keys/{id}/remove");
        site.post(Some(person), &path, &json!({ "password": PASSWORD, "code": code }))
    };
    assert_eq!(remove(&an, &json!(99), &codes[2]).status, 404);
    let an = Person::of(&remove(&an, &ids[0], &codes[2]));
    assert_eq!(site.session(&an)["recovery_codes"], 7);
    assert_eq!(code_of(&site.enter_by("an", &mut key)), "key_wrong", "it was removed");
    let an = Person::of(&remove(&an, &ids[1], &codes[3]));
    let session = site.session(&an);
    assert_eq!((&session["second_factor"], &session["recovery_codes"]), (&json!(false), &json!(0)));
    assert_eq!(site.enter("an", &json!({})).status, 200);
}

#[test]
fn an_answer_that_is_not_theirs_for_this_place_and_purpose_opens_nothing() {
    let demo = Demo::new();
    add(&demo.store(), "an", "viewer", None);
    add(&demo.store(), "binh", "viewer", None);
    let told = demo.folder().join("log");
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_matbang"));
    command.arg("--data").arg(demo.store()).args([
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--log-format",
        "json",
    ]);
    command.stderr(std::fs::File::create(&told).unwrap()).env_remove("RUST_LOG");
    let server = Server::run(command);
    let site = Site::of(&server);
    let [an, binh] = ["an", "binh"].map(|name| Person::of(&site.enter(name, &json!({}))));
    // A key is for a name and an encrypted page.
    let plain = an_by_address(&server, &site, &an);
    assert_eq!(plain, (422, "keys_not_here".to_owned()));
    let (mut key, mut other) = (Key::new(), Key::new());
    // Made on a page of somebody else, or for another's question.
    let begun = site.begin(&an, &json!({})).json();
    let evil = site.confirm(&an, "k", &key.make(&begun, "https://gpmb.tinh.vn.evil.example"));
    assert_eq!((evil.status, code_of(&evil).as_str()), (422, "key_refused"));
    let late = site.confirm(&an, "k", &key.make(&begun, ORIGIN));
    assert_eq!((late.status, code_of(&late).as_str()), (403, "key_late"), "it was answered");
    let of_binh = site.begin(&binh, &json!({})).json();
    let crossed = site.confirm(&an, "k", &key.make(&of_binh, ORIGIN));
    assert_eq!(code_of(&crossed), "key_late");
    let (codes, an) = site.add(&an, &mut key, "k", None);
    site.add(&binh, &mut other, "k", None);
    let refused = |answer: &Value| {
        let reply = site.enter("an", &json!({ "key": answer }));
        (reply.status, code_of(&reply))
    };
    let is = |code: &str| (401, code.to_owned());
    assert_eq!(refused(&key.answer(&site.asked("an"), "https://evil.example")), is("key_wrong"));
    assert_eq!(refused(&other.answer(&site.asked("an"), ORIGIN)), is("key_wrong"));
    assert_eq!(refused(&key.answer(&site.asked("binh"), ORIGIN)), is("key_late"));
    // Asked for one thing, answered for another.
    let due = site.begin(&an, &json!({})).json();
    assert_eq!(refused(&key.answer(&due["second_factor"]["key"], ORIGIN)), is("key_late"));
    // By another name the key is not asked, and what it would say counts for nothing.
    let elsewhere = Site { server: &server, host: "khac.tinh.vn" };
    let due = elsewhere.enter("an", &json!({})).json();
    assert_eq!(due["second_factor"], json!({ "kinds": ["recovery_code"], "key": null }));
    let mut question = site.asked("an");
    question["rpId"] = json!("khac.tinh.vn");
    let answer = key.answer(&question, "https://khac.tinh.vn");
    assert_eq!(code_of(&elsewhere.enter("an", &json!({ "key": answer }))), "key_late");
    // One that has not counted on may have been copied.
    assert_eq!(site.enter_by("an", &mut key).status, 200);
    key.counter -= 1;
    assert_eq!(code_of(&site.enter_by("an", &mut key)), "key_counter");
    key.counter += 5;
    assert_eq!(site.enter_by("an", &mut key).status, 200);
    // Nonsense is refused in its form, and all that was wrong counts: seven of ten so far.
    assert_eq!(site.enter("an", &json!({ "key": { "id": "a" } })).status, 400);
    let nonsense = json!({ "id": "", "response": {
        "clientDataJSON": "*", "authenticatorData": "", "signature": "" } });
    let tries: Vec<u16> = (0..5).map(|_| refused(&nonsense).0).collect();
    assert_eq!(tries, [401, 401, 401, 401, 429]);
    assert_eq!(site.enter("an", &json!({ "code": codes[0] })).status, 429);
    drop(server);
    let told = std::fs::read_to_string(&told).unwrap();
    for line in [
        r#""event":"signed_in","account":"an","how":"password+key""#,
        r#""event":"not_signed_in","account":"an","why":"key_counter""#,
        r#""event":"account_changed","author":"an","account":"an","what":"key_added""#,
    ] {
        assert!(told.contains(line), "{line} is not in {told}");
    }
}

/// Begins a key where the page was opened by an address.
fn an_by_address(server: &Server, site: &Site<'_>, an: &Person) -> (u16, String) {
    let by_address = Site { server, host: "10.1.2.3" };
    assert_eq!(by_address.session(an)["keys_here"], false);
    assert_eq!(site.session(an)["keys_here"], true);
    let reply = by_address.begin(an, &json!({}));
    (reply.status, code_of(&reply))
}

#[test]
fn ten_keys_are_enough_and_an_administrator_takes_all_of_them() {
    let demo = Demo::new();
    add(&demo.store(), "an", "viewer", None);
    add(&demo.store(), "chi", "administrator", None);
    let server = Server::start(&demo.store());
    let site = Site::of(&server);
    let mut an = Person::of(&site.enter("an", &json!({})));
    let chi = Person::of(&site.enter("chi", &json!({})));
    let mut keys: Vec<Key> = (0..10).map(|_| Key::new()).collect();
    for turn in 0..10 {
        let (before, rest) = keys.split_at_mut(turn);
        an = site.add(&an, &mut rest[0], &format!("Khoá {turn}"), before.first_mut()).1;
    }
    let full = site.begin(&an, &json!({}));
    assert_eq!((full.status, code_of(&full).as_str()), (422, "keys_full"));
    assert_eq!(site.asked("an")["allowCredentials"].as_array().unwrap().len(), 10);
    let copy = demo.folder().join("copy.gpkg");
    succeed(&demo.store(), &["copy", demo.store().to_str().unwrap(), copy.to_str().unwrap()]);
    let reset = json!({ "reset_second_factor": true });
    let reset = || site.post(Some(&chi), "/api/v1/accounts/an", &reset).status;
    assert_eq!((reset(), reset()), (204, 404));
    assert_eq!(site.session(&an)["signed_in"], false);
    let an = Person::of(&site.enter("an", &json!({})));
    assert_eq!(site.session(&an)["keys"], json!([]));
    drop(server);
    // A copy has them, and on the server's own machine they are taken away too.
    let server = Server::start(&copy);
    let site = Site::of(&server);
    assert_eq!(site.enter_by("an", &mut keys[9]).status, 200);
    succeed(&copy, &["user", "reset", "an", "--second-factor"]);
    Server::wait(|| site.enter("an", &json!({})).status == 200);
    succeed(&copy, &["verify"]);
}

#[test]
fn what_is_asked_at_one_server_is_answered_at_another_and_once() {
    let (demo, cluster) = (Demo::new(), Cluster::shared());
    let address = filled(cluster, &demo);
    add(Path::new(&address), "an", "viewer", None);
    let servers = [serve(&address, &demo), serve(&address, &demo)];
    let [one, other] = [&servers[0], &servers[1]].map(Site::of);
    let an = Person::of(&one.enter("an", &json!({})));
    let mut key = Key::new();
    let begun = one.begin(&an, &json!({})).json();
    let made = key.make(&begun, ORIGIN);
    assert_eq!(other.confirm(&an, "k", &made).status, 200);
    // The other server hears of it through the database, a moment later.
    let heard = (0..100).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(100));
        one.enter("an", &json!({})).status == 401
    });
    assert!(heard);
    let answer = json!({ "key": key.answer(&one.asked("an"), ORIGIN) });
    assert_eq!(other.enter("an", &answer).status, 200);
    assert_eq!(code_of(&one.enter("an", &answer)), "key_late");
}

#[test]
fn a_store_from_before_keys_has_room_for_them() {
    let demo = Demo::new();
    add(&demo.store(), "an", "viewer", None);
    let before = rusqlite::Connection::open(demo.store()).unwrap();
    before.execute_batch("DROP TABLE security_keys").unwrap();
    drop(before);
    let server = Server::start(&demo.store());
    let site = Site::of(&server);
    let an = Person::of(&site.enter("an", &json!({})));
    let mut key = Key::new();
    site.add(&an, &mut key, "k", None);
    assert_eq!(site.enter_by("an", &mut key).status, 200);
}
