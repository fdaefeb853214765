//! Tables on pages: the names of columns stand above them on each page, a row stays whole where a page can hold it.

use super::{
    flow::{Align, BLACK, BLOCK_GAP, BOTTOM, FIELD, Flow, Ink, LEFT, TEXT, TOP},
    lines::{Letters, Line, lines},
    tree::{Kind, Part},
};
use crate::report::{ReportError, Table, fonts::Cut};

/// Between a cell's border and its text: at the sides, above and below; in points.
const INSET: [f32; 2] = [2.5, 3.5];
/// Width of borders, in points.
const BORDER: f32 = 0.4;
/// Between the caption and the table, in points.
const CAPTION_GAP: f32 = 0.6 * TEXT;
/// With more columns than these the letters are smaller.
const MANY: usize = 7;

/// A row: each cell's lines.
struct Row {
    cells: Vec<Vec<Line>>,
    set: Letters,
    aligned: Vec<Align>,
    head: bool,
}

impl Row {
    fn height(&self, from: usize, count: usize) -> Result<f32, ReportError> {
        let lines =
            self.cells.iter().map(|cell| cell.len().saturating_sub(from).min(count)).max().unwrap_or(0);
        Ok(self.set.height(lines.max(1))? + 2.0 * INSET[1])
    }

    fn lines(&self) -> usize {
        self.cells.iter().map(Vec::len).max().unwrap_or(0)
    }
}

/// Where the columns begin, and where the last one ends, in points from the left of the page.
fn edges(table: &Table) -> Vec<f32> {
    let all: f64 = table.columns.iter().map(|column| column.width).sum();
    let mut edges = vec![LEFT];
    let mut at = 0.0;
    for column in &table.columns {
        at += column.width;
        edges.push(LEFT + FIELD * (at / all) as f32);
    }
    edges
}

fn letters(table: &Table, cut: Cut) -> Letters {
    Letters::new(cut, if table.columns.len() > MANY { 8.5 } else { 11.0 }).tight(0.5)
}

fn row(table: &Table, texts: &[String], cut: Cut, head: bool) -> Result<Row, ReportError> {
    let (set, edges) = (letters(table, cut), edges(table));
    let cells = texts.iter().zip(edges.windows(2));
    let cells = cells.map(|(text, sides)| lines(text, set, sides[1] - sides[0] - 2.0 * INSET[0], 0.0));
    let aligned = table.columns.iter().map(|column| match (head, column.right) {
        (true, _) => Align::Centre,
        (false, true) => Align::Right,
        (false, false) => Align::Left,
    });
    Ok(Row { cells: cells.collect::<Result<_, _>>()?, set, aligned: aligned.collect(), head })
}

fn names(table: &Table) -> Result<Row, ReportError> {
    let names: Vec<String> = table.columns.iter().map(|column| column.name.clone()).collect();
    row(table, &names, Cut::Bold, true)
}

fn rows(table: &Table) -> impl Iterator<Item = Result<Row, ReportError>> {
    table.rows.iter().enumerate().map(|(at, cells)| {
        let total = table.total && at + 1 == table.rows.len();
        let texts: Vec<String> = cells.iter().map(super::super::Cell::text).collect();
        row(table, &texts, if total { Cut::Bold } else { Cut::Regular }, false)
    })
}

fn caption(table: &Table) -> Result<(Letters, Vec<Line>), ReportError> {
    let set = Letters::new(Cut::Bold, 12.0).tight(0.5);
    Ok((set, lines(&table.caption, set, FIELD, 0.0)?))
}

/// Height of what must stand together: caption, names of columns, and the first row.
pub fn least(table: &Table) -> Result<f32, ReportError> {
    let (set, caption) = caption(table)?;
    let names = names(table)?;
    let first = rows(table).next().transpose()?;
    let first = first.map_or(Ok(0.0), |row| row.height(0, usize::MAX))?;
    Ok(set.height(caption.len())? + CAPTION_GAP + names.height(0, usize::MAX)? + first)
}

