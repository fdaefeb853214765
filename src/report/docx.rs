//! DOCX: the same content for who has to edit it.

use std::io::Cursor;

use docx_rs::{
    AlignmentType, BreakType, Docx, Footer, Header, LineSpacing, PageMargin, PageNum, Paragraph, Pic, Run,
    RunFonts, Table as Grid, TableBorders, TableCell, TableRow, VAlignType, WidthType,
};

use super::{Block, Cell, Document, Picture, ReportError, Table, raster};

/// Twentieths of a point in a millimetre.
const MM: f64 = 56.692_9;
/// Width between the margins of an A4 page, in millimetres.
const FIELD_MM: f64 = 210.0 - 30.0 - 18.0;
/// English metric units in a millimetre.
const EMU: f64 = 36_000.0;

fn mm(millimetres: f64) -> usize {
    (millimetres * MM) as usize
}

fn run(text: &str, half_points: usize) -> Run {
    Run::new().add_text(text).size(half_points)
}

fn centred(run: Run) -> Paragraph {
    Paragraph::new().align(AlignmentType::Center).add_run(run)
}

/// The document as DOCX.
pub fn write(document: &Document) -> Result<Vec<u8>, ReportError> {
    let margin = PageMargin::new()
        .top(mm(22.0) as i32)
        .bottom(mm(24.0) as i32)
        .left(mm(30.0) as i32)
        .right(mm(18.0) as i32);
    let family = "Times New Roman";
    let fonts = RunFonts::new().ascii(family).hi_ansi(family).cs(family).east_asia(family);
    let mut docx = Docx::new()
        .page_size(mm(210.0) as u32, mm(297.0) as u32)
        .page_margin(margin)
        .default_fonts(fonts)
        .default_size(26)
        .header(Header::new())
        .footer(footer(document));
    docx = docx.add_table(head(document)).add_paragraph(Paragraph::new());
    let [kind, title, as_of] = &document.title;
    docx = docx
        .add_paragraph(centred(run(kind, 28).bold()))
        .add_paragraph(centred(run(title, 28).bold()))
        .add_paragraph(centred(run(as_of, 26).italic()));
    for (number, section) in (1..).zip(&document.sections) {
        let heading = format!("{number}. {}", section.heading);
        docx = docx.add_paragraph(Paragraph::new().keep_next(true).add_run(run(&heading, 26).bold()));
        for block in &section.blocks {
            docx = add(docx, block)?;
        }
    }
    docx = docx.add_paragraph(Paragraph::new()).add_table(foot(document));
    let mut bytes = Cursor::new(Vec::new());
    docx.build().pack(&mut bytes).map_err(|error| ReportError::Write(error.to_string()))?;
    Ok(bytes.into_inner())
}

fn footer(document: &Document) -> Footer {
    let mut line = Paragraph::new().add_run(run(&document.footer, 16));
    if let Some(illustration) = &document.illustration {
        line = line.add_run(Run::new().add_break(BreakType::TextWrapping));
        line = line.add_run(run(illustration, 16).italic());
    }
    let number = Paragraph::new().align(AlignmentType::Center).add_page_num(PageNum::new());
    Footer::new().add_paragraph(line).add_paragraph(number)
}

fn plain(paragraphs: Vec<Paragraph>, width_mm: f64) -> TableCell {
    let cell = TableCell::new().width(mm(width_mm), WidthType::Dxa).clear_all_border();
    paragraphs.into_iter().fold(cell, TableCell::add_paragraph)
}

fn frameless(left: Vec<Paragraph>, right: Vec<Paragraph>, share: f64) -> Grid {
    let widths = [FIELD_MM * share, FIELD_MM * (1.0 - share)];
    let row = TableRow::new(vec![plain(left, widths[0]), plain(right, widths[1])]);
    Grid::new(vec![row]).set_grid(widths.map(mm).to_vec()).set_borders(TableBorders::new().clear_all())
}

