//! The parts of a report on its pages, after Decree 30/2020/NĐ-CP: who issues it, its title, sections, who gets it.

use super::{
    flow::{Align, BLACK, BLOCK_GAP, FIELD, Flow, Ink, LEFT, MM, Mark, RIGHT, TEXT},
    lines::{Letters, Line, lines},
    table,
    tree::Kind,
};
use crate::report::{Block, Document, Picture, ReportError, Section, fonts::Cut};

/// Between paragraphs, in points.
const PARAGRAPH_GAP: f32 = 0.8 * TEXT;
/// How far a paragraph's first line is drawn in.
const INDENT: f32 = 10.0 * MM;

/// All parts of the document.
pub fn lay_out(document: &Document) -> Result<Flow<'_>, ReportError> {
    let mut flow = Flow::new();
    letterhead(&mut flow, document)?;
    title(&mut flow, document)?;
    for (number, section) in (1..).zip(&document.sections) {
        heading(&mut flow, number, section)?;
        for block in &section.blocks {
            put(&mut flow, block)?;
        }
    }
    closing(&mut flow, document)?;
    Ok(flow)
}

/// Who issues it and the motto, side by side, each with a line below.
fn letterhead(flow: &mut Flow, document: &Document) -> Result<(), ReportError> {
    let sides = [FIELD * 5.0 / 12.0, FIELD * 7.0 / 12.0];
    let lefts = [LEFT, LEFT + sides[0]];
    let gutter = 2.6 * MM;
    let rows = [
        [(&document.above, Cut::Regular, 12.0), (&document.motto[0], Cut::Bold, 12.0)],
        [(&document.issuer, Cut::Bold, 12.0), (&document.motto[1], Cut::Bold, 13.0)],
        [(&document.number, Cut::Regular, 13.0), (&document.place, Cut::Italic, 13.0)],
    ];
    // Read column by column: who issues it, then the motto.
    let of = [0, 1].map(|_| rows.each_ref().map(|_| flow.part(Kind::Paragraph)));
    let mut top = flow.y;
    for (row, cells) in rows.iter().enumerate() {
        let mut lowest = top;
        for (column, (text, cut, size)) in cells.iter().enumerate() {
            let set = Letters::new(*cut, *size);
            let all = lines(text, set, sides[column], 0.0)?;
            flow.lines(Some(of[column][row]), &all, [lefts[column], top], sides[column], Align::Centre)?;
            lowest = lowest.max(top + set.height(all.len())?);
        }
        top = lowest + gutter;
        if row == 1 {
            for (column, width) in [22.0 * MM, 48.0 * MM].into_iter().enumerate() {
                let from = lefts[column] + (sides[column] - width) / 2.0;
                flow.put(None, [from, top], Ink::Rule([from + width, top], 0.6, BLACK));
            }
            top += gutter;
        }
    }
    flow.y = top - gutter + 5.0 * MM + PARAGRAPH_GAP;
    Ok(())
}

fn title(flow: &mut Flow, document: &Document) -> Result<(), ReportError> {
    let [kind, title, day] = &document.title;
    let bold = Letters::new(Cut::Bold, 14.0);
    let heading = flow.part(Kind::Heading(1, format!("{kind} {title}")));
    flow.centred(heading, &[(kind, bold), (title, bold)])?;
    let part = flow.part(Kind::Paragraph);
    flow.centred(part, &[(day, Letters::new(Cut::Italic, TEXT))])?;
    flow.skip(2.0 * MM);
    Ok(())
}

/// A section's heading; it stays with what follows it.
fn heading(flow: &mut Flow, number: usize, section: &Section) -> Result<(), ReportError> {
    let text = format!("{number}. {}", section.heading);
    let set = Letters::new(Cut::Bold, TEXT);
    let all = lines(&text, set, FIELD, 0.0)?;
    let own = set.height(all.len())?;
    let next = section.blocks.first().map(least).transpose()?.unwrap_or(0.0);
    flow.space(BLOCK_GAP);
    flow.begin(own + PARAGRAPH_GAP + next);
    let part = flow.part(Kind::Heading(2, text.clone()));
    let (page, top) = (flow.page(), flow.y);
    flow.marks.push(Mark { text, page, y: top });
    flow.lines(Some(part), &all, [LEFT, top], FIELD, Align::Left)?;
    flow.y = top + own;
    flow.space(PARAGRAPH_GAP);
    Ok(())
}

/// How much of a part must stand on the page on which it begins, in points.
fn least(block: &Block) -> Result<f32, ReportError> {
    let text = Letters::new(Cut::Regular, TEXT);
    Ok(match block {
        Block::Text { .. } | Block::List { .. } => text.height(2)?,
        Block::Table(one) => table::least(one)?,
        Block::Picture(picture) => {
            let caption = caption(picture)?;
            scale(picture) * picture.drawing.size[1] as f32
                + CAPTION_GAP
                + caption_letters().height(caption.len())?
        }
    })
}

