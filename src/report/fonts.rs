//! Letters of the reports: which glyphs a text has, how wide they are, and what they look like.

use std::{ops::Range, sync::LazyLock};

use harfrust::{FontRef, ShapeOptions, ShaperData, UnicodeBuffer};
use skrifa::MetadataProvider;

/// A cut of the typeface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// Upright.
    Regular,
    /// Bold.
    Bold,
    /// Italic.
    Italic,
    /// Bold italic.
    BoldItalic,
}

/// Liberation Serif, as wide as Times New Roman, which Decree 30/2020/NĐ-CP asks for.
const FILES: [&[u8]; 4] = [
    include_bytes!("../../data/report/fonts/LiberationSerif-Regular.ttf"),
    include_bytes!("../../data/report/fonts/LiberationSerif-Bold.ttf"),
    include_bytes!("../../data/report/fonts/LiberationSerif-Italic.ttf"),
    include_bytes!("../../data/report/fonts/LiberationSerif-BoldItalic.ttf"),
];

/// Stands for a letter that the typeface has not.
const UNKNOWN: char = '\u{25A1}';

/// A cut's file and what shaping knows of it.
pub struct Face {
    /// The file.
    pub data: &'static [u8],
    /// Its tables.
    pub font: FontRef<'static>,
    shaping: ShaperData,
    /// Height of a capital letter, in ems.
    pub capital: f32,
}

static FACES: LazyLock<Option<[Face; 4]>> = LazyLock::new(|| {
    let faces: Vec<Face> = FILES.into_iter().filter_map(Face::new).collect();
    faces.try_into().ok()
});

/// The four cuts, by [`Cut`]; they come with the program.
pub fn faces() -> Option<&'static [Face; 4]> {
    FACES.as_ref()
}

/// A glyph where it stands in a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Glyph {
    /// Its number in the font.
    pub id: u32,
    /// Bytes of the text for which it stands.
    pub bytes: Range<usize>,
    /// How far the next one is, in ems.
    pub advance: f32,
    /// By how much it is moved, in ems: right, up.
    pub offset: [f32; 2],
}

impl Face {
    fn new(data: &'static [u8]) -> Option<Self> {
        let font = FontRef::from_index(data, 0).ok()?;
        let metrics =
            font.metrics(skrifa::instance::Size::new(1.0), skrifa::instance::LocationRef::default());
        let capital = metrics.cap_height.unwrap_or(0.66);
        Some(Self { data, shaping: ShaperData::new(&font), font, capital })
    }

    /// The text as this cut can show it: without what has no shape, with a box for letters that it has not.
    pub fn showable(&self, text: &str) -> String {
        let letters = self.font.charmap();
        let shown = text.chars().filter(|one| !one.is_control() && !shapeless(*one));
        shown
            .map(|one| if letters.map(one).is_some_and(|id| id.to_u32() != 0) { one } else { UNKNOWN })
            .collect()
    }

    /// The glyphs of a text that can be shown, from left to right.
    pub fn glyphs(&self, text: &str) -> Vec<Glyph> {
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.guess_segment_properties();
        let shaper = self.shaping.shaper(&self.font).build();
        let em = shaper.units_per_em() as f32;
        let shaped = shaper.shape(buffer, ShapeOptions::default());
        let starts: Vec<usize> = shaped.glyph_infos().iter().map(|info| info.cluster as usize).collect();
        let end_of = |at: usize| {
            let after = starts[at..].iter().copied().find(|start| *start > starts[at]);
            after.unwrap_or(text.len())
        };
        let positions = shaped.glyph_positions();
        let placed = shaped.glyph_infos().iter().zip(positions).enumerate();
        let glyph =
            |(at, (info, position)): (usize, (&harfrust::GlyphInfo, &harfrust::GlyphPosition))| Glyph {
                id: info.glyph_id,
                bytes: starts[at]..end_of(at),
                advance: position.x_advance as f32 / em,
                offset: [position.x_offset as f32 / em, position.y_offset as f32 / em],
            };
        placed.map(glyph).collect()
    }
}

/// Marks of order and width that are seen nowhere.
fn shapeless(one: char) -> bool {
    matches!(one, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}' | '\u{FFFE}')
}

/// Width of glyphs, in ems.
pub fn width(glyphs: &[Glyph]) -> f32 {
    glyphs.iter().map(|glyph| glyph.advance).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_vietnamese_letter_has_a_glyph_of_its_own_in_every_cut() {
        let bases = "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY";
        let tones = ['\u{300}', '\u{301}', '\u{309}', '\u{303}', '\u{323}'];
        let mut letters: String = format!("{bases}đĐ₫²");
        for base in bases.chars() {
            letters.extend(tones.map(|tone| {
                let both = format!("{base}{tone}");
                unicode_normalization::UnicodeNormalization::nfc(both.as_str()).next().expect("a letter")
            }));
        }
        for face in faces().expect("the fonts of the program") {
            assert_eq!(face.showable(&letters), letters);
            let glyphs = face.glyphs(&letters);
            assert_eq!(glyphs.len(), letters.chars().count());
            assert!(glyphs.iter().all(|glyph| glyph.id != 0 && glyph.advance > 0.0));
        }
    }

    #[test]
    fn what_the_typeface_has_not_is_a_box_and_what_has_no_shape_is_left_out() {
        let face = &faces().expect("the fonts of the program")[0];
        assert_eq!(face.showable("\u{FEFF}Lô 中\u{200B} A\u{7}"), "Lô □ A");
    }

    #[test]
    fn glyphs_cover_their_text_in_order() {
        let face = &faces().expect("the fonts of the program")[0];
        let text = "Đường vành đai 2";
        let glyphs = face.glyphs(text);
        assert_eq!(glyphs.first().map(|glyph| glyph.bytes.start), Some(0));
        assert_eq!(glyphs.last().map(|glyph| glyph.bytes.end), Some(text.len()));
        assert!(glyphs.windows(2).all(|pair| pair[0].bytes.end == pair[1].bytes.start));
    }
}
