//! Second factors: one-time codes, recovery codes, and who takes them away.

use std::{
    process::Command,
    time::{SystemTime, UNIX_EPOCH},
};

use serde_json::json;

use super::{ANOTHER, code_of, sign_in};
use crate::harness::{
    Demo, Server, matbang,
    people::{PASSWORD, Person, add},
    succeed,
};

/// A device that shows codes, each once.
pub struct Device {
    totp: totp_rs::Totp,
    last: u64,
}

impl Device {
    pub fn new(secret: &str) -> Self {
        let secret = totp_rs::Secret::try_from_base32(secret).unwrap();
        Self { totp: totp_rs::Builder::new().with_secret(secret).build().unwrap(), last: 0 }
    }

    /// The code of now, or of the next step where that one was shown. A step that ends meanwhile is still taken.
    pub fn code(&mut self) -> String {
        let step = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() / 30;
        self.last = step.max(self.last + 1);
        assert!(self.last <= step + 1, "that many codes are not shown at once");
        self.totp.generate(self.last * 30).to_string()
    }
}

/// Has a second factor asked for: the device, the recovery codes, and the session then.
pub fn with_factor(server: &Server, person: &Person) -> (Device, Vec<String>, Person) {
    let begun = person.post(server, "/api/v1/session/second-factor", &json!({ "password": PASSWORD }));
    assert_eq!(begun.status, 201, "{}", String::from_utf8_lossy(&begun.body));
    let told = begun.json();
    let secret = told["secret"].as_str().unwrap();
    let uri = told["uri"].as_str().unwrap();
    assert!(uri.starts_with("otpauth://totp/") && uri.contains(secret), "{uri}");
    let mut device = Device::new(secret);
    let confirm =
        |code: &str| person.post(server, "/api/v1/session/second-factor/confirm", &json!({ "code": code }));
    let wrong = confirm("000000x");
    assert_eq!((wrong.status, code_of(&wrong).as_str()), (403, "second_factor_wrong"));
    let done = confirm(&device.code());
    assert_eq!(done.status, 200, "{}", String::from_utf8_lossy(&done.body));
    let codes: Vec<String> = serde_json::from_value(done.json()["recovery_codes"].clone()).unwrap();
    assert_eq!(codes.len(), 10);
    let cookie = done.header("set-cookie").split(';').next().unwrap().to_owned();
    let csrf =
        server.get("/api/v1/session", &[("cookie", &cookie)]).json()["csrf"].as_str().unwrap().to_owned();
    (device, codes, Person { cookie, csrf })
}

#[test]
fn a_second_factor_is_asked_for_once_it_was_confirmed() {
    let demo = Demo::new();
    add(&demo.store(), "an", "viewer", None);
    add(&demo.store(), "chi", "administrator", None);
    let server = Server::start(&demo.store());
    let an = Person::sign_in(&server, "an");
    let begin = |password: &str| {
        an.post(&server, "/api/v1/session/second-factor", &json!({ "password": password })).status
    };
    assert_eq!(begin("con-voi-ba-chan"), 403);
    // One that was begun and not confirmed is not asked for.
    assert_eq!(begin(PASSWORD), 201);
    let enter =
        |code: Option<&str>| sign_in(&server, &json!({ "name": "an", "password": PASSWORD, "code": code }));
    let elsewhere = Person::of(&enter(None));
    let (mut device, recovery, an) = with_factor(&server, &an);
    assert_eq!(
        elsewhere.get(&server, "/api/v1/summary").status,
        401,
        "who came in without it must come again"
    );
    let session = an.get(&server, "/api/v1/session").json();
    assert_eq!((&session["second_factor"], &session["recovery_codes"]), (&json!(true), &json!(10)));
    let due = enter(None);
    assert_eq!((due.status, code_of(&due).as_str()), (401, "second_factor"));
    assert!(due.header("set-cookie").is_empty());
    // With a wrong password nothing is told of it.
    let wrong = sign_in(&server, &json!({ "name": "an", "password": ANOTHER, "code": recovery[0] }));
    assert_eq!((wrong.status, code_of(&wrong).as_str()), (401, ""));
    let code = device.code();
    assert_eq!(enter(Some(&code)).status, 200);
    let again = enter(Some(&code));
    assert_eq!((again.status, code_of(&again).as_str()), (401, "second_factor_wrong"), "once each");
    let last = enter(Some(&recovery[1].to_lowercase().replace('-', " ")));
    assert_eq!(last.status, 200, "a recovery code is known however it is typed");
    assert_eq!(last.json()["recovery_codes"], 9);
    let kept = rusqlite::Connection::open(demo.store()).unwrap();
    let plain = recovery[2].replace('-', "");
    let hashed: u32 = kept
        .query_row("SELECT count(*) FROM recovery_codes WHERE hash = ?1", [plain.as_bytes()], |row| {
            row.get(0)
        })
        .unwrap();
    assert_eq!(hashed, 0, "what is kept is not what was told");
    // A server that comes up knows what was used.
    drop(server);
    let server = Server::start(&demo.store());
    let enter =
        |code: Option<&str>| sign_in(&server, &json!({ "name": "an", "password": PASSWORD, "code": code }));
    assert_eq!(enter(Some(&code)).status, 401);
    assert_eq!(enter(Some(&recovery[1])).status, 401);
    let an = Person::of(&enter(Some(&recovery[3])));
    // The password is changed and the factor removed with a code only.
    let path = "/api/v1/session/second-factor/remove";
    let without = an.post(&server, path, &json!({ "password": PASSWORD }));
    assert_eq!((without.status, code_of(&without).as_str()), (403, "second_factor"));
    let change = an.post(&server, "/api/v1/session/password", &json!({ "old": PASSWORD, "new": ANOTHER }));
    assert_eq!((change.status, code_of(&change).as_str()), (403, "second_factor"));
    let removed = an.post(&server, path, &json!({ "password": PASSWORD, "code": recovery[4] }));
    assert_eq!(Person::of(&removed).get(&server, "/api/v1/session").json()["second_factor"], false);
    assert_eq!(enter(None).status, 200);
}

