//! What administrators do in their room: accounts, keys, the log, the illustration, campaigns.

use serde_json::{Value, json};

use crate::harness::{Demo, Server};

#[test]
fn the_last_administrator_cannot_be_locked_out() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let account = |name: &str, role: &str, password: Option<&str>| {
        json!({ "name": name, "full_name": "Nguyễn An", "role": role, "password": password }).to_string()
    };
    // The first account ends the time without accounts, so it must be able to administer.
    let first = server.post("/api/v1/accounts", &account("an", "viewer", Some("mat-khau-dai-hon")));
    assert_eq!(first.status, 400, "{}", String::from_utf8_lossy(&first.body));
    assert_eq!(server.post("/api/v1/accounts", &account("an", "administrator", Some("ngan"))).status, 400);
    let made = server.post("/api/v1/accounts", &account("an", "administrator", Some("mat-khau-dai-hon")));
    assert_eq!(made.status, 201);
    assert_eq!(server.get("/api/v1/accounts", &[]).status, 401);

    let body = json!({ "name": "an", "password": "mat-khau-dai-hon" }).to_string();
    let session = server.post("/api/v1/session", &body);
    let cookie = session.header("set-cookie").split(';').next().unwrap().to_owned();
    let csrf = session.json()["csrf"].as_str().unwrap().to_owned();
    let headers = [("cookie", cookie.as_str()), ("x-csrf-token", csrf.as_str())];
    let change = |name: &str, body: Value| {
        let path = format!("/api/v1/accounts/{name}");
        server.send(&path, &headers, body.to_string().as_bytes()).status
    };
    assert_eq!(change("an", json!({ "disabled": true })), 422);
    assert_eq!(change("an", json!({ "revoke": { "role": "administrator" } })), 422);
    let second = account("binh", "viewer", Some("mat-khau-khac-nua"));
    assert_eq!(server.send("/api/v1/accounts", &headers, second.as_bytes()).status, 201);
    assert_eq!(change("binh", json!({ "grant": { "role": "administrator" } })), 204);
    assert_eq!(change("binh", json!({ "revoke": { "role": "officer" } })), 404);
    assert_eq!(change("an", json!({ "revoke": { "role": "administrator" } })), 204);
    // From now on "an" may no longer look at accounts.
    assert_eq!(server.get("/api/v1/accounts", &headers).status, 403);
}

#[test]
fn a_token_made_over_http_reads_until_it_is_taken_back() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let body =
        json!({ "name": "an", "full_name": "A", "role": "administrator", "password": "mat-khau-dai-hon" });
    assert_eq!(server.post("/api/v1/accounts", &body.to_string()).status, 201);
    let session =
        server.post("/api/v1/session", &json!({ "name": "an", "password": "mat-khau-dai-hon" }).to_string());
    let cookie = session.header("set-cookie").split(';').next().unwrap().to_owned();
    let csrf = session.json()["csrf"].as_str().unwrap().to_owned();
    let headers = [("cookie", cookie.as_str()), ("x-csrf-token", csrf.as_str())];
    let wish = json!({ "account": "an", "name": "qgis", "scope": "read", "days": 30 }).to_string();
    let made = server.send("/api/v1/tokens", &headers, wish.as_bytes());
    assert_eq!(made.status, 201);
    let bearer = format!("Bearer {}", made.json()["token"].as_str().unwrap());
    let with = [("authorization", bearer.as_str())];
    assert_eq!(server.get("/api/v1/summary", &with).status, 200);
    assert_eq!(server.get("/api/v1/accounts", &with).status, 403);
    let path = format!("/api/v1/tokens/{}", made.json()["id"]);
    assert_eq!(server.request("DELETE", &path, &headers, b"").status, 204);
    assert_eq!(server.get("/api/v1/summary", &with).status, 401);
}

