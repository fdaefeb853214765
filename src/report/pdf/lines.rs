//! A paragraph in lines: where they break (Unicode Standard Annex 14), and how wide they are.

use std::rc::Rc;

use unicode_linebreak::linebreaks;

use crate::report::{
    ReportError,
    fonts::{Cut, Face, Glyph, faces},
};

/// By how much a line may be wider than its room, in points: sums of widths are rounded.
const SLACK: f32 = 0.01;

/// How a text is set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Letters {
    /// Cut.
    pub cut: Cut,
    /// Size, in points.
    pub size: f32,
    /// From the base line of one line to that of the next, in ems above the height of a capital.
    pub leading: f32,
}

/// A line of a paragraph.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// The paragraph's text, of which glyphs name bytes.
    pub text: Rc<str>,
    /// Cut and size.
    pub set: Letters,
    /// Glyphs, the space at which it was broken included.
    pub glyphs: Vec<Glyph>,
    /// Width, in points, without spaces at its end.
    pub width: f32,
    /// The paragraph ends here.
    pub last: bool,
}

/// The file of a cut.
pub fn face(cut: Cut) -> Result<&'static Face, ReportError> {
    let all = faces().ok_or_else(|| ReportError::Layout("the fonts can't be read".to_owned()))?;
    Ok(&all[cut as usize])
}

impl Letters {
    /// A text in this cut and size, with the leading of running text.
    pub fn new(cut: Cut, size: f32) -> Self {
        Self { cut, size, leading: 0.7 }
    }

    /// With another leading.
    pub fn tight(self, leading: f32) -> Self {
        Self { leading, ..self }
    }

    /// Height of a capital, in points.
    pub fn capital(self) -> Result<f32, ReportError> {
        Ok(face(self.cut)?.capital * self.size)
    }

    /// From one base line to the next, in points.
    pub fn pitch(self) -> Result<f32, ReportError> {
        Ok(self.capital()? + self.leading * self.size)
    }

    /// Height of a paragraph of so many lines, from the top of its first capitals to its last base line, in points.
    pub fn height(self, lines: usize) -> Result<f32, ReportError> {
        Ok(if lines == 0 { 0.0 } else { self.capital()? + (lines - 1) as f32 * self.pitch()? })
    }
}

impl Line {
    /// Spaces between its words.
    pub fn spaces(&self) -> usize {
        let inner = self.glyphs.len() - self.trailing();
        self.glyphs[..inner].iter().filter(|glyph| self.is_space(glyph)).count()
    }

    /// Glyphs at its end that are spaces.
    pub fn trailing(&self) -> usize {
        self.glyphs.iter().rev().take_while(|glyph| self.is_space(glyph)).count()
    }

    /// Whether a glyph stands for a space that may grow.
    pub fn is_space(&self, glyph: &Glyph) -> bool {
        &self.text[glyph.bytes.clone()] == " "
    }
}

/// A paragraph in lines of at most `room` points, the first of them by `indent` points shorter. A word that is wider
/// than a line is broken between letters; an empty text has no line.
pub fn lines(text: &str, set: Letters, room: f32, indent: f32) -> Result<Vec<Line>, ReportError> {
    let face = face(set.cut)?;
    let mut all = Vec::new();
    for part in text.split('\n') {
        let words: Vec<&str> = part.split([' ', '\t', '\r']).filter(|word| !word.is_empty()).collect();
        let shown = face.showable(&words.join(" "));
        paragraph(&shown, face, set, room, if all.is_empty() { indent } else { 0.0 }, &mut all);
    }
    Ok(all)
}

fn paragraph(text: &str, face: &Face, set: Letters, room: f32, indent: f32, all: &mut Vec<Line>) {
    if text.is_empty() {
        return;
    }
    let glyphs = face.glyphs(text);
    let text: Rc<str> = text.into();
    // How far the glyphs before each one reach, in points, and after which one no space follows any more.
    let mut reach = vec![0.0];
    let mut inked = vec![0];
    for (at, glyph) in glyphs.iter().enumerate() {
        reach.push(reach[at] + glyph.advance * set.size);
        inked.push(if &text[glyph.bytes.clone()] == " " { inked[at] } else { at + 1 });
    }
    let width = |from: usize, to: usize| (reach[inked[to].max(from)] - reach[from]).max(0.0);
    // For each place at which a line may end the first glyph after it; the end of the text is the last.
    let ends = linebreaks(&text).map(|(at, _)| glyphs.partition_point(|glyph| glyph.bytes.start < at));
    let ends: Vec<usize> = ends.collect();
    let (mut start, mut room) = (0, room - indent);
    while start < glyphs.len() {
        let fits = |to: &usize| width(start, *to) <= room + SLACK;
        let ahead = ends.iter().copied().filter(|at| *at > start);
        let end = ahead.take_while(fits).last().unwrap_or_else(|| {
            // Not even one word has room: as many of its letters as have, one at least.
            (start + 2..=glyphs.len()).take_while(fits).last().unwrap_or(start + 1)
        });
        all.push(Line {
            text: Rc::clone(&text),
            set,
            glyphs: glyphs[start..end].to_vec(),
            width: width(start, end),
            last: end == glyphs.len(),
        });
        (start, room) = (end, room + if start == 0 { indent } else { 0.0 });
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(text: &str, room: f32) -> Vec<String> {
        let lines =
            lines(text, Letters::new(Cut::Regular, 10.0), room, 0.0).expect("the fonts of the program");
        let words = |line: &Line| line.glyphs.iter().map(|glyph| &line.text[glyph.bytes.clone()]).collect();
        lines.iter().map(words).collect()
    }

    #[test]
    fn lines_break_at_spaces_and_keep_what_belongs_together() {
        assert_eq!(shown("một hai ba", 1000.0), ["một hai ba"]);
        assert_eq!(shown("một hai ba", 40.0), ["một hai ", "ba"]);
        assert!(shown("một\u{a0}hai ba", 30.0)[0].starts_with("một\u{a0}h"));
        assert_eq!(shown("", 40.0), Vec::<String>::new());
        assert_eq!(shown("a\nb", 40.0), ["a", "b"]);
    }

    #[test]
    fn a_word_wider_than_a_line_is_broken_between_letters() {
        let broken = shown("wwwwwwwwwwww", 30.0);
        assert!(broken.len() > 1);
        assert_eq!(broken.concat(), "wwwwwwwwwwww");
    }

    proptest! {
        #[test]
        fn no_letter_is_lost_and_no_line_is_too_wide(words in prop::collection::vec("[a-zđưởỷ/.,-]{1,14}", 1..40), room in 60.0f32..400.0) {
            let text = words.join(" ");
            let set = Letters::new(Cut::Regular, 10.0);
            let lines = lines(&text, set, room, 0.0).expect("the fonts of the program");
            let all: String = lines.iter().flat_map(|line| line.glyphs.iter().map(|glyph| line.text[glyph.bytes.clone()].to_owned())).collect();
            prop_assert_eq!(all, text);
            prop_assert!(lines.iter().all(|line| line.width <= room + 0.02));
            prop_assert_eq!(lines.iter().filter(|line| line.last).count(), 1);
        }
    }
}
