//! XLSX: the texts and pictures on a first sheet, each table on one of its own, numbers as numbers.

use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Image, Workbook, Worksheet, XlsxError};

use super::{Block, Cell, Document, Picture, ReportError, Table, raster};
use crate::domain::Day;

/// Letters that a sheet's name has at most.
const LONGEST_NAME: usize = 31;

fn wrong(error: &XlsxError) -> ReportError {
    ReportError::Write(error.to_string())
}

/// The document as XLSX.
pub fn write(document: &Document) -> Result<Vec<u8>, ReportError> {
    let mut book = Workbook::new();
    let mut taken = Vec::new();
    first(&mut book, document, &mut taken)?;
    let blocks = document.sections.iter().flat_map(|section| &section.blocks);
    let tables = blocks.filter_map(|block| if let Block::Table(table) = block { Some(table) } else { None });
    for table in tables {
        let name = sheet_name(&table.caption, &mut taken);
        let sheet = book.add_worksheet();
        (|| -> Result<(), XlsxError> {
            sheet.set_name(name)?;
            grid(sheet, table, document)
        })()
        .map_err(|error| wrong(&error))?;
    }
    book.save_to_buffer().map_err(|error| wrong(&error))
}

/// A sheet's name after a caption: without the characters that Excel refuses, and unlike those that are taken.
fn sheet_name(caption: &str, taken: &mut Vec<String>) -> String {
    let plain: String = caption.chars().filter(|c| !"[]:*?/\\".contains(*c)).collect();
    let plain = plain.trim_matches(['\'', ' ']);
    let cut = |most: usize| plain.chars().take(most).collect::<String>();
    let mut name = cut(LONGEST_NAME);
    for number in 2.. {
        if !name.is_empty() && !taken.contains(&name.to_lowercase()) {
            break;
        }
        let tail = format!(" {number}");
        name = cut(LONGEST_NAME - tail.len()) + &tail;
    }
    taken.push(name.to_lowercase());
    name.trim_start().to_owned()
}

fn first(book: &mut Workbook, document: &Document, taken: &mut Vec<String>) -> Result<(), ReportError> {
    let sheet = book.add_worksheet();
    let [kind, title, as_of] = &document.title;
    let bold = Format::new().set_bold();
    let text = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    let mut row = 0;
    let mut put = |sheet: &mut Worksheet, line: &str, format: &Format| -> Result<u32, ReportError> {
        sheet.write_with_format(row, 0, line, format).map_err(|error| wrong(&error))?;
        row += 1;
        Ok(row)
    };
    sheet.set_name(sheet_name(kind, taken)).map_err(|error| wrong(&error))?;
    sheet.set_column_width(0, 110).map_err(|error| wrong(&error))?;
    for line in [&document.above, &document.issuer, kind, title] {
        put(sheet, line, &bold)?;
    }
    put(sheet, as_of, &text)?;
    put(sheet, &document.footer, &text)?;
    if let Some(illustration) = &document.illustration {
        put(sheet, illustration, &bold)?;
    }
    let mut pictures: Vec<(u32, &Picture)> = Vec::new();
    for (number, section) in (1..).zip(&document.sections) {
        let mut at = put(sheet, &format!("{number}. {}", section.heading), &bold)?;
        for block in &section.blocks {
            at = match block {
                Block::Text { text: line } => put(sheet, line, &text)?,
                Block::List { entries } => {
                    entries.iter().try_fold(at, |_, entry| put(sheet, entry, &text))?
                }
                Block::Table(table) => put(sheet, &table.caption, &text)?,
                Block::Picture(picture) => {
                    let row = put(sheet, &picture.caption, &text)?;
                    pictures.push((row, picture));
                    // Rows for the picture to lie on.
                    (0..PICTURE_ROWS).try_fold(at, |_, _| put(sheet, "", &text))?
                }
            };
        }
    }
    for (row, picture) in pictures {
        place(sheet, row, picture)?;
    }
    Ok(())
}

