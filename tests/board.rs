//! The emulation board against a road worked out on paper, on the illustrative
//! province, and across the reform.

mod province;

use serde_json::{Value, json};

use crate::harness::{self, Demo, Server};
use crate::road::Road;
use crate::support;

/// Weights, a floor and a pledge as the paper has them.
const CAMPAIGN: &str = r#"
code = "thi-dua-duong"
name = { vi = "Thi đua trên tuyến đường", en = "Emulation on the road" }
from = "2026-01-01"
to = "2026-12-31"
period = "quarter"
tie_break = ["lawful"]

[[group]]
code = "districts"
name = { vi = "Huyện", en = "Districts" }
of = "district"
[[group]]
code = "communes"
name = { vi = "Xã", en = "Communes" }
of = "commune"
[[group]]
code = "bodies"
name = { vi = "Đơn vị", en = "Bodies" }
of = "body"

[[criterion]]
code = "area"
name = { vi = "Diện tích", en = "Area" }
measure = "handed_over_area"
weight = 40
[[criterion]]
code = "lawful"
name = { vi = "Đúng luật", en = "Lawful" }
measure = "lawful_steps"
weight = 20
floor = 0.5
[[criterion]]
code = "complaints"
name = { vi = "Khiếu nại", en = "Complaints" }
measure = "blockers_settled"
blocker = "complaint"
within_days = 30
weight = 20
[[criterion]]
code = "paid"
name = { vi = "Giải ngân", en = "Paid" }
measure = "money_paid"
weight = 20
[[criterion]]
code = "consent"
name = { vi = "Đồng thuận", en = "Consent" }
measure = "consenting_holders"
weight = 10

[[pledge]]
by = "1"
criterion = "area"
share = 0.75

[[award]]
code = "flag"
name = { vi = "Cờ thi đua", en = "Flag" }
to = "communes"
places = 1
least_score = 70
none_out_of_order = true
[[award]]
code = "letter"
name = { vi = "Thư khen", en = "Letter" }
to = "holders"
places = 10
days_early = 30
"#;

/// The road, a commune where nothing is to be done, two bodies that did the same, and what stood in the way.
fn contest() -> Road {
    let road = Road::new();
    std::fs::create_dir(road.folder().join("campaigns")).unwrap();
    road.write("campaigns/duong.toml", CAMPAIGN);
    road.write(
        "xa2.csv",
        "code,name,level,valid_from\n2,Xã Vắng,commune,2025-07-01\n3,Xã Đôi,commune,2025-07-01\n",
    );
    let (x, y) = support::CHECK_5897;
    road.write(
        "da2.csv",
        "code,name,kind,body,procedure,required_on\n\
         DA02,Công trình hai,public_work,Đội A,law2024,2026-05-01\n\
         DA03,Công trình ba,public_work,Đội B,law2024,2026-05-01\n",
    );
    let square = |at: f64| {
        let (x, y) = (x + at, y + 5000.0);
        support::wkt(&[(x, y), (x + 20., y), (x + 20., y + 20.), (x, y + 20.), (x, y)])
    };
    road.write(
        "thua2.csv",
        &format!(
            "so_to,so_thua,loai_dat,du_an,ma_xa,chu_su_dung,WKT\n2,1,LUC,DA02,3,Bà Một,\"{}\"\n2,2,LUC,DA03,3,Ông Hai,\"{}\"\n",
            square(0.),
            square(100.)
        ),
    );
    road.import("units", "xa2.csv", &["--day", "2026-01-01"]);
    road.import("projects", "da2.csv", &["--day", "2026-01-01"]);
    road.import("parcels", "thua2.csv", &["--crs", "EPSG:5897", "--day", "2026-01-01"]);
    road.write(
        "viec2.csv",
        "du_an,so_to,so_thua,kind,blocker,branch,buoc,ngay\n\
         DA01,1,4,blocker_opened,complaint,,,2026-02-01\n\
         DA01,1,4,blocker_closed,complaint,,,2026-02-20\n\
         DA01,1,10,blocker_opened,complaint,,,2026-02-10\n\
         DA01,1,8,blocker_opened,complaint,,,2026-03-20\n\
         DA01,1,9,branch_entered,,mandatory_inventory,,2026-03-23\n\
         DA02,2,1,stage_reached,,,notice,2026-02-01\n\
         DA02,2,1,early_handover,,,,2026-02-20\n\
         DA03,2,2,stage_reached,,,notice,2026-02-01\n\
         DA03,2,2,early_handover,,,,2026-02-20\n",
    );
    road.import("events", "viec2.csv", &[]);
    road
}

