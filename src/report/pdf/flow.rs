//! What stands where: parts follow each other down a page, and go on on the next one.

use super::{
    lines::{Letters, Line, lines},
    tree::{Kind, Part, Tree},
};
use crate::report::{
    ReportError,
    picture::{Canvas, Colour},
};

/// Points in a millimetre.
pub const MM: f32 = 72.0 / 25.4;
/// Width and height of A4, in points.
pub const PAGE: [f32; 2] = [210.0 * MM, 297.0 * MM];
/// Margins of Decree 30/2020/NĐ-CP: where text begins and ends on a page, in points.
pub const LEFT: f32 = 30.0 * MM;
/// Right end of the text.
pub const RIGHT: f32 = PAGE[0] - 18.0 * MM;
/// Top of the text.
pub const TOP: f32 = 22.0 * MM;
/// Bottom of the text.
pub const BOTTOM: f32 = PAGE[1] - 24.0 * MM;
/// Width of the text.
pub const FIELD: f32 = RIGHT - LEFT;
/// Size of running text, in points.
pub const TEXT: f32 = 13.0;
/// Around sections, tables and drawings, in points.
pub const BLOCK_GAP: f32 = 1.2 * TEXT;
/// Colour of text and lines.
pub const BLACK: Colour = Colour([0, 0, 0]);

/// Where lines stand between two sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// At the left.
    Left,
    /// In the middle.
    Centre,
    /// At the right.
    Right,
    /// At both sides; the last line of a paragraph at the left.
    Both,
}

/// What is drawn.
#[derive(Debug)]
pub enum Ink<'a> {
    /// A line of text on its base line; each of its spaces is wider by so many points.
    Text(Line, f32, Colour),
    /// A ruled line to a point, with its width.
    Rule([f32; 2], f32, Colour),
    /// A drawing, its units so many points.
    Drawing(&'a Canvas, f32),
}

/// Something on a page; what belongs to no part is there for the eye alone.
#[derive(Debug)]
pub struct Item<'a> {
    /// Where it begins: from the left and from the top, in points.
    pub at: [f32; 2],
    /// What is drawn.
    pub ink: Ink<'a>,
    /// Whether it is read.
    pub read: bool,
}

/// A heading that can be jumped to.
#[derive(Debug)]
pub struct Mark {
    /// Its text.
    pub text: String,
    /// Page, from 0.
    pub page: usize,
    /// From the top, in points.
    pub y: f32,
}

/// Pages as they are filled.
#[derive(Debug)]
pub struct Flow<'a> {
    /// Pages so far.
    pub pages: Vec<Vec<Item<'a>>>,
    /// What parts there are.
    pub tree: Tree,
    /// Headings.
    pub marks: Vec<Mark>,
    /// Where the next part begins on the last page.
    pub y: f32,
    gap: f32,
}

impl<'a> Flow<'a> {
    /// One empty page.
    pub fn new() -> Self {
        Self { pages: vec![Vec::new()], tree: Tree::default(), marks: Vec::new(), y: TOP, gap: 0.0 }
    }

    /// The page that is being filled, from 0.
    pub fn page(&self) -> usize {
        self.pages.len() - 1
    }

    /// Leaves at least so many points free before the next part; nothing at the top of a page.
    pub fn space(&mut self, points: f32) {
        self.gap = self.gap.max(points);
    }

    /// Goes down by so many points.
    pub fn skip(&mut self, points: f32) {
        self.y += points;
    }

    /// How much of the page is left after what is left free, in points.
    pub fn room(&self) -> f32 {
        let gap = if self.is_fresh() { 0.0 } else { self.gap };
        BOTTOM - self.y - gap
    }

    /// Whether the page is empty so far.
    pub fn is_fresh(&self) -> bool {
        self.y <= TOP
    }