#[test]
fn the_log_pages_backwards_and_holders_are_found_by_name_and_noted() {
    let demo = Demo::new();
    let store = demo.store();
    let server = Server::start(&store);
    let first = server.get("/api/v1/ledger?limit=3", &[]).json();
    let last = first["events"][2]["position"].as_u64().unwrap();
    let second = server.get(&format!("/api/v1/ledger?limit=3&before={last}"), &[]).json();
    assert_eq!(second["events"][0]["position"].as_u64().unwrap(), last - 1);

    let sql = rusqlite::Connection::open(&store).unwrap();
    let holder: u32 = sql
        .query_row(
            "SELECT holder FROM parcels WHERE holder IS NOT NULL AND ended_on IS NULL LIMIT 1",
            [],
            |row| row.get(0),
        )
        .unwrap();
    sql.execute("UPDATE holders SET name = 'Đỗ Thị Zxqvờ' WHERE fid = ?1", [holder]).unwrap();
    drop(sql);
    assert_eq!(server.get("/api/v1/holders?q=zx", &[]).status, 400);
    let found = server.get("/api/v1/holders?q=do+zxqvo", &[]).json();
    assert_eq!(found["results"][0]["holder"], "Đỗ Thị Zxqvờ");
    let looks = server.get("/api/v1/accesses", &[]).json();
    let noted: Vec<&Value> =
        looks["accesses"].as_array().unwrap().iter().map(|look| &look["parcel"]).collect();
    for result in found["results"].as_array().unwrap() {
        assert!(noted.contains(&&result["id"]), "{looks}");
    }
    assert_eq!(looks["accesses"][0]["what"], "search");
}

#[test]
fn an_empty_store_is_filled_with_the_illustration_once_and_says_that_it_is_one() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&folder.path().join("new.gpkg"));
    assert_eq!(server.get("/api/v1/catalog", &[]).json()["illustration"], false);
    for parcels in ["99", "40001", "\"many\""] {
        let reply = server.post("/api/v1/demo", &format!("{{\"parcels\": {parcels}}}"));
        assert!([400, 422].contains(&reply.status), "{parcels}: {}", reply.status);
    }
    let reply = server.post("/api/v1/demo", "{\"parcels\": 600}");
    assert_eq!(reply.status, 201, "{}", String::from_utf8_lossy(&reply.body));
    let made = reply.json();
    assert_eq!((&made["parcels"], &made["units"]), (&json!(600), &json!(139)));
    // Who fills it sees it: figures, words and the ledger's end.
    let summary = server.get("/api/v1/summary", &[]).json();
    assert_eq!(summary["at"], made["position"]);
    assert_eq!(summary["total"]["measures"]["parcels"]["total"], 600);
    let catalog = server.get("/api/v1/catalog", &[]).json();
    assert_eq!((&catalog["illustration"], &catalog["province"]), (&json!(true), &json!("Hà Nam")));
    let again = server.post("/api/v1/demo", "{}");
    assert_eq!((again.status, &again.json()["code"]), (409, &json!("not_empty")));
    assert_eq!(server.get("/api/v1/summary", &[]).json()["at"], made["position"]);
    // Nothing of it is recorded later than now.
    let ledger = server.get("/api/v1/ledger?limit=50", &[]).json();
    let entries = ledger["events"].as_array().unwrap();
    assert_eq!(entries.len(), 50, "{ledger}");
    let now = jiff::Timestamp::now().as_millisecond();
    assert!(entries.iter().all(|entry| entry["recorded_at"].as_i64().unwrap() <= now), "{ledger}");
}

