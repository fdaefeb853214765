//! Texts: without case, without marks, like a pattern.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// What does not count when texts are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fold {
    /// CASEI: upper and lower case.
    Case,
    /// ACCENTI: marks above, below and through letters; đ counts as d.
    Marks,
}

impl Fold {
    /// The text without it.
    pub fn apply(self, text: &str) -> String {
        match self {
            Self::Case => text.to_lowercase(),
            Self::Marks => text
                .nfd()
                .filter(|c| !is_combining_mark(*c))
                .map(|c| match c {
                    'đ' => 'd',
                    'Đ' => 'D',
                    c => c,
                })
                .nfc()
                .collect(),
        }
    }
}

/// A pattern of LIKE: `%` stands for any text, `_` for one letter, `\` before either for itself.
#[derive(Debug, Clone)]
pub struct Pattern(Vec<Part>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Any,
    One,
    Letter(char),
}

impl Pattern {
    /// Reads a pattern.
    pub fn new(text: &str) -> Self {
        let (mut parts, mut letters) = (Vec::new(), text.chars());
        while let Some(letter) = letters.next() {
            let part = match letter {
                '%' => Part::Any,
                '_' => Part::One,
                '\\' => Part::Letter(letters.next().unwrap_or('\\')),
                other => Part::Letter(other),
            };
            if part != Part::Any || parts.last() != Some(&Part::Any) {
                parts.push(part);
            }
        }
        Self(parts)
    }

    /// The pattern for people: … for any letters, ? for one.
    pub fn text(&self) -> String {
        let letter = |part: &Part| match part {
            Part::Any => '…',
            Part::One => '?',
            Part::Letter(letter) => *letter,
        };
        self.0.iter().map(letter).collect()
    }

    /// Whether all of `text` is like the pattern: O(length · parts), whatever the pattern.
    pub fn matches(&self, text: &str) -> bool {
        let letters: Vec<char> = text.chars().collect();
        let (mut at, mut part, mut retry) = (0, 0, None);
        while at < letters.len() {
            match self.0.get(part) {
                Some(Part::Any) => {
                    part += 1;
                    retry = Some((at, part));
                }
                Some(Part::One) => (at, part) = (at + 1, part + 1),
                Some(Part::Letter(letter)) if *letter == letters[at] => (at, part) = (at + 1, part + 1),
                _ => match retry {
                    // The last % takes one letter more.
                    Some((from, after)) => {
                        retry = Some((from + 1, after));
                        (at, part) = (from + 1, after);
                    }
                    None => return false,
                },
            }
        }
        self.0[part..].iter().all(|part| *part == Part::Any)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_whole_texts() {
        let like = |pattern: &str, text: &str| Pattern::new(pattern).matches(text);
        assert!(like("Phường%", "Phường Phủ Lý") && !like("Phường", "Phường Phủ Lý"));
        assert!(like("%Lý", "Phường Phủ Lý") && like("%ủ%", "Phường Phủ Lý") && like("%", ""));
        assert!(
            like("T_n", "Tân") && !like("T_n", "Tiến") && like("100\\%", "100%") && !like("100\\%", "1000")
        );
        assert!(like("a%b%c", "a-b-b-c") && !like("a%b%c", "a-c-b"));
    }

    #[test]
    fn marks_and_case_are_taken_off() {
        assert_eq!(Fold::Marks.apply("Đường Phủ Lý"), "Duong Phu Ly");
        assert_eq!(Fold::Case.apply("ĐƯỜNG"), "đường");
    }
}