fn rows<'a>(board: &'a Value, group: &str) -> &'a Vec<Value> {
    let groups = board["groups"].as_array().unwrap();
    groups.iter().find(|one| one["code"] == group).unwrap()["rows"].as_array().unwrap()
}

fn row<'a>(board: &'a Value, group: &str, code: &str) -> &'a Value {
    rows(board, group).iter().find(|row| row["code"] == code).unwrap()
}

fn points(row: &Value) -> Vec<Option<f64>> {
    row["criteria"].as_array().unwrap().iter().map(|one| one["points"].as_f64()).collect()
}

/// The first quarter, from 1 January to 31 March, found ten parcels of Xã Đường undone, 80 000 m².
///
/// Area: 1, 2, 3, 5, 6, 9 were handed over, 48 000 m² = 60 %; pledged were 75 %:
/// 0.6 / 0.75 = 0.8 of 40 points = 32.
///
/// Lawful steps in the quarter: 1, 2, 3, 5 were approved, paid, decided and handed over, 16; 6 was posted before, 5;
/// 9 took its inventory before too, and a mandatory one on 23 March, 7; 4 took inventory, posting, approval, 3; 7
/// posting, approval, payment, 3; 8 its notice, 1; 10 inventory and posting, 2: 37 in order and in time. Against them
/// the recovery decisions of 7, due on 10 March, and of 4, due on 20 March: 37 of 39 steps = 94.87 %. From the
/// floor of 50 % on: (0.94872 - 0.5) / 0.5 of 20 points = 17.95.
///
/// Complaints: that of 4 was settled after 19 days, in time; that of 10 was due on 12 March and stands;
/// that of 8 is due on 19 April, no case yet. 1 of 2, of 20 points = 10.
///
/// Paid: no money was approved, no case: 20 points less to be had.
///
/// Consent: six handed over, 9 after a mandatory inventory: 5 of 6, of 10 points = 8.33.
///
/// 32 + 17.95 + 10 + 8.33 = 68.28 of 40 + 20 + 20 + 10 = 90: 75.87 of 100.
#[test]
fn points_are_those_worked_out_on_paper() {
    let road = contest();
    let board = road.json(&["board", "--campaign", "thi-dua-duong", "--period", "2026-Q1"]);
    let own = row(&board, "communes", "1");
    assert_eq!(points(own), [Some(32.0), Some(17.95), Some(10.0), None, Some(8.33)]);
    assert_eq!((&own["points"], &own["out_of"], &own["score"]), (&json!(68.28), &json!(90.0), &json!(75.87)));
    assert_eq!(
        (own["work"]["parcels"].as_u64(), own["work"]["handed_over_parcels"].as_u64()),
        (Some(10), Some(6))
    );
    assert_eq!(own["work"]["due_parcels"], 6);
    assert_eq!(
        own["irregular"],
        json!({ "out_of_order": 0, "clock_broken": 2, "steps": 39, "share": 2.0 / 39.0 })
    );
    assert_eq!(board["period"]["open"], false);
    assert_eq!((&board["previous"], &own["trend"]), (&Value::Null, &Value::Null));
    let area = &own["criteria"][0];
    assert_eq!((&area["pledged"], &area["target"]), (&json!(true), &json!(0.75)));
}