    /// Begins a part of which so many points must stay together: on the next page when this one has no room.
    pub fn begin(&mut self, height: f32) {
        if height > self.room() && !self.is_fresh() {
            self.turn();
        } else if !self.is_fresh() {
            self.y += self.gap;
        }
        self.gap = 0.0;
    }

    /// Begins the next page.
    pub fn turn(&mut self) {
        self.pages.push(Vec::new());
        self.y = TOP;
        self.gap = 0.0;
    }

    /// Puts something on the page, for a part or for the eye alone.
    pub fn put(&mut self, part: Option<Part>, at: [f32; 2], ink: Ink<'a>) {
        let page = self.page();
        if let Some(part) = part {
            self.tree.item(part, page, self.pages[page].len());
        }
        self.pages[page].push(Item { at, ink, read: part.is_some() });
    }

    /// Puts lines from `top` down, between `left` and `left + room`.
    pub fn lines(
        &mut self,
        part: Option<Part>,
        all: &[Line],
        [left, top]: [f32; 2],
        room: f32,
        align: Align,
    ) -> Result<(), ReportError> {
        let Some(first) = all.first() else { return Ok(()) };
        let (capital, pitch) = (first.set.capital()?, first.set.pitch()?);
        for (row, line) in all.iter().enumerate() {
            let spare = room - line.width;
            let (inset, stretch) = match align {
                Align::Left => (0.0, 0.0),
                Align::Centre => (spare / 2.0, 0.0),
                Align::Right => (spare, 0.0),
                Align::Both if line.last || line.spaces() == 0 => (0.0, 0.0),
                Align::Both => (0.0, spare / line.spaces() as f32),
            };
            let at = [left + inset, top + capital + row as f32 * pitch];
            self.put(part, at, Ink::Text(line.clone(), stretch, BLACK));
        }
        Ok(())
    }

    /// A paragraph that goes on on the next page, with two lines at least on each; its first line begins `indent`
    /// points further in.
    pub fn paragraph(
        &mut self,
        part: Part,
        text: &str,
        set: Letters,
        [left, room, indent]: [f32; 3],
        align: Align,
    ) -> Result<(), ReportError> {
        let all = lines(text, set, room, indent)?;
        let mut rest = &all[..];
        let mut inset = indent;
        self.begin(set.height(all.len().min(2))?);
        while !rest.is_empty() {
            let fitting = self.fitting(set, rest.len());
            let (now, later) = rest.split_at(fitting);
            let (first, others) = now.split_at(1.min(now.len()));
            let top = self.y;
            self.lines(Some(part), first, [left + inset, top], room - inset, align)?;
            self.lines(Some(part), others, [left, top + set.pitch()?], room, align)?;
            self.y = top + set.height(now.len())?;
            rest = later;
            inset = 0.0;
            if !rest.is_empty() {
                self.turn();
            }
        }
        Ok(())
    }

    /// How many of so many lines stand on this page.
    fn fitting(&self, set: Letters, count: usize) -> usize {
        let room = BOTTOM - self.y;
        let fits =
            (1..=count).take_while(|lines| set.height(*lines).is_ok_and(|height| height <= room)).last();
        match fits.unwrap_or(0) {
            // No line stands alone at the top of the next page.
            all if all + 1 == count && count > 3 => all - 1,
            0 if self.is_fresh() => 1,
            some => some,
        }
    }

    /// Paragraphs one below the other, centred; each a text with its letters.
    pub fn centred(&mut self, part: Part, texts: &[(&str, Letters)]) -> Result<(), ReportError> {
        for (text, set) in texts {
            let all = lines(text, *set, FIELD, 0.0)?;
            let height = set.height(all.len())?;
            self.begin(height);
            let top = self.y;
            self.lines(Some(part), &all, [LEFT, top], FIELD, Align::Centre)?;
            self.y = top + height;
            self.space(set.leading * set.size);
        }
        Ok(())
    }

    /// A part of the document itself.
    pub fn part(&mut self, kind: Kind) -> Part {
        self.tree.add(None, kind)
    }
}