#[test]
fn an_administrator_takes_a_lost_factor_away_and_wrong_codes_are_few() {
    let demo = Demo::new();
    add(&demo.store(), "an", "viewer", None);
    add(&demo.store(), "chi", "administrator", None);
    let server = Server::start(&demo.store());
    let (an, chi) = (Person::sign_in(&server, "an"), Person::sign_in(&server, "chi"));
    let reset = || chi.post(&server, "/api/v1/accounts/an", &json!({ "reset_second_factor": true })).status;
    assert_eq!(reset(), 404);
    let (_, recovery, an) = with_factor(&server, &an);
    let listed = chi.get(&server, "/api/v1/accounts").json();
    let of_an =
        listed["accounts"].as_array().unwrap().iter().find(|one| one["name"] == "an").unwrap().clone();
    assert_eq!(of_an["second_factor"], true);
    // One was wrong before, and ten are enough: even a right one has to wait then.
    let remove = |code: &str| {
        let body = json!({ "password": PASSWORD, "code": code });
        an.post(&server, "/api/v1/session/second-factor/remove", &body).status
    };
    let tries: Vec<u16> = (0..9).map(|_| remove("111111x")).collect();
    assert_eq!((tries, remove(&recovery[0])), (vec![403; 9], 429));
    assert_eq!(reset(), 204);
    assert_eq!(an.get(&server, "/api/v1/summary").status, 401, "its sessions end");
    drop(server);
    let server = Server::start(&demo.store());
    let an = Person::sign_in(&server, "an");
    let (_, recovery, _) = with_factor(&server, &an);
    // On the server's own machine, where the last administrator has lost it; and a copy carries what was set.
    let copy = demo.folder().join("copy.gpkg");
    succeed(&demo.store(), &["copy", demo.store().to_str().unwrap(), copy.to_str().unwrap()]);
    succeed(&demo.store(), &["user", "reset", "an", "--second-factor"]);
    assert_eq!(matbang(&demo.store(), &["user", "reset", "an", "--second-factor"]).status.code(), Some(1));
    Server::wait(|| server.get("/api/v1/session", &[("cookie", &an.cookie)]).json()["signed_in"] == false);
    drop(server);
    let server = Server::start(&copy);
    let enter = |code: Option<&str>| {
        sign_in(&server, &json!({ "name": "an", "password": PASSWORD, "code": code })).status
    };
    assert_eq!((enter(None), enter(Some(&recovery[0])), enter(Some(&recovery[0]))), (401, 200, 401));
    succeed(&copy, &["verify"]);
}

#[test]
fn a_copy_of_the_store_makes_no_codes_where_there_is_a_key() {
    let demo = Demo::new();
    add(&demo.store(), "an", "viewer", None);
    let key = |name: &str| {
        let path = demo.folder().join(name);
        succeed(&demo.store(), &["key", path.to_str().unwrap()]);
        path
    };
    let (right, wrong) = (key("secrets.key"), key("other.key"));
    let serve = |key: Option<&std::path::Path>| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_matbang"));
        command.arg("--data").arg(demo.store()).args(["serve", "--listen", "127.0.0.1:0"]);
        key.map(|key| command.arg("--secrets-key").arg(key));
        Server::run(command)
    };
    let kept = || -> Vec<u8> {
        let sql = rusqlite::Connection::open(demo.store()).unwrap();
        sql.query_row("SELECT secret FROM second_factors", [], |row| row.get(0)).unwrap()
    };
    let enter = |server: &Server, code: &str| {
        let reply = sign_in(server, &json!({ "name": "an", "password": PASSWORD, "code": code }));
        (reply.status, if reply.status == 200 { String::new() } else { code_of(&reply) })
    };
    // Begun without a key: kept as it is, and sealed by the first server that has one.
    let server = serve(None);
    let (mut device, recovery, _) = with_factor(&server, &Person::sign_in(&server, "an"));
    drop(server);
    let plain = kept();
    assert_eq!(plain.len(), 20);
    drop(serve(Some(&right)));
    let sealed = kept();
    assert!(!sealed.windows(8).any(|part| part == &plain[..8]), "the secret is not in the store");
    // Without the key, or with another, nobody comes in without a second factor; a recovery code is one.
    for (key, spare) in [(None, 0), (Some(&*wrong), 1)] {
        let server = serve(key);
        assert_eq!(enter(&server, "000000"), (503, "second_factor_sealed".to_owned()));
        assert_eq!(enter(&server, &recovery[spare]).0, 200);
    }
    assert_eq!(enter(&serve(Some(&right)), &device.code()).0, 200);
    assert_eq!(kept(), sealed, "what is sealed stays");
}
