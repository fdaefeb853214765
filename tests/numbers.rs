//! Numbers mean what is written, by whichever door they come in.

use std::path::{Path, PathBuf};

use rust_xlsxwriter::{Format, Workbook};
use serde_json::{Value, json};

use crate::harness::{Demo, Server, matbang, succeed};

/// A parcel that still counts, with what names it on paper.
fn parcel(server: &Server) -> Value {
    let work = server.get("/api/v1/work?limit=50", &[]).json();
    work["parcels"][0].clone()
}

fn today(server: &Server) -> String {
    let day = server.get("/api/v1/catalog", &[]).json()["today"].as_i64().unwrap();
    matbang::domain::Day::from_number(day).unwrap().to_string()
}

fn last_amount(server: &Server, parcel: &Value) -> Value {
    let record = server.get(&format!("/api/v1/parcels/{}/record", parcel["id"]), &[]).json();
    record["events"].as_array().unwrap().last().unwrap()["what"]["amount"].clone()
}

/// Code and detail of the first refused row.
fn refusal(problem: &Value) -> (String, String) {
    let text = |name: &str| problem["errors"][0][name].as_str().unwrap_or_default().to_owned();
    (text("code"), text("detail"))
}

#[test]
fn amounts_in_json_are_exact_or_refused() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let (parcel, date) = (parcel(&server), today(&server));
    let post = |amount: &str| {
        let body = format!(
            r#"{{"parcel":{},"kind":"money_approved","amount":{amount},"date":"{date}"}}"#,
            parcel["id"]
        );
        server.post("/api/v1/events", &body)
    };
    for amount in ["1500000.0", "1.5e6", "\"1500000.00\"", "\"1.500.000 đồng\"", "\"1,5 triệu\"", "1500000"]
    {
        let reply = post(amount);
        assert_eq!(reply.status, 201, "{amount}: {}", String::from_utf8_lossy(&reply.body));
        assert_eq!(last_amount(&server, &parcel), json!(1_500_000), "{amount}");
    }
    for (amount, code) in [
        ("1500000.5", "not_whole"),
        ("\"1500000,5\"", "not_whole"),
        ("-1", "below_zero"),
        ("\"NaN\"", "not_a_number"),
        ("9007199254740993.0", "too_large"),
        ("0", "amount_not_positive"),
    ] {
        let reply = post(amount);
        assert_eq!((reply.status, refusal(&reply.json()).0.as_str()), (422, code), "{amount}");
    }
    let (code, detail) = refusal(&post("\"500.000\"").json());
    assert_eq!(code, "ambiguous_number");
    assert!(detail.contains("can be read as 500000 or as 500"), "{detail}");
    assert_eq!(post("\"500.000\"").json()["errors"][0]["readings"], json!(["500000", "500"]));
    let fraction = json!({ "parcel": 38.9, "kind": "parcel_withdrawn", "date": date });
    let reply = server.post("/api/v1/events", &fraction.to_string());
    assert_eq!((reply.status, refusal(&reply.json()).0.as_str()), (422, "not_whole"));
}

#[test]
fn a_list_of_events_and_a_pasted_table_are_columns() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let (parcel, date) = (parcel(&server), today(&server));
    let event = |amount: &str| json!({ "parcel": parcel["id"], "kind": "money_approved", "amount": amount, "date": date });
    let list = json!([event("1.250.000"), event("500.000")]);
    assert_eq!(server.post("/api/v1/events", &list.to_string()).status, 201);
    assert_eq!(last_amount(&server, &parcel), json!(500_000));
    let table = |amounts: &[&str]| {
        let row = |amount: &&str| format!("{}\tmoney_approved\t{date}\t{amount}\n", parcel["id"]);
        let text =
            "Số thửa\tNội dung\tNgày\tSố tiền\n".to_owned() + &amounts.iter().map(row).collect::<String>();
        server.send("/api/v1/events/table", &[("content-type", "text/plain; charset=utf-8")], text.as_bytes())
    };
    assert_eq!(table(&["1,250,000", "700,000"]).status, 201);
    assert_eq!(last_amount(&server, &parcel), json!(700_000));
    let (code, detail) = refusal(&table(&["1.250.000", "1500000.00"]).json());
    assert_eq!(code, "two_habits");
    assert!(detail.contains("row 2") && detail.contains("row 3"), "{detail}");
    assert_eq!(refusal(&table(&["900", "700,000"]).json()).0, "ambiguous_number");
}

#[test]
fn an_entry_is_recorded_by_who_made_it_or_not_at_all() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let (parcel, date) = (parcel(&server), today(&server));
    let event = |author: &str| {
        let event = json!({ "parcel": parcel["id"], "kind": "money_approved", "amount": 5, "date": date, "author": author });
        server.post("/api/v1/events", &event.to_string())
    };
    let refused = event("an.nguyen");
    assert_eq!((refused.status, refused.header("content-type")), (409, "application/problem+json"));
    assert_eq!(refused.json()["type"], "urn:matbang:problem:other_author");
    assert!(refused.json()["detail"].as_str().unwrap().contains("\"an.nguyen\""));
    assert_eq!(event("local").status, 201);
}

