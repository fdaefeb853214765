//! Reports: the same figures as everywhere, in three formats and two languages, with the ledger on each page.

use std::{
    io::Cursor,
    path::{Path, PathBuf},
    process::Command,
};

use calamine::{Data, Reader, Xlsx};
use serde_json::Value;

use crate::harness::{self, Demo, Server, matbang, succeed};
use crate::road::{DAY, Road};

/// Writes a report by the command and gives its bytes.
fn written(store: &Path, folder: &Path, about: &[&str], day: &str, lang: &str, end: &str) -> Vec<u8> {
    let out = folder.join(format!("report.{end}"));
    let asked = ["report", "--as-of", day, "--lang", lang, "--out", out.to_str().unwrap()];
    succeed(store, &[&asked[..], about].concat());
    std::fs::read(out).unwrap()
}

/// A tool of poppler on a PDF.
fn poppler(tool: &str, options: &[&str], pdf: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path: PathBuf = folder.path().join("report.pdf");
    std::fs::write(&path, pdf).unwrap();
    let mut command = Command::new(tool);
    let command = command.args(options).arg(&path);
    let run = if tool == "pdftotext" { command.arg("-") } else { command }.output().expect("poppler-utils");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    String::from_utf8(run.stdout).unwrap()
}

/// The text of a PDF with its lines joined.
fn text(pdf: &[u8]) -> String {
    poppler("pdftotext", &[], pdf).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text of a DOCX.
fn docx(bytes: &[u8]) -> String {
    docx_rs::read_docx(bytes).unwrap().json()
}

/// A sheet of an XLSX.
fn sheet(bytes: &[u8], name: &str) -> Vec<Vec<Data>> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes.to_vec())).unwrap();
    let found = book.worksheet_range(name).unwrap();
    found.rows().map(<[Data]>::to_vec).collect()
}

fn number(cell: &Data) -> f64 {
    match cell {
        Data::Float(number) => *number,
        Data::Int(number) => *number as f64,
        other => panic!("{other:?} is not a number"),
    }
}

/// As tests/figures.rs works them out: 48 000 of 80 000 m² are handed over, 60 %; the plan asked for
/// 75.4 %; 18 days behind; clearing parcel 4 at Km0+600 to Km0+800 opens 600 m, the most for a parcel.
/// In the last 7 days parcel 9 came, 0.8 ha, in the last 30 days 1.6 ha.
#[test]
fn a_report_tells_what_is_worked_out_on_paper_and_what_the_api_answers() {
    let road = Road::new();
    let about = ["--project", "DA01"];
    let pdf = written(&road.store(), road.folder(), &about, DAY, "vi", "pdf");
    let told = text(&pdf);
    let expected = [
        "Đến ngày 01/04/2026, dự án đã bàn giao 4,80 ha trên tổng số 8,00 ha phải thu hồi, đạt 60,0\u{202f}%",
        "Kế hoạch đến ngày này là 75,4\u{202f}%; chậm 18 ngày so với kế hoạch.",
        "Trong 7 ngày qua bàn giao thêm 0,80 ha, trong 30 ngày qua 1,60 ha.",
        "Tập trung giải phóng 1 thửa còn vướng tại Km0+600 – Km0+800, Đường mười thửa (DA01): mở thêm 600 m",
        "đoạn liên tục từ 500 m trở lên: 0,60 km (30,0\u{202f}%)",
        "Chưa đủ số liệu quá khứ để dự báo.",
    ];
    for sentence in expected {
        // Of white space the words of a PDF have but plain spaces here.
        let plain = sentence.replace('\u{202f}', " ");
        assert!(told.contains(&plain), "{plain}: {told}");
    }
    let words = docx(&written(&road.store(), road.folder(), &about, DAY, "vi", "docx"));
    for sentence in expected {
        assert!(words.contains(sentence), "{sentence}");
    }
    // Numbers are numbers in the sheets, and those of the API.
    let xlsx = written(&road.store(), road.folder(), &about, DAY, "vi", "xlsx");
    let rows = sheet(&xlsx, "Theo đơn vị hành chính");
    let total = rows.iter().find(|row| row[1] == Data::String("Cộng".to_owned())).unwrap();
    let progress = &road.json(&["progress"])["total"];
    let figure = |path: &str| progress.pointer(path).and_then(Value::as_f64).unwrap();
    let near =
        |cell: &Data, expected: f64| assert!((number(cell) - expected).abs() < 1e-9, "{cell:?} {expected}");
    near(&total[2], figure("/measures/area/total") / 1e4);
    near(&total[3], figure("/measures/area/done") / 1e4);
    near(&total[4], figure("/share"));
    near(&total[5], figure("/planned_share"));
    near(&total[6], figure("/days_ahead"));
    near(&total[7], figure("/measures/parcels/total"));
    near(&total[9], figure("/overdue/parcels"));
}

