//! PDF: pages laid out here, written by `krilla`.
//!
//! ```text
//! Document ─ blocks, table ─► Flow (pages of items, tree of parts) ─ edges ─► ink ─► bytes
//!                lines: a text in lines, by fonts
//! ```
//! The file can be read aloud: it has the tags of PDF/UA-1 (ISO 14289-1), its language, its headings to jump to.
//! The same figures give the same file: it knows no clock.

mod blocks;
mod edges;
mod flow;
mod ink;
mod lines;
mod table;
mod tree;

use super::{Document, ReportError};

/// The document as PDF.
pub fn write(document: &Document) -> Result<Vec<u8>, ReportError> {
    let mut flow = blocks::lay_out(document)?;
    edges::put(&mut flow, document)?;
    ink::write(&flow, document)
}

#[cfg(test)]
mod tests {
    use super::{
        blocks, edges,
        flow::{BOTTOM, Flow, Ink, LEFT, RIGHT, TOP},
        write,
    };
    use crate::report::{Block, Cell, Column, Document, Language, Section, Table};

    fn document(blocks: Vec<Block>) -> Document {
        let text = |text: &str| text.to_owned();
        Document {
            language: Language::Vi,
            above: text("Ủy ban nhân dân tỉnh"),
            issuer: text("Ban chỉ đạo"),
            motto: ["Cộng hòa", "Độc lập"].map(text),
            number: text("Số: 1"),
            place: text("Ninh Bình"),
            title: ["Báo cáo", "Tiến độ", "Đến ngày"].map(text),
            illustration: None,
            footer: text("Sổ theo dõi"),
            sections: vec![Section { heading: text("Kết quả"), blocks }],
            recipients: vec![text("Nơi nhận:"), text("- Lưu")],
            signature: text("TM."),
        }
    }

    /// The words on the pages that are read, in order.
    fn words(flow: &Flow) -> Vec<String> {
        let items = flow.pages.iter().flatten().filter(|item| item.read);
        let texts = items.filter_map(|item| match &item.ink {
            Ink::Text(line, ..) => {
                Some(line.glyphs.iter().map(|glyph| &line.text[glyph.bytes.clone()]).collect::<String>())
            }
            _ => None,
        });
        texts.flat_map(|text| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>()).collect()
    }

    /// All text lies within the margins.
    fn within(flow: &Flow) -> bool {
        flow.pages.iter().flatten().filter(|item| item.read).all(|item| match &item.ink {
            Ink::Text(line, stretch, _) => {
                let right = item.at[0] + line.width + stretch * line.spaces() as f32;
                let down = item.at[1] > TOP && item.at[1] <= BOTTOM + 0.1;
                down && item.at[0] > LEFT - 0.1 && right < RIGHT + 0.1
            }
            _ => true,
        })
    }

    #[test]
    fn a_row_that_no_page_holds_goes_on_and_nothing_is_lost() {
        let columns =
            ["Tên", "Ghi chú"].map(|name| Column { name: name.to_owned(), width: 1.0, right: false });
        let long: Vec<String> = (0..4000).map(|n| format!("w{n}")).collect();
        let rows = vec![
            vec![Cell::Text("đầu".to_owned()), Cell::Empty],
            vec![Cell::Text("giữa".to_owned()), Cell::Text(long.join(" "))],
            vec![Cell::Text("cuối".to_owned()), Cell::Text("hết".to_owned())],
        ];
        let table = Table { caption: "Bảng".to_owned(), columns: columns.to_vec(), rows, total: false };
        let document = document(vec![Block::Table(table)]);
        let mut flow = blocks::lay_out(&document).expect("pages");
        assert!(flow.pages.len() > 2, "{}", flow.pages.len());
        assert!(within(&flow));
        let words = words(&flow);
        let found: Vec<&String> = words.iter().filter(|word| word.starts_with('w')).collect();
        assert_eq!(found, long.iter().collect::<Vec<_>>());
        assert!(words.contains(&"hết".to_owned()));
        // The names of columns are read once, however many pages show them.
        assert_eq!(words.iter().filter(|word| *word == "Ghi").count(), 1);
        edges::put(&mut flow, &document).expect("edges");
        assert!(write(&document).expect("a file").starts_with(b"%PDF-1.7"));
    }

    #[test]
    fn paragraphs_go_on_and_no_heading_stands_alone_at_the_end_of_a_page() {
        let texts = |count: usize| {
            let text = |n: usize| Block::Text { text: format!("đoạn{n} ").repeat(40 + n % 7) };
            (0..count).map(text).collect::<Vec<_>>()
        };
        for count in 1..14 {
            let mut document = document(texts(count));
            let last = Section { heading: "Sau".to_owned(), blocks: texts(2) };
            document.sections.push(last);
            let flow = blocks::lay_out(&document).expect("pages");
            assert!(within(&flow), "{count}");
            let mark = &flow.marks[1];
            let below = flow.pages[mark.page].iter().filter(|item| item.read && item.at[1] > mark.y + 20.0);
            assert!(below.count() >= 2, "{count}: the heading is alone on page {}", mark.page);
            let expected: usize = (0..count).chain(0..2).map(|n| 40 + n % 7).sum();
            let words = words(&flow);
            assert_eq!(words.iter().filter(|word| word.starts_with("đoạn")).count(), expected);
        }
    }

    #[test]
    fn letters_that_no_font_has_stop_no_report() {
        let mut document =
            document(vec![Block::List { entries: vec!["中\u{FEFF}文 😀".to_owned(); 30] }]);
        document.title[1] = "標題".to_owned();
        document.signature.clear();
        assert!(write(&document).is_ok());
    }
}