#[test]
fn a_campaign_is_changed_in_the_room_and_counts_at_once() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let (file, board) = ("/api/v1/campaigns/thi-dua-gpmb/file", "/api/v1/board?campaign=thi-dua-gpmb");
    let ours = String::from_utf8(server.get(file, &[]).body).unwrap();
    let old = server.get(file, &[]).header("etag").to_owned();
    assert_eq!(server.get("/api/v1/campaigns", &[]).json()["campaigns"][0]["origin"], "shipped");
    let weight = |board: &Value| board["criteria"][0]["weight"].as_f64().unwrap();
    assert!((weight(&server.get(board, &[]).json()) - 30.0).abs() < 1e-9);
    let put = |path: &str, text: &str| {
        server.request("PUT", path, &[("content-type", "text/plain")], text.as_bytes())
    };
    let changed = ours.replacen("weight = 30", "weight = 25", 1);
    assert_ne!(ours, changed);
    let reply = put(file, &changed);
    assert_eq!(reply.status, 200, "{}", String::from_utf8_lossy(&reply.body));
    assert_eq!(reply.json()["criteria"][0]["weight"], 25.0);
    // No answer that was kept before is given any more.
    assert!((weight(&server.get(board, &[]).json()) - 25.0).abs() < 1e-9);
    assert_eq!(String::from_utf8(server.get(file, &[]).body).unwrap(), changed);
    // Who has read another text than the one that is there changes nothing.
    let tag = server.get(file, &[]).header("etag").to_owned();
    let put_on = |tag: &str, text: &str| {
        server.request("PUT", file, &[("content-type", "text/plain"), ("if-match", tag)], text.as_bytes())
    };
    assert_eq!(put_on(&old, &ours).status, 412);
    assert_eq!(put_on(&tag, &changed).status, 200);
    assert_eq!(server.get("/api/v1/campaigns", &[]).json()["campaigns"][0]["origin"], "replaced");
    // What is wrong is told with its line, and nothing of it is kept.
    let line = changed.lines().position(|line| line.starts_with("weight")).unwrap() + 1;
    for (path, text, told) in [
        (file, changed.replacen("weight = 25", "weight = \"much\"", 1), format!("line {line}")),
        (file, changed.replacen("thi-dua-gpmb", "thi-dua-khac", 1), "thi-dua-khac".to_owned()),
        (
            "/api/v1/campaigns/..%2F..%2Fx/file",
            changed.replacen("thi-dua-gpmb", "../../x", 1),
            "line 1".to_owned(),
        ),
    ] {
        let reply = put(path, &text);
        assert_eq!(reply.status, 422, "{path}");
        let detail = reply.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains(&told), "{detail}");
    }
    assert_eq!(String::from_utf8(server.get(file, &[]).body).unwrap(), changed);
    // A new one beside it; after a start both are there still.
    let new = ours.replacen("thi-dua-gpmb", "thi-dua-2027", 1);
    assert_eq!(put("/api/v1/campaigns/thi-dua-2027/file", &new).status, 200);
    drop(server);
    let server = Server::start(&demo.store());
    let codes = || -> Vec<String> {
        let listed = server.get("/api/v1/campaigns", &[]).json();
        listed["campaigns"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["code"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(codes().len(), 2);
    assert!((weight(&server.get(board, &[]).json()) - 25.0).abs() < 1e-9);
    // Taken away, the one that comes with the program shows as it came; the other is gone.
    for code in ["thi-dua-gpmb", "thi-dua-2027"] {
        assert_eq!(server.request("DELETE", &format!("/api/v1/campaigns/{code}/file"), &[], b"").status, 204);
    }
    assert_eq!(server.request("DELETE", file, &[], b"").status, 404);
    assert_eq!(codes(), ["thi-dua-gpmb"]);
    assert!((weight(&server.get(board, &[]).json()) - 30.0).abs() < 1e-9);
}

#[test]
fn campaigns_that_are_put_at_the_same_instant_all_count() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let ours = String::from_utf8(server.get("/api/v1/campaigns/thi-dua-gpmb/file", &[]).body).unwrap();
    for round in 0..8 {
        std::thread::scope(|scope| {
            for number in 0..4 {
                let (server, ours) = (&server, &ours);
                scope.spawn(move || {
                    let code = format!("thi-dua-{round}-{number}");
                    let text = ours.replacen("thi-dua-gpmb", &code, 1);
                    let path = format!("/api/v1/campaigns/{code}/file");
                    assert_eq!(server.request("PUT", &path, &[], text.as_bytes()).status, 200);
                });
            }
        });
        let listed = server.get("/api/v1/campaigns", &[]).json();
        assert_eq!(listed["campaigns"].as_array().unwrap().len(), 1 + 4 * (round + 1));
    }
}