/// The counts are those of `clocks`, the parcels the first of its lists.
#[test]
fn a_report_tells_what_the_law_asks_of_heads_and_what_was_marked() {
    let demo = Demo::new();
    let about = ["--province"];
    let xlsx = written(&demo.store(), demo.folder(), &about, harness::UNTIL, "vi", "xlsx");
    let asked = |list: &str| {
        let words = ["clocks", "--list", list, "--as-of", harness::UNTIL, "--limit", "1000", "--json"];
        serde_json::from_str::<Value>(&succeed(&demo.store(), &words)).unwrap()
    };
    let answer = asked("expiring");
    let lists = sheet(&xlsx, "Sáu danh sách việc phải làm");
    let told: Vec<f64> = lists[2..8].iter().map(|row| number(&row[1])).collect();
    let counted: Vec<f64> =
        answer["lists"].as_array().unwrap().iter().map(|list| list["parcels"].as_f64().unwrap()).collect();
    assert_eq!(told, counted);
    assert!(counted.iter().sum::<f64>() > 0.0, "the demo has something to do");
    let expiring = sheet(&xlsx, "Thông báo sắp hết hiệu lực");
    let parcels = answer["parcels"].as_array().unwrap();
    for (row, parcel) in expiring[2..].iter().zip(parcels.iter().take(12)) {
        assert_eq!(row[2], Data::String(parcel["parcel"].as_str().unwrap().to_owned()), "{parcel}");
        assert_eq!(row[5], Data::Float(parcel["days"].as_f64().unwrap()), "{parcel}");
    }
    let words =
        ["export", "parcels", "--format", "csv", "--properties", "irregular", "--filter", "irregular = TRUE"];
    let csv = succeed(&demo.store(), &[&words[..], &["--as-of", harness::UNTIL]].concat());
    let marked = sheet(&xlsx, "Thửa có dấu hiệu cần xem lại");
    let most = marked[2..].iter().filter_map(|row| row.get(1)).filter(|cell| !matches!(cell, Data::Empty));
    // A parcel may carry several marks, and marks that are not unlawful stand there too.
    let sum: f64 = most.map(number).sum();
    assert!(
        sum >= (csv.lines().count() - 1) as f64,
        "{sum} marks, {} irregular parcels",
        csv.lines().count() - 1
    );
    let pdf = text(&written(&demo.store(), demo.folder(), &about, harness::UNTIL, "vi", "pdf"));
    assert!(pdf.contains("Việc phải làm theo luật"), "{pdf}");
    assert!(pdf.contains("bản tham khảo; kiểm tra Công báo"), "{pdf}");
}

/// Hà Nam became part of Ninh Bình on 1 July 2025.
#[test]
fn who_issues_a_report_is_the_province_that_there_is_on_the_day() {
    let demo = Demo::new();
    let on = |day: &str| docx(&written(&demo.store(), demo.folder(), &["--province"], day, "vi", "docx"));
    let before = on("2025-06-30");
    assert!(before.contains("ỦY BAN NHÂN DÂN TỈNH HÀ NAM") && before.contains("Hà Nam, ngày 30"), "{before}");
    assert!(before.contains("trên địa bàn tỉnh") && !before.contains("cũ"), "{before}");
    let after = on("2025-07-01");
    assert!(
        after.contains("ỦY BAN NHÂN DÂN TỈNH NINH BÌNH") && after.contains("Ninh Bình, ngày 01"),
        "{after}"
    );
    assert!(after.contains("trên địa bàn tỉnh Hà Nam cũ"), "{after}");
}

