//! Tables that come as text: from bytes to cells with their lines.
//!
//! What spreadsheets save and people paste: UTF-8, Excel's "Unicode text"
//! (UTF-16) or an 8-bit encoding; cells parted by tabs, semicolons or commas,
//! with or without Excel's line `sep=;`; lines of title above the header. It
//! knows nothing of what the columns mean: the caller says which row is a header.

use std::borrow::Cow;

use super::text;

/// So many rows are looked at for the header.
const HEADER_WITHIN: usize = 40;

/// A table as cells.
#[derive(Debug, Clone, Default)]
pub struct Cells {
    /// Names of the columns, from the header.
    pub names: Vec<String>,
    /// The rows below it, each with its line in the file, from 1.
    pub rows: Vec<(usize, Vec<Option<String>>)>,
}

/// The text of a table's bytes: UTF-16 by its mark or its zeros, UTF-8, or the 8-bit encoding that fits best.
pub fn text_of(bytes: &[u8]) -> String {
    let wide = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let (pairs, _) = bytes.as_chunks::<2>();
        String::from_utf16_lossy(&pairs.iter().map(|pair| unit(*pair)).collect::<Vec<u16>>())
    };
    match bytes {
        [0xFF, 0xFE, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => wide(rest, u16::from_be_bytes),
        [first, 0, ..] if *first != 0 => wide(bytes, u16::from_le_bytes),
        [0, second, ..] if *second != 0 => wide(bytes, u16::from_be_bytes),
        _ => text::of_bytes(bytes),
    }
}

/// Splits a text into cells parted by tabs (`Some(true)`), by commas or semicolons
/// (`Some(false)`), or by whichever gives a header that `is_header` knows.
///
/// # Errors
/// The line of the first row that can't be split, and why.
pub fn split(
    text: &str,
    tabs: Option<bool>,
    is_header: impl Fn(&[String]) -> bool,
) -> Result<Cells, (u64, String)> {
    let text = &*with_line_feeds(text.trim_start_matches('\u{feff}'));
    let (stated, table) = separator_line(text);
    let above = text[..text.len() - table.len()].matches('\n').count();
    let separators = match (stated, tabs) {
        (Some(stated), _) => vec![stated],
        (None, Some(true)) => vec![b'\t'],
        (None, tabs) => likely(table.lines().next().unwrap_or_default(), tabs.is_none()),
    };
    let header = |separator: &u8| {
        let mut rows = records(table, *separator).take(HEADER_WITHIN);
        let index = rows.position(|row| row.is_ok_and(|(_, cells)| is_header(&cells)))?;
        Some((*separator, index))
    };
    let (separator, index) = separators.iter().find_map(header).unwrap_or((separators[0], 0));
    let mut cells = Cells::default();
    for (number, row) in records(table, separator).enumerate() {
        let (line, row) = row.map_err(|(line, why)| (line as u64 + above as u64, why))?;
        match number.cmp(&index) {
            std::cmp::Ordering::Less => {}
            std::cmp::Ordering::Equal => cells.names = row,
            std::cmp::Ordering::Greater => {
                cells.rows.push((line + above, row.into_iter().map(Some).collect()));
            }
        }
    }
    Ok(cells)
}

/// A text whose lines end by a line feed: some spreadsheets end them by a carriage return alone, and then every row
/// would have the same line.
fn with_line_feeds(text: &str) -> Cow<'_, str> {
    let mut ends = text.split('\r').skip(1);
    if ends.all(|after| after.starts_with('\n')) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
}

/// Of rows without a header those below the first that `is_header` knows; as they are if there is none.
pub fn below_header(cells: Cells, is_header: impl Fn(&[String]) -> bool) -> Cells {
    let texts = |row: &[Option<String>]| row.iter().map(|cell| cell.clone().unwrap_or_default()).collect();
    let found = cells.rows.iter().take(HEADER_WITHIN).enumerate().find_map(|(index, (_, row))| {
        let names: Vec<String> = texts(row);
        is_header(&names).then_some((index, names))
    });
    let Some((index, names)) = found else { return cells };
    Cells { names, rows: cells.rows.into_iter().skip(index + 1).collect() }
}

/// The separator that a first line `sep=;` tells to Excel, and the text below that line.
fn separator_line(text: &str) -> (Option<u8>, &str) {
    let (line, rest) = text.split_once('\n').unwrap_or((text, ""));
    let line = line.trim_end_matches('\r').trim_matches('"').to_ascii_lowercase();
    match line.strip_prefix("sep=").map(str::as_bytes) {
        Some([stated @ (b';' | b',' | b'|' | b'\t')]) => (Some(*stated), rest),
        _ => (None, text),
    }
}

/// Separators to try, the one of the first line in front.
fn likely(first_line: &str, tabs: bool) -> Vec<u8> {
    let mut all = if first_line.contains(';') && !first_line.contains(',') {
        vec![b';', b',']
    } else {
        vec![b',', b';']
    };
    match (tabs, first_line.contains('\t')) {
        (true, true) => all.insert(0, b'\t'),
        (true, false) => all.push(b'\t'),
        (false, _) => {}
    }
    all
}