/// A store's parcel as a row of a table: project, commune, sheet, number.
fn paper(demo: &Demo) -> [String; 4] {
    let server = Server::start(&demo.store());
    let parcel = parcel(&server);
    ["project", "unit", "sheet", "parcel"].map(|name| parcel[name].as_str().unwrap().to_owned())
}

const HEADER: [&str; 7] = ["Dự án", "Xã", "Số tờ", "Số thửa", "Nội dung", "Ngày", "Số tiền"];

fn import(demo: &Demo, file: &Path) -> Value {
    let file = file.to_str().unwrap();
    let run = matbang(&demo.store(), &["import", "events", file, "--dry-run", "--json"]);
    let told = String::from_utf8_lossy(&run.stderr).into_owned();
    serde_json::from_slice(&run.stdout).unwrap_or_else(|_| panic!("{file}: {told}"))
}

#[test]
fn tables_come_as_spreadsheets_save_them() {
    let demo = Demo::new();
    let parcel = paper(&demo);
    let row = |amount: &str| [&parcel.join(";"), "money_approved", "20/06/2026", amount].join(";");
    let table = |amount: &str| format!("{}\r\n{}\r\n", HEADER.join(";"), row(amount));
    let keep = |name: &str, bytes: &[u8]| -> PathBuf {
        let path = demo.folder().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let utf16: Vec<u8> = std::iter::once(0xFEFF)
        .chain(table("1500000").replace(';', "\t").encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    let cp1258 = table("1500000")
        .chars()
        .flat_map(|c| match c {
            'ự' => vec![0xFD, 0xF2],
            'á' => vec![b'a', 0xEC],
            'ã' => vec![b'a', 0xDE],
            'ố' => vec![0xF4, 0xEC],
            'ờ' => vec![0xF5, 0xCC],
            'ử' => vec![0xFD, 0xD2],
            'ộ' => vec![0xF4, 0xF2],
            'à' => vec![b'a', 0xCC],
            'ề' => vec![0xEA, 0xCC],
            'i' => vec![b'i'],
            c => vec![u8::try_from(u32::from(c)).unwrap()],
        })
        .collect::<Vec<u8>>();
    let titled = format!("BIỂU CHI TRẢ, THÁNG 6\r\n;;\r\n\r\n{}", table("1500000.00"));
    for file in [
        keep("sep-line.csv", format!("\u{feff}sep=;\r\n{}", table("1500000")).as_bytes()),
        keep("unicode-text.txt", &utf16),
        keep("cp1258.csv", &cp1258),
        keep("titled.csv", titled.as_bytes()),
        keep("amount.csv", table("1500000.00").as_bytes()),
    ] {
        let report = import(&demo, &file);
        assert_eq!((&report["read"], &report["errors"]), (&json!(1), &json!([])), "{}", file.display());
    }
    succeed(&demo.store(), &["import", "events", demo.folder().join("amount.csv").to_str().unwrap()]);
    let server = Server::start(&demo.store());
    let work = server.get("/api/v1/work?limit=50", &[]).json();
    let known = work["parcels"].as_array().unwrap().iter().find(|one| {
        ["project", "unit", "sheet", "parcel"].iter().zip(&parcel).all(|(name, text)| one[*name] == **text)
    });
    assert_eq!(last_amount(&server, known.unwrap()), json!(1_500_000));
}

#[test]
fn numbers_of_a_spreadsheet_stay_numbers_with_or_without_titles() {
    let demo = Demo::new();
    let parcel = paper(&demo);
    let book = |name: &str, titles: u32, amounts: &[f64], text: Option<&str>| {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        if titles > 0 {
            sheet.write(0, 0, "ỦY BAN NHÂN DÂN XÃ").unwrap();
            sheet.write(1, 2, "BIỂU CHI TRẢ").unwrap();
        }
        for (column, name) in (0..).zip(HEADER) {
            sheet.write(titles, column, name).unwrap();
        }
        let date = Format::new().set_num_format("dd/mm/yyyy");
        for (row, amount) in (titles + 1..).zip(amounts) {
            for (column, cell) in (0..).zip(&parcel) {
                sheet.write(row, column, cell.as_str()).unwrap();
            }
            sheet.write(row, 4, "money_approved").unwrap();
            sheet.write_with_format(row, 5, 46193, &date).unwrap();
            match text {
                Some(text) if row > titles + 1 => sheet.write(row, 6, text).unwrap(),
                _ => sheet.write(row, 6, *amount).unwrap(),
            };
        }
        let path = demo.folder().join(name);
        book.save(&path).unwrap();
        path
    };
    let codes = |file: &Path| {
        let report = import(&demo, file);
        let errors = report["errors"].as_array().unwrap().clone();
        errors
            .iter()
            .map(|e| (e["row"].as_u64().unwrap(), e["code"].as_str().unwrap().to_owned()))
            .collect::<Vec<_>>()
    };
    assert_eq!(codes(&book("whole.xlsx", 0, &[1_500_000.0, 2.0], None)), []);
    assert_eq!(codes(&book("titled.xlsx", 3, &[1_500_000.0, 2.0], None)), []);
    let whole = |row| [(row, "not_whole".to_owned())];
    assert_eq!(codes(&book("part.xlsx", 0, &[1_500_000.0, 1_500_000.5], None)), whole(3));
    assert_eq!(codes(&book("titled-part.xlsx", 3, &[1_500_000.0, 1_500_000.5], None)), whole(6));
    assert_eq!(codes(&book("three-places.xlsx", 0, &[38.125], None)), whole(2));
    // A number beside texts is read as a number, and asked about where it looks like a text.
    assert_eq!(codes(&book("mixed.xlsx", 0, &[1_500_000.5, 0.0], Some("1.500.000"))), whole(2));
    let asked = [(2, "ambiguous_number".to_owned())];
    assert_eq!(codes(&book("doubtful.xlsx", 0, &[38.125, 0.0], Some("1.500.000"))), asked);
}

/// A parcel of 40 m × 30 m at the place of `number`, in EPSG:5897.
fn parcel_row(number: u32, declared: &str, recovered: &str) -> String {
    let (x, y) = (600_000.0 + f64::from(number) * 40.0, 2_270_000.0);
    let (right, top) = (x + 40.0, y + 30.0);
    let ring = format!("{x} {y},{right} {y},{right} {top},{x} {top},{x} {y}");
    format!("12;{number};{declared};{recovered};\"POLYGON(({ring}))\"\n")
}

#[test]
fn an_area_with_one_separator_is_what_its_column_or_the_drawing_says() {
    let demo = Demo::new();
    let import = |rows: &[String]| -> (Option<i32>, Value) {
        let (file, report) = (demo.folder().join("thua.csv"), demo.folder().join("report.json"));
        std::fs::write(&file, "so_to;so_thua;dien_tich;dt_thu_hoi;WKT\n".to_owned() + &rows.concat())
            .unwrap();
        let _ = std::fs::remove_file(&report);
        let options = ["--project", "DA13", "--unit", "13366", "--crs", "EPSG:5897", "--dry-run", "--report"];
        let words = ["import", "parcels", file.to_str().unwrap()];
        let run = matbang(&demo.store(), &[&words[..], &options, &[report.to_str().unwrap()]].concat());
        let told = String::from_utf8_lossy(&run.stderr).into_owned();
        let report = std::fs::read(&report).unwrap_or_else(|_| panic!("{told}"));
        (run.status.code(), serde_json::from_slice(&report).unwrap())
    };
    let clean = |rows: &[String]| {
        let (status, report) = import(rows);
        assert_eq!((status, &report["refused"]), (Some(0), &json!([])), "{report}");
        report["area_differences"].as_array().unwrap().clone()
    };
    let areas = ["1.200", "1.200,0", "1200"];
    let rows: Vec<String> = (1..).zip(areas).map(|(number, area)| parcel_row(number, area, area)).collect();
    assert_eq!(clean(&rows), [json!(null); 0]);
    // No cell shows the habit: what is drawn does, also for a part of a parcel.
    assert_eq!(clean(&[parcel_row(1, "1.200", "1.200")]), [json!(null); 0]);
    let part = clean(&[parcel_row(1, "1.200", "1.200"), parcel_row(2, "1.200", "1.000")]);
    let told: Vec<_> = part.iter().map(|d| (d["field"].clone(), d["declared_m2"].clone())).collect();
    assert_eq!(told, [(json!("recovered_area"), json!(1000.0))]);
    // A cell that shows another habit than the drawing contradicts it.
    let (status, report) = import(&[parcel_row(1, "1.200", "1200"), parcel_row(2, "1,200.0", "1200")]);
    let reason = report["refused"][0]["reason"].as_str().unwrap();
    assert!(
        status == Some(1) && reason.contains("feature 2") && reason.contains("1200 by what is drawn"),
        "{reason}"
    );
}

#[test]
fn an_area_that_nothing_decides_is_refused_with_both_readings() {
    let demo = Demo::new();
    let file = demo.folder().join("thua.csv");
    let table = |rows: &str| format!("so_to;so_thua;dien_tich;dt_thu_hoi;WKT\n{rows}");
    std::fs::write(&file, table(&parcel_row(1, "1200", "3.400"))).unwrap();
    let words = ["import", "parcels", file.to_str().unwrap(), "--project", "DA13", "--unit", "13366"];
    let run = matbang(&demo.store(), &words);
    let told = String::from_utf8_lossy(&run.stdout).into_owned();
    assert_eq!(run.status.code(), Some(1), "{told}");
    assert!(told.contains("\"3.400\" can be read as 3400 or as 3.4"), "{told}");
    // A recovered area that is not drawn is told as a declared one is.
    std::fs::write(&file, table(&parcel_row(1, "1200", "600"))).unwrap();
    let told = succeed(&demo.store(), &[&words[..], &["--dry-run"]].concat());
    assert!(told.contains("recovered 600.0 m², computed 1200"), "{told}");
}