#[test]
fn each_page_says_which_ledger_it_is_from_and_the_fonts_are_inside() {
    let demo = Demo::new();
    let pdf = written(&demo.store(), demo.folder(), &["--province"], harness::UNTIL, "vi", "pdf");
    let verified: Value = serde_json::from_str(&succeed(&demo.store(), &["verify", "--json"])).unwrap();
    let (position, head) = (verified["at"].as_u64().unwrap(), verified["head"].as_str().unwrap().to_owned());
    let pages = poppler("pdftotext", &[], &pdf);
    let pages: Vec<&str> = pages.trim_end_matches('\u{c}').split('\u{c}').collect();
    assert!(pages.len() >= 4, "{} pages", pages.len());
    for page in &pages {
        let plain = page.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(plain.contains(&format!("vị trí {position}")) && plain.contains(&head), "{plain}");
        assert!(plain.contains("Bản minh họa"), "{plain}");
    }
    assert!(
        pages[0].contains("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
            && pages[0].contains("Độc lập - Tự do - Hạnh phúc")
    );
    let fonts = poppler("pdffonts", &[], &pdf);
    let embedded = fonts.lines().skip(2).collect::<Vec<_>>();
    assert!(
        embedded.len() >= 2
            && embedded.iter().all(|line| line.contains("LiberationSerif") && line.contains(" yes ")),
        "{fonts}"
    );
    // The same question has the same file.
    assert_eq!(pdf, written(&demo.store(), demo.folder(), &["--province"], harness::UNTIL, "vi", "pdf"));
}

#[test]
fn command_and_api_give_the_same_reports_about_everything_in_both_languages() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let day = harness::UNTIL;
    for (about, query) in [
        (&["--project", "DA01"][..], "project=DA01"),
        (&["--project", "DA07"], "project=DA07"),
        (&["--unit", "13285"], "unit=13285"),
        (&["--province"], "province=true"),
    ] {
        for lang in ["vi", "en"] {
            for (end, starts) in [("pdf", &b"%PDF-"[..]), ("docx", b"PK"), ("xlsx", b"PK")] {
                let own = written(&demo.store(), demo.folder(), about, day, lang, end);
                assert!(own.starts_with(starts));
                let reply =
                    server.get(&format!("/api/v1/report?{query}&format={end}&lang={lang}&as_of={day}"), &[]);
                assert_eq!(reply.status, 200);
                if end == "pdf" {
                    assert_eq!(reply.body, own, "{query} {lang}");
                    let told = text(&own);
                    let headings = if lang == "vi" {
                        ["Bản đồ", "Việc cần quyết định"]
                    } else {
                        ["Map", "Decisions needed"]
                    };
                    assert!(
                        headings.iter().all(|heading| told.contains(heading)) && !told.contains('{'),
                        "{told}"
                    );
                }
                if end == "docx" {
                    // JSON has braces of its own; gaps of a text would stand inside words.
                    let told = docx(&own);
                    assert!(
                        ["{n}", "{name}", "{date}", "{share}", "{project}"]
                            .iter()
                            .all(|gap| !told.contains(gap))
                    );
                }
            }
        }
    }
    let reply = server.get(&format!("/api/v1/report?province=true&as_of={day}"), &[]);
    assert_eq!(reply.header("content-type"), "application/pdf");
    assert_eq!(reply.header("content-disposition"), "attachment; filename=\"bao-cao.pdf\"");
}