type Record = Result<(usize, Vec<String>), (usize, String)>;

/// The rows that are not empty, each with its line.
fn records(text: &str, separator: u8) -> impl Iterator<Item = Record> {
    let reader = csv::ReaderBuilder::new()
        .delimiter(separator)
        .flexible(true)
        .has_headers(false)
        .from_reader(text.as_bytes());
    let (mut line, mut counted) = (1, 0);
    // The reader counts a row from the end of the row before it: blank lines stand in between.
    let mut line_at = move |from: usize| {
        let blank = text[from..].find(|c: char| c != '\n' && c != '\r').unwrap_or(0);
        line += text[counted..from + blank].matches('\n').count();
        counted = from + blank;
        line
    };
    reader.into_records().map(move |record| match record {
        Ok(record) => {
            let from = record.position().map_or(0, |position| position.byte() as usize);
            Ok((line_at(from), record.iter().map(|cell| cell.trim().to_owned()).collect()))
        }
        Err(error) => {
            let line = error.position().map_or(1, |position| position.line() as usize);
            Err((line, error.to_string()))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "Số tờ;Ngày\r\n12;20/11/2026\r\n";

    fn is_header(cells: &[String]) -> bool {
        cells.first().is_some_and(|cell| cell == "Số tờ") && cells.len() > 1
    }

    fn rows(text: &str, tabs: Option<bool>) -> Vec<(usize, Vec<String>)> {
        let cells = split(text, tabs, is_header).unwrap();
        assert_eq!(cells.names, ["Số tờ", "Ngày"], "{text}");
        cells.rows.into_iter().map(|(line, row)| (line, row.into_iter().flatten().collect())).collect()
    }

    #[test]
    fn a_table_is_read_in_every_encoding_that_spreadsheets_write() {
        let wide = |mark: &[u8], unit: fn(u16) -> [u8; 2]| {
            let units: Vec<u8> = TABLE.encode_utf16().flat_map(unit).collect();
            [mark, &units].concat()
        };
        for bytes in [
            TABLE.as_bytes().to_vec(),
            ["\u{feff}".as_bytes(), TABLE.as_bytes()].concat(),
            wide(&[0xFF, 0xFE], u16::to_le_bytes),
            wide(&[0xFE, 0xFF], u16::to_be_bytes),
            wide(&[], u16::to_le_bytes),
            // Windows-1258 writes the tone after the letter.
            b"S\xF4\xEC t\xF5\xCC;Ng\xE0y\r\n12;20/11/2026\r\n".to_vec(),
        ] {
            let text = text_of(&bytes);
            assert_eq!(rows(&text, None), [(2, vec!["12".to_owned(), "20/11/2026".to_owned()])], "{text}");
        }
    }

    #[test]
    fn the_header_is_found_below_titles_and_a_line_for_excel() {
        let expected = |line| vec![(line, vec!["12".to_owned(), "20/11/2026".to_owned()])];
        assert_eq!(rows(&format!("sep=;\r\n{TABLE}"), None), expected(3));
        assert_eq!(rows(&format!("\"SEP=;\"\n{TABLE}"), Some(false)), expected(3));
        let titled = format!("ỦY BAN NHÂN DÂN XÃ, HUYỆN\r\nBiểu 1;\r\n\r\n{TABLE}");
        assert_eq!(rows(&titled, None), expected(5));
        assert_eq!(rows(&titled.replace(';', "\t"), Some(true)), expected(5));
        assert_eq!(rows(&titled.replace("\r\n", "\n").replace(';', ","), Some(false)), expected(5));
        assert_eq!(rows(&format!("\n\n{TABLE}\n\n"), None), expected(4));
    }

    #[test]
    fn lines_that_end_by_a_carriage_return_alone_are_lines() {
        let table = "sep=;\rSố tờ;Ngày\r12;20/11/2026\r\r13;21/11/2026\r";
        let lines: Vec<usize> = rows(table, None).into_iter().map(|(line, _)| line).collect();
        assert_eq!(lines, [3, 5]);
        assert_eq!(rows(table, None), rows(&table.replace('\r', "\n"), None));
        assert_eq!(rows(&table.replace('\r', "\r\n"), None), rows(&table.replace('\r', "\n"), None));
    }

    #[test]
    fn a_title_among_rows_of_a_spreadsheet_is_skipped() {
        let row = |texts: [&str; 2]| texts.map(|text| Some(text.to_owned())).to_vec();
        let rows = vec![(2, row(["Biểu 1", ""])), (4, row(["Số tờ", "Ngày"])), (5, row(["12", "x"]))];
        let cells = below_header(Cells { names: vec!["TÊN".into()], rows }, is_header);
        assert_eq!((cells.names.len(), cells.rows.len(), cells.rows[0].0), (2, 1, 5));
    }
}