/// The body of the road has the same points but for the pledge, which is the commune's: planned were
/// none of the 80 000 m² by 31 March, so all that was done is more than asked for: 40 points,
/// 76.28 of 90 = 84.76. Bodies A and B did the same: first and first, the road's is third.
/// Without work nobody is ranked; there are no districts any more.
#[test]
fn equals_share_a_rank_and_who_has_no_work_has_none() {
    let road = contest();
    let board = road.json(&["board", "--campaign", "thi-dua-duong", "--period", "2026-Q1"]);
    let places: Vec<_> = rows(&board, "bodies")
        .iter()
        .map(|row| (row["rank"].as_u64(), row["tied"].as_bool(), row["score"].as_f64()))
        .collect();
    assert_eq!(
        places,
        [
            (Some(1), Some(true), Some(100.0)),
            (Some(1), Some(true), Some(100.0)),
            (Some(3), Some(false), Some(84.76))
        ]
    );
    let empty = row(&board, "communes", "2");
    assert_eq!(
        (&empty["rank"], &empty["reason"], &empty["score"]),
        (&Value::Null, &json!("no_work"), &Value::Null)
    );
    assert_eq!((&board["groups"][0]["until"], rows(&board, "districts").len()), (&Value::Null, 0));
    // The flag goes to the best commune, a letter to those who gave their land 70 days early.
    let nominees = board["nominees"].as_array().unwrap();
    assert_eq!(
        (&nominees[0]["rows"][0]["code"], nominees[0]["rows"].as_array().unwrap().len()),
        (&json!("3"), 1)
    );
    let early: Vec<_> =
        nominees[1]["rows"].as_array().unwrap().iter().map(|row| row["days_early"].as_i64()).collect();
    assert_eq!(early, [Some(70), Some(70)]);
    assert!(!board.to_string().contains("Bà Một"), "{board}");
}

/// Of the ten parcels of Xã Đường six were due or came, of the two of Xã Đôi both: asked for are three. Two of its 39
/// steps are late, 5.1 %: too many for a flag at 5 %, not at 6 %. Complaints wait to be confirmed: what was settled
/// is told, and 32 + 17.95 + 8.33 = 58.28 of 70 are 83.26 of 100.
#[test]
fn little_due_work_many_marks_and_unconfirmed_terms_do_not_make_a_winner_or_a_loser() {
    let road = contest();
    let ask = || road.json(&["board", "--campaign", "thi-dua-duong", "--period", "2026-Q1"]);
    let with = |share: &str| {
        let changed = CAMPAIGN
            .replace("of = \"commune\"\n", "of = \"commune\"\nleast_due = 3\n")
            .replace("within_days = 30\n", "within_days = 30\nto_be_confirmed = true\n")
            .replace("none_out_of_order = true\n", &format!("most_irregular = {share}\n"));
        road.write("campaigns/duong.toml", &changed);
    };
    assert_eq!(row(&ask(), "communes", "3")["rank"], 1);
    with("0.05");
    let board = ask();
    let little = row(&board, "communes", "3");
    assert_eq!((&little["rank"], &little["reason"]), (&Value::Null, &json!("too_little_due")));
    let own = row(&board, "communes", "1");
    assert_eq!(points(own), [Some(32.0), Some(17.95), None, None, Some(8.33)]);
    assert_eq!((&own["rank"], &own["out_of"], &own["score"]), (&json!(1), &json!(70.0), &json!(83.26)));
    assert_eq!((&own["criteria"][2]["cases"], &own["criteria"][2]["for"]), (&json!(2), &json!(1)));
    assert_eq!(board["nominees"][0]["rows"], json!([]));
    with("0.06");
    assert_eq!(ask()["nominees"][0]["rows"][0]["code"], "1");
}

/// The second quarter began on the day asked about: nothing is handed over yet, the complaint of 10
/// stands since before, the decisions of 4 and 7 were due in the quarter before. 0 of 40 + 20 points: 0.
#[test]
fn a_period_that_goes_on_is_told_against_the_one_before() {
    let road = contest();
    let board = road.json(&["board", "--campaign", "thi-dua-duong"]);
    assert_eq!((&board["period"]["code"], &board["period"]["open"]), (&json!("2026-Q2"), &json!(true)));
    let own = row(&board, "communes", "1");
    assert_eq!(points(own), [Some(0.0), None, Some(0.0), None, None]);
    assert_eq!(own["previous"], json!({ "rank": 2, "score": 75.87 }));
    assert_eq!(own["trend"]["score"], -75.87);
}