#[test]
fn an_office_gives_its_own_name_and_wrong_questions_are_told_what_to_ask() {
    let road = Road::new();
    std::fs::create_dir(road.folder().join("report")).unwrap();
    road.write("report/vi.toml", "issuer = \"BAN GIẢI PHÓNG MẶT BẰNG XÃ ĐƯỜNG\"\n");
    let pdf = written(&road.store(), road.folder(), &["--unit", "1"], DAY, "vi", "pdf");
    assert!(text(&pdf).contains("BAN GIẢI PHÓNG MẶT BẰNG XÃ ĐƯỜNG"));
    road.write("report/vi.toml", "isuer = \"x\"\n");
    let run = |arguments: &[&str]| {
        let run = matbang(&road.store(), arguments);
        (run.status.code(), String::from_utf8_lossy(&run.stderr).into_owned())
    };
    let out = road.folder().join("x.pdf");
    let out = out.to_str().unwrap();
    let (status, told) = run(&["report", "--province", "--out", out]);
    assert!(status == Some(1) && told.contains("report/vi.toml") && told.contains("isuer"), "{told}");
    std::fs::remove_file(road.folder().join("report/vi.toml")).unwrap();
    assert_eq!(run(&["report", "--out", out]).0, Some(2));
    assert_eq!(run(&["report", "--province", "--unit", "1", "--out", out]).0, Some(2));
    let (status, told) = run(&["report", "--province", "--out", "report.odt"]);
    assert!(status == Some(1) && told.contains(".pdf, .docx or .xlsx"), "{told}");
    let server = Server::start(&road.store());
    for query in
        ["", "project=DA99", "project=DA01&unit=1", "province=true&format=odt", "province=true&lang=fr"]
    {
        let reply = server.get(&format!("/api/v1/report?{query}"), &[]);
        assert_eq!(
            (reply.status, reply.header("content-type")),
            (400, "application/problem+json"),
            "{query}"
        );
    }
}

#[test]
fn a_board_is_printed_as_the_screen_shows_it() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let query = format!("campaign=thi-dua-gpmb&as_of={}", harness::UNTIL);
    let board = server.get(&format!("/api/v1/board?{query}"), &[]).json();
    let file = |format: &str| {
        let reply = server.get(&format!("/api/v1/board/report?{query}&format={format}"), &[]);
        assert_eq!(reply.status, 200, "{}", String::from_utf8_lossy(&reply.body));
        assert_eq!(reply.header("content-disposition"), format!("attachment; filename=\"thi-dua.{format}\""));
        reply.body
    };
    // A title longer than what Excel takes for the name of a sheet is cut.
    for format in ["pdf", "docx", "xlsx"] {
        let reply = server.get(&format!("/api/v1/board/report?{query}&lang=en&format={format}"), &[]);
        assert_eq!(reply.status, 200, "{format}: {}", String::from_utf8_lossy(&reply.body));
    }
    let communes = board["groups"].as_array().unwrap().iter().find(|one| one["of"] == "commune").unwrap();
    let ranked: Vec<&Value> =
        communes["rows"].as_array().unwrap().iter().filter(|row| !row["rank"].is_null()).collect();
    assert!(ranked.len() > 3, "{communes}");
    let group = communes["name"]["vi"].as_str().unwrap();
    let rows = sheet(&file("xlsx"), &format!("Xếp hạng {group}"));
    let rows: Vec<_> =
        rows.into_iter().filter(|row| matches!(row[0], Data::Float(_) | Data::Int(_))).collect();
    assert_eq!(rows.len(), ranked.len());
    for (cells, row) in rows.iter().zip(&ranked) {
        assert_eq!(cells[1].to_string(), row["name"].as_str().unwrap());
        let told = [number(&cells[0]), number(&cells[2]), number(&cells[5]), number(&cells[6])];
        let work = &row["work"];
        let asked = [&row["rank"], &row["score"], &work["due_parcels"], &work["handed_over_parcels"]];
        for (told, asked) in told.into_iter().zip(asked) {
            assert!((told - asked.as_f64().unwrap()).abs() < 1e-6, "{cells:?} {row}");
        }
    }
    let told = text(&file("pdf"));
    assert!(!told.contains('{'), "{told}");
    for part in ["KẾT QUẢ THI ĐUA", "Đề nghị khen thưởng", "Quy tắc chấm", "Bản minh họa"]
    {
        assert!(told.contains(part), "{part}: {told}");
    }
    let reply = server.get("/api/v1/board/report?campaign=x", &[]);
    assert_eq!(reply.status, 400);
}