/// Puts the table with its caption.
pub fn put(flow: &mut Flow, table: &Table) -> Result<(), ReportError> {
    flow.space(BLOCK_GAP);
    flow.begin(least(table)?.min(BOTTOM - TOP));
    let part = flow.part(Kind::Table);
    let (set, lines) = caption(table)?;
    if !lines.is_empty() {
        let caption = flow.tree.add(Some(part), Kind::Caption);
        let top = flow.y;
        flow.lines(Some(caption), &lines, [LEFT, top], FIELD, Align::Centre)?;
        flow.skip(set.height(lines.len())? + CAPTION_GAP);
    }
    let (names, edges) = (names(table)?, edges(table));
    let first = flow.tree.add(Some(part), Kind::Row);
    draw(flow, &names, Some(first), &edges, 0, usize::MAX)?;
    for row in rows(table) {
        let row = row?;
        let part = flow.tree.add(Some(part), Kind::Row);
        whole_or_in_pieces(flow, &row, &names, part, &edges)?;
    }
    flow.space(BLOCK_GAP);
    Ok(())
}

/// A row goes to the next page when this one has no room for it; one that no page holds goes on from page to page.
fn whole_or_in_pieces(
    flow: &mut Flow,
    row: &Row,
    names: &Row,
    part: Part,
    edges: &[f32],
) -> Result<(), ReportError> {
    let head = names.height(0, usize::MAX)?;
    let most = BOTTOM - TOP - head;
    let whole = row.height(0, usize::MAX)?;
    if whole > flow.room() && (whole <= most || flow.room() < row.height(0, 2)?) {
        next_page(flow, names, edges)?;
    }
    if whole <= flow.room() {
        return draw(flow, row, Some(part), edges, 0, usize::MAX);
    }
    let mut from = 0;
    while from < row.lines() {
        let left = row.lines() - from;
        let mut count = 1;
        while count < left && row.height(from, count + 1)? <= flow.room() {
            count += 1;
        }
        draw(flow, row, Some(part), edges, from, count)?;
        from += count;
        if from < row.lines() {
            next_page(flow, names, edges)?;
        }
    }
    Ok(())
}

/// The names of columns once more; they are read once.
fn next_page(flow: &mut Flow, names: &Row, edges: &[f32]) -> Result<(), ReportError> {
    flow.turn();
    // Names of columns that fill a page leave no room for rows: they stand on the first one alone.
    if names.height(0, usize::MAX)? < (BOTTOM - TOP) / 2.0 {
        draw(flow, names, None, edges, 0, usize::MAX)?;
    }
    Ok(())
}

/// So many lines of a row from one on, within borders.
fn draw(
    flow: &mut Flow,
    row: &Row,
    part: Option<Part>,
    edges: &[f32],
    from: usize,
    count: usize,
) -> Result<(), ReportError> {
    let (top, height) = (flow.y, row.height(from, count)?);
    let bottom = top + height;
    for (column, (cell, sides)) in row.cells.iter().zip(edges.windows(2)).enumerate() {
        let cell = &cell[from.min(cell.len())..from.saturating_add(count).min(cell.len())];
        let kind = if row.head { Kind::ColumnName } else { Kind::Cell };
        let part = part.map(|part| flow.tree.add(Some(part), kind));
        let own = row.set.height(cell.len())?;
        // Names stand in the middle of their height.
        let down = if row.head { (height - own) / 2.0 } else { INSET[1] };
        let room = sides[1] - sides[0] - 2.0 * INSET[0];
        flow.lines(part, cell, [sides[0] + INSET[0], top + down], room, row.aligned[column])?;
    }
    let (left, right) = (edges[0], edges[edges.len() - 1]);
    for y in [top, bottom] {
        flow.put(None, [left, y], Ink::Rule([right, y], BORDER, BLACK));
    }
    for x in edges {
        flow.put(None, [*x, top], Ink::Rule([*x, bottom], BORDER, BLACK));
    }
    flow.y = bottom;
    Ok(())
}