/// Parcel 8 is decided nine days after its notice, without a plan; the plan of 10 is approved while it is still
/// posted: two steps against the law, which are recorded all the same.
#[test]
fn steps_out_of_order_are_seen_counted_against_and_bar_from_awards() {
    let road = contest();
    road.write(
        "viec3.csv",
        "du_an,so_to,so_thua,buoc,ngay\nDA01,1,8,recovery_decided,2026-03-10\nDA01,1,10,plan_approved,2026-02-05\n",
    );
    road.import("events", "viec3.csv", &[]);
    let board = road.json(&["board", "--campaign", "thi-dua-duong", "--period", "2026-Q1"]);
    let own = row(&board, "communes", "1");
    assert_eq!(own["irregular"]["out_of_order"], 2, "{own}");
    let arguments = [
        "board",
        "--campaign",
        "thi-dua-duong",
        "--period",
        "2026-Q1",
        "--unit",
        "1",
        "--criterion",
        "lawful",
    ];
    let evidence = road.json(&arguments);
    let out = evidence["rows"].as_array().unwrap().iter().filter(|row| row["why"] == "out_of_order");
    let mut numbers: Vec<_> = out.map(|row| row["parcel"]["parcel"].as_str().unwrap()).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, ["10", "8"]);
    let flag = board["nominees"][0]["rows"].as_array().unwrap();
    assert!(flag.iter().all(|row| row["code"] != "1"));
}

#[test]
fn evidence_is_what_the_points_say_for_each_of_them() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let when = format!("campaign=thi-dua-gpmb&as_of={}", harness::UNTIL);
    let board = server.get(&format!("/api/v1/board?{when}"), &[]).json();
    let mut checked = 0;
    for group in ["communes", "bodies"] {
        let best = rows(&board, group).iter().filter(|row| !row["rank"].is_null()).take(3);
        for (row, criterion) in
            best.flat_map(|row| row["criteria"].as_array().unwrap().iter().map(move |one| (row, one)))
        {
            let mut query = form_urlencoded::Serializer::new(when.clone());
            query.append_pair("unit", row["code"].as_str().unwrap());
            query.append_pair("criterion", criterion["code"].as_str().unwrap());
            let answer =
                server.get(&format!("/api/v1/board/evidence?{}&limit=10000", query.finish()), &[]).json();
            assert_eq!(answer["points"], *criterion);
            let cases = answer["rows"].as_array().unwrap();
            assert_eq!(cases.len() as u64, answer["cases"].as_u64().unwrap());
            // Holders count once, whatever the number of their parcels.
            if answer["criterion"]["counts"] != "holders" {
                let counted = cases.iter().filter(|case| case["counts"] == true).count() as u64;
                assert_eq!(
                    (criterion["cases"].as_u64(), criterion["for"].as_u64()),
                    (Some(cases.len() as u64), Some(counted))
                );
            }
            if answer["criterion"]["counts"] == "area" {
                let done: f64 = cases
                    .iter()
                    .filter(|case| case["counts"] == true)
                    .map(|case| case["parcel"]["area"].as_f64().unwrap())
                    .sum();
                assert!((done - criterion["done_area"].as_f64().unwrap()).abs() < 0.05);
            }
            checked += cases.len();
        }
    }
    assert!(checked > 500, "only {checked} cases");
    // Pages follow each other.
    let page = |from: usize| {
        server
            .get(
                &format!(
                    "/api/v1/board/evidence?{when}&unit=13285&criterion=handed-over&limit=2&offset={from}"
                ),
                &[],
            )
            .json()
    };
    assert_ne!(page(0)["rows"][1], page(2)["rows"][0]);
    assert_eq!(page(0)["rows"][1], page(1)["rows"][0]);
}