fn head(document: &Document) -> Grid {
    let left = vec![
        centred(run(&document.above, 24)),
        centred(run(&document.issuer, 24).bold()),
        centred(run(&document.number, 26)),
    ];
    let right = vec![
        centred(run(&document.motto[0], 24).bold()),
        centred(run(&document.motto[1], 26).bold().underline("single")),
        centred(run(&document.place, 26).italic()),
    ];
    frameless(left, right, 0.4)
}

fn foot(document: &Document) -> Grid {
    let line = |(index, text): (usize, &String)| {
        let styled = if index == 0 { run(text, 24).bold().italic() } else { run(text, 22) };
        Paragraph::new().add_run(styled)
    };
    let left = document.recipients.iter().enumerate().map(line).collect();
    frameless(left, vec![centred(run(&document.signature, 26).bold())], 0.5)
}

fn add(docx: Docx, block: &Block) -> Result<Docx, ReportError> {
    Ok(match block {
        Block::Text { text } => docx.add_paragraph(
            Paragraph::new()
                .align(AlignmentType::Both)
                .indent(None, Some(docx_rs::SpecialIndentType::FirstLine(mm(10.0) as i32)), None, None)
                .line_spacing(LineSpacing::new().after(120))
                .add_run(run(text, 26)),
        ),
        Block::List { entries } => (b'a'..).zip(entries).fold(docx, |docx, (letter, entry)| {
            let text = format!("{}) {entry}", char::from(letter));
            let paragraph = Paragraph::new()
                .align(AlignmentType::Both)
                .indent(Some(mm(5.0) as i32), None, None, None)
                .line_spacing(LineSpacing::new().after(120));
            docx.add_paragraph(paragraph.add_run(run(&text, 26)))
        }),
        Block::Table(table) => {
            let caption = centred(run(&table.caption, 24).bold()).keep_next(true);
            docx.add_paragraph(caption).add_table(grid(table)).add_paragraph(Paragraph::new())
        }
        Block::Picture(picture) => {
            docx.add_paragraph(drawing(picture)?).add_paragraph(centred(run(&picture.caption, 22).italic()))
        }
    })
}

fn grid(table: &Table) -> Grid {
    let all: f64 = table.columns.iter().map(|column| column.width).sum();
    let widths: Vec<usize> = table.columns.iter().map(|column| mm(FIELD_MM * column.width / all)).collect();
    let size = if table.columns.len() > 7 { 17 } else { 22 };
    let cell = |text: &str, index: usize, align: AlignmentType, bold: bool| {
        let styled = if bold { run(text, size).bold() } else { run(text, size) };
        TableCell::new()
            .width(widths[index], WidthType::Dxa)
            .vertical_align(VAlignType::Center)
            .add_paragraph(Paragraph::new().align(align).add_run(styled))
    };
    let names = table.columns.iter().enumerate();
    let names = names.map(|(index, column)| cell(&column.name, index, AlignmentType::Center, true));
    let mut rows = vec![TableRow::new(names.collect())];
    for (at, row) in table.rows.iter().enumerate() {
        let bold = table.total && at + 1 == table.rows.len();
        let cells = row.iter().enumerate().map(|(index, one): (usize, &Cell)| {
            let align = if table.columns[index].right { AlignmentType::Right } else { AlignmentType::Left };
            cell(&one.text(), index, align, bold)
        });
        rows.push(TableRow::new(cells.collect()));
    }
    Grid::new(rows).set_grid(widths.clone())
}

fn drawing(picture: &Picture) -> Result<Paragraph, ReportError> {
    let [width, height] = picture.drawing.size;
    let png = raster::png(&picture.drawing)?;
    let (wide, tall) = (FIELD_MM * EMU, FIELD_MM * EMU * height / width);
    let pic = Pic::new_with_dimensions(png, width as u32, height as u32).size(wide as u32, tall as u32);
    Ok(centred(Run::new().add_image(pic)))
}
