//! The board of the illustrative province: sums across the reform, by command and by HTTP, and wrong questions.

use serde_json::{Value, json};

use super::{CAMPAIGN, contest, rows};
use crate::harness::{Demo, Server, UNTIL, matbang, succeed};
use crate::road::DAY;

/// The work of all communes is that of the bodies and that of the whole, in each period, across the
/// reform too: what the period found undone is what is listed less what was handed over before it.
#[test]
fn the_work_of_all_is_the_sum_of_their_parts_across_the_reform() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    for (period, before, last) in [
        ("2025-Q2", "2025-03-31", "2025-06-30"),
        ("2025-H2", "2025-06-30", "2025-12-31"),
        ("2025", "2024-12-31", "2025-12-31"),
        ("2026-05", "2026-04-30", "2026-05-31"),
    ] {
        let path = format!("/api/v1/board?campaign=thi-dua-gpmb&period={period}&as_of={UNTIL}");
        let board = server.get(&path, &[]).json();
        let sum = |group: &str, of: &str, name: &str| -> f64 {
            rows(&board, group).iter().map(|row| row[of][name].as_f64().unwrap()).sum()
        };
        let total = |day: &str| {
            server.get(&format!("/api/v1/progress?as_of={day}"), &[]).json()["total"]["measures"].clone()
        };
        let (then, now) = (total(before), total(last));
        let listed = server.get(&format!("/api/v1/summary?as_of={last}"), &[]).json()["stages"]
            .as_array()
            .unwrap()
            .iter()
            .map(|stage| stage["parcels"].as_f64().unwrap())
            .sum::<f64>();
        let undone = listed - then["parcels"]["done"].as_f64().unwrap();
        let done = now["parcels"]["done"].as_f64().unwrap() - then["parcels"]["done"].as_f64().unwrap();
        for group in ["communes", "bodies"] {
            assert!((sum(group, "work", "parcels") - undone).abs() < 0.5, "{period} {group}");
            assert!((sum(group, "work", "handed_over_parcels") - done).abs() < 0.5, "{period} {group}");
        }
        assert!(
            (sum("communes", "irregular", "clock_broken") - sum("bodies", "irregular", "clock_broken")).abs()
                < 0.5
        );
        let [districts, communes] = [0, 1].map(|at| &board["groups"][at]);
        match period {
            "2025-Q2" => {
                assert_eq!(
                    (&districts["until"], districts["rows"].as_array().unwrap().len()),
                    (&json!("2025-06-30"), 6)
                );
                assert_eq!(communes["vanished"], json!([]));
            }
            "2025" => {
                assert_eq!(
                    (&districts["until"], &communes["until"]),
                    (&json!("2025-06-30"), &json!("2025-12-31"))
                );
                assert_eq!(
                    (rows(&board, "communes").len(), communes["vanished"].as_array().unwrap().len()),
                    (33, 98)
                );
                assert!(
                    communes["vanished"]
                        .as_array()
                        .unwrap()
                        .iter()
                        .all(|unit| !unit["heirs"].as_array().unwrap().is_empty())
                );
            }
            _ => assert_eq!(
                (&districts["until"], districts["rows"].as_array().unwrap().len()),
                (&Value::Null, 0)
            ),
        }
    }
}

#[test]
fn command_and_api_give_the_same_board() {
    let road = contest();
    let server = Server::start(&road.store());
    let api = |path: &str| server.get(&format!("/api/v1/{path}&as_of={DAY}"), &[]).json();
    let same = ["board", "--campaign", "thi-dua-duong", "--period", "2026-Q1"];
    assert_eq!(road.json(&same), api("board?campaign=thi-dua-duong&period=2026-Q1"));
    let evidence = [&same[..], &["--unit", "1", "--criterion", "lawful", "--limit", "7"]].concat();
    assert_eq!(
        road.json(&evidence),
        api("board/evidence?campaign=thi-dua-duong&period=2026-Q1&unit=1&criterion=lawful&limit=7")
    );
    let campaigns = api("campaigns?");
    let origins: Vec<_> =
        campaigns["campaigns"].as_array().unwrap().iter().map(|one| &one["origin"]).collect();
    assert_eq!(origins, ["own", "shipped"]);
    let codes: Vec<_> =
        campaigns["campaigns"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["thi-dua-duong", "thi-dua-gpmb"]);
    assert_eq!(road.json(&["board"]), campaigns);
}

#[test]
fn wrong_questions_and_wrong_files_are_told_what_is_wrong() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    for (path, told) in [
        ("board", "thi-dua-gpmb"),
        ("board?campaign=x", "these are: thi-dua-gpmb"),
        ("board?campaign=thi-dua-gpmb&period=spring", "write 2026-06"),
        ("board?campaign=thi-dua-gpmb&period=2020", "lies outside"),
        ("board?campaign=thi-dua-gpmb&period=2026-Q4&as_of=2026-06-30", "begins on 2026-10-01"),
        ("board/evidence?campaign=thi-dua-gpmb&unit=13285", "is needed here"),
        ("board/evidence?campaign=thi-dua-gpmb&unit=99999&criterion=paid", "no group of the campaign"),
        ("board/evidence?campaign=thi-dua-gpmb&unit=13285&criterion=beauty", "these are: handed-over"),
    ] {
        let reply = server.get(&format!("/api/v1/{path}"), &[]);
        let body = String::from_utf8_lossy(&reply.body).into_owned();
        assert_eq!((reply.status, reply.header("content-type")), (400, "application/problem+json"), "{path}");
        assert!(body.contains(told), "{path}: {body}");
    }
    drop(server);
    std::fs::create_dir(demo.folder().join("campaigns")).unwrap();
    let wrong = CAMPAIGN.replace("measure = \"money_paid\"", "measure = \"gold\"");
    std::fs::write(demo.folder().join("campaigns/mine.toml"), wrong).unwrap();
    let run = matbang(&demo.store(), &["board", "--campaign", "thi-dua-duong"]);
    let told = String::from_utf8_lossy(&run.stderr).into_owned();
    assert_eq!(run.status.code(), Some(1));
    assert!(told.contains("mine.toml: line ") && told.contains("\"gold\" is not one of"), "{told}");
}

#[test]
fn a_reader_who_leaves_early_is_no_failure() {
    let demo = Demo::new();
    succeed(&demo.store(), &["verify"]);
    let script = "set -o pipefail; \"$0\" --data \"$1\" clocks --limit 10000 --json | head -c 10; exit $?";
    let mut command = std::process::Command::new("bash");
    let run = command.args(["-c", script, env!("CARGO_BIN_EXE_matbang")]).arg(demo.store()).output().unwrap();
    assert_eq!(run.status.code(), Some(0), "{}", String::from_utf8_lossy(&run.stderr));
    assert!(!String::from_utf8_lossy(&run.stderr).contains("panicked"));
}
