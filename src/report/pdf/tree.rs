//! What the parts of a page are, for who has it read aloud: the tags of PDF/UA (ISO 14289-1).

use std::num::NonZeroU16;

use krilla::tagging::{Identifier, ListNumbering, TableHeaderScope, Tag, TagGroup, TagKind, TagTree};

/// What a part is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A heading with its level and text.
    Heading(u16, String),
    /// A paragraph.
    Paragraph,
    /// A numbered list.
    List,
    /// An entry of a list.
    Entry,
    /// Its letter.
    Label,
    /// What it says.
    Body,
    /// A table.
    Table,
    /// A row.
    Row,
    /// The name of a column.
    ColumnName,
    /// A cell.
    Cell,
    /// A drawing with what it shows.
    Figure(String),
    /// The caption of a table or drawing.
    Caption,
}

/// The number of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part(usize);

/// What belongs to a part: others, and what stands on pages.
#[derive(Debug, Clone, Copy)]
enum Child {
    Part(Part),
    /// Page, and item of the page.
    Item(usize, usize),
}

/// All parts in the order in which they are read.
#[derive(Debug, Default)]
pub struct Tree {
    parts: Vec<(Kind, Vec<Child>)>,
    top: Vec<Part>,
}

impl Tree {
    /// Another part within one, or of the document itself.
    pub fn add(&mut self, within: Option<Part>, kind: Kind) -> Part {
        let part = Part(self.parts.len());
        self.parts.push((kind, Vec::new()));
        match within {
            Some(Part(above)) => self.parts[above].1.push(Child::Part(part)),
            None => self.top.push(part),
        }
        part
    }

    /// An item of a page belongs to a part.
    pub fn item(&mut self, part: Part, page: usize, item: usize) {
        self.parts[part.0].1.push(Child::Item(page, item));
    }

    /// The tags, once each item has been drawn; `drawn` has them by page and item.
    pub fn tags(&self, drawn: &mut [Vec<Option<Identifier>>], language: &str) -> TagTree {
        let mut tree = TagTree::new().with_lang(Some(language.to_owned()));
        for part in &self.top {
            tree.push(self.group(*part, drawn));
        }
        tree
    }

    fn group(&self, part: Part, drawn: &mut [Vec<Option<Identifier>>]) -> TagGroup {
        let (kind, children) = &self.parts[part.0];
        let mut group = TagGroup::new(tag(kind));
        for child in children {
            match child {
                Child::Part(part) => group.push(self.group(*part, drawn)),
                Child::Item(page, item) => {
                    if let Some(identifier) = drawn[*page][*item].take() {
                        group.push(identifier);
                    }
                }
            }
        }
        group
    }
}

fn tag(kind: &Kind) -> TagKind {
    match kind {
        Kind::Heading(level, text) => {
            let level = NonZeroU16::new(*level).unwrap_or(NonZeroU16::MIN);
            Tag::Hn(level, Some(text.clone())).into()
        }
        Kind::Paragraph => Tag::P.into(),
        Kind::List => Tag::L(ListNumbering::LowerAlpha).into(),
        Kind::Entry => Tag::LI.into(),
        Kind::Label => Tag::Lbl.into(),
        Kind::Body => Tag::LBody.into(),
        Kind::Table => Tag::Table.into(),
        Kind::Row => Tag::TR.into(),
        Kind::ColumnName => Tag::TH(TableHeaderScope::Column).into(),
        Kind::Cell => Tag::TD.into(),
        Kind::Figure(alt) => Tag::Figure(Some(alt.clone())).into(),
        Kind::Caption => Tag::Caption.into(),
    }
}