/// Rows of 20 pixels that a picture takes.
const PICTURE_ROWS: u32 = 24;

fn place(sheet: &mut Worksheet, row: u32, picture: &Picture) -> Result<(), ReportError> {
    let png = raster::png(&picture.drawing)?;
    let mut image = Image::new_from_buffer(&png).map_err(|error| wrong(&error))?;
    image = image.set_alt_text(picture.caption.as_str()).set_scale_to_size(760, PICTURE_ROWS * 20, true);
    sheet.insert_image(row, 0, &image).map(|_| ()).map_err(|error| wrong(&error))
}

fn grid(sheet: &mut Worksheet, table: &Table, document: &Document) -> Result<(), XlsxError> {
    let framed = || Format::new().set_border(FormatBorder::Thin);
    let name = framed().set_bold().set_text_wrap().set_align(FormatAlign::Center);
    sheet.write_with_format(0, 0, table.caption.as_str(), &Format::new().set_bold())?;
    for (index, column) in (0u16..).zip(&table.columns) {
        sheet.set_column_width(index, column.width * 9.0)?;
        sheet.write_with_format(1, index, column.name.as_str(), &name)?;
    }
    for (at, row) in (2u32..).zip(&table.rows) {
        let total = table.total && at as usize == table.rows.len() + 1;
        for (index, cell) in (0u16..).zip(row) {
            let format = if total { framed().set_bold() } else { framed() };
            put(sheet, at, index, cell, format)?;
        }
    }
    sheet.set_freeze_panes(2, 0)?;
    let below = table.rows.len() as u32 + 3;
    sheet.write(below, 0, document.footer.as_str())?;
    sheet.set_landscape().set_print_fit_to_pages(1, 0).set_footer(format!("&L&8{}&R&P/&N", document.footer));
    Ok(())
}

fn put(sheet: &mut Worksheet, row: u32, column: u16, cell: &Cell, format: Format) -> Result<(), XlsxError> {
    match cell {
        Cell::Empty => sheet.write_blank(row, column, &format)?,
        Cell::Text(text) => sheet.write_with_format(row, column, text.as_str(), &format.set_text_wrap())?,
        Cell::Number(number, decimals, _) => {
            let shape =
                if *decimals == 0 { "#,##0".to_owned() } else { format!("#,##0.{}", "0".repeat(*decimals)) };
            sheet.write_with_format(row, column, *number, &format.set_num_format(shape))?
        }
        Cell::Signed(number, _) => {
            sheet.write_with_format(row, column, *number as f64, &format.set_num_format("+#,##0;-#,##0;0"))?
        }
        Cell::Share(share, _) => {
            sheet.write_with_format(row, column, *share, &format.set_num_format("0.0%"))?
        }
        Cell::Day(day) => {
            sheet.write_with_format(row, column, serial(*day), &format.set_num_format("dd/mm/yyyy"))?
        }
    };
    Ok(())
}

/// Days since 30 December 1899, as spreadsheets count.
fn serial(day: Day) -> f64 {
    f64::from(day.number()) + 25_569.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sheets_of_equal_captions_have_names_of_their_own() {
        let mut taken = vec!["báo cáo".to_owned()];
        let long = "Điểm theo tiêu chí của từng đơn vị trong kỳ";
        let captions = ["Xếp hạng", "xếp HẠNG", "a/b", "[]", "Báo cáo", long, long, "'x'"];
        let names = captions.map(|caption| sheet_name(caption, &mut taken));
        let cut = "Điểm theo tiêu chí của từng đơn";
        let again = "Điểm theo tiêu chí của từng đ 2";
        assert_eq!(names, ["Xếp hạng", "xếp HẠNG 2", "ab", "2", "Báo cáo 2", cut, again, "x"]);
        assert!(names.iter().all(|name| name.chars().count() <= LONGEST_NAME));
    }
}