fn put<'a>(flow: &mut Flow<'a>, block: &'a Block) -> Result<(), ReportError> {
    match block {
        Block::Text { text } => {
            let part = flow.part(Kind::Paragraph);
            flow.space(PARAGRAPH_GAP);
            flow.paragraph(part, text, Letters::new(Cut::Regular, TEXT), [LEFT, FIELD, INDENT], Align::Both)?;
            flow.space(PARAGRAPH_GAP);
        }
        Block::List { entries } => list(flow, entries)?,
        Block::Table(one) => table::put(flow, one)?,
        Block::Picture(picture) => drawing(flow, picture)?,
    }
    Ok(())
}

/// Entries a), b), c) …
fn list(flow: &mut Flow, entries: &[String]) -> Result<(), ReportError> {
    let set = Letters::new(Cut::Regular, TEXT);
    let list = flow.part(Kind::List);
    for (number, text) in entries.iter().enumerate() {
        let letter = lines(&format!("{})", letter(number)), set, FIELD, 0.0)?;
        let width = letter.first().map_or(0.0, |line| line.width);
        let left = LEFT + 5.0 * MM;
        let inner = left + width.max(TEXT) + TEXT / 2.0;
        flow.space(PARAGRAPH_GAP);
        let all = lines(text, set, RIGHT - inner, 0.0)?;
        flow.begin(set.height(all.len().min(2))?);
        let entry = flow.tree.add(Some(list), Kind::Entry);
        let label = flow.tree.add(Some(entry), Kind::Label);
        let body = flow.tree.add(Some(entry), Kind::Body);
        let top = flow.y;
        flow.lines(Some(label), &letter, [left, top], width, Align::Left)?;
        flow.paragraph(body, text, set, [inner, RIGHT - inner, 0.0], Align::Both)?;
        flow.space(PARAGRAPH_GAP);
    }
    Ok(())
}

/// a … z, then aa, ab …
fn letter(number: usize) -> String {
    let own = char::from(b'a' + (number % 26) as u8);
    if number < 26 { own.to_string() } else { letter(number / 26 - 1) + &own.to_string() }
}

/// Between a drawing and its caption, in points.
const CAPTION_GAP: f32 = 0.65 * TEXT;

fn caption_letters() -> Letters {
    Letters::new(Cut::Italic, 11.0)
}

fn caption(picture: &Picture) -> Result<Vec<Line>, ReportError> {
    lines(&picture.caption, caption_letters(), FIELD, 0.0)
}

/// Points for each unit of a drawing: as wide as the text.
fn scale(picture: &Picture) -> f32 {
    FIELD / picture.drawing.size[0] as f32
}

fn drawing<'a>(flow: &mut Flow<'a>, picture: &'a Picture) -> Result<(), ReportError> {
    let (caption, height) = (caption(picture)?, scale(picture) * picture.drawing.size[1] as f32);
    flow.space(BLOCK_GAP);
    flow.begin(height + CAPTION_GAP + caption_letters().height(caption.len())?);
    let figure = flow.part(Kind::Figure(picture.caption.clone()));
    let top = flow.y;
    flow.put(Some(figure), [LEFT, top], Ink::Drawing(&picture.drawing, scale(picture)));
    let below = flow.part(Kind::Caption);
    flow.y = top + height + CAPTION_GAP;
    let top = flow.y;
    flow.lines(Some(below), &caption, [LEFT, top], FIELD, Align::Centre)?;
    flow.y = top + caption_letters().height(caption.len())?;
    flow.space(BLOCK_GAP);
    Ok(())
}

/// Who gets it, at the left; who signs, at the right; together on one page.
fn closing(flow: &mut Flow, document: &Document) -> Result<(), ReportError> {
    let half = FIELD / 2.0;
    let (first, others) = (Letters::new(Cut::BoldItalic, 12.0), Letters::new(Cut::Regular, 11.0));
    let mut left = Vec::new();
    for (row, text) in document.recipients.iter().enumerate() {
        let set = if row == 0 { first } else { others };
        left.push((set, lines(text, set, half, 0.0)?));
    }
    let signed = Letters::new(Cut::Bold, TEXT);
    let right = lines(&document.signature, signed, half, 0.0)?;
    let mut height = 0.0;
    for (set, all) in &left {
        height += set.height(all.len())? + set.leading * set.size;
    }
    flow.space(6.0 * MM + PARAGRAPH_GAP);
    flow.begin(height.max(signed.height(right.len())?));
    let start = flow.y;
    let mut top = start;
    for (set, all) in &left {
        let part = flow.part(Kind::Paragraph);
        flow.lines(Some(part), all, [LEFT, top], half, Align::Left)?;
        top += set.height(all.len())? + set.leading * set.size;
    }
    let part = flow.part(Kind::Paragraph);
    flow.lines(Some(part), &right, [LEFT + half, start], half, Align::Centre)?;
    flow.y = start + height;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::letter;

    #[test]
    fn entries_have_letters_also_after_z() {
        let all: Vec<String> = [0, 25, 26, 51, 52, 701, 702].into_iter().map(letter).collect();
        assert_eq!(all, ["a", "z", "aa", "az", "ba", "zz", "aaa"]);
    }
}
