//! What a filter may hold, measured before a parser sees it.
//!
//! A parser goes one step deeper for every operator that waits for its right
//! side, so a few kilobytes of signs could use up the stack. Here the letters
//! are only counted, in one pass and without recursion.

use super::{FilterError, Language};

/// Bytes that a filter may have: 5 000 conditions joined by OR, and room.
pub const LONGEST: usize = 1 << 17;
/// Brackets inside brackets that a filter may have.
pub const DEEPEST: usize = 48;
/// Operators that may follow each other without AND, OR, comma or bracket between them.
pub const LONGEST_RUN: usize = 64;
/// Conditions that may be joined by AND and OR.
pub const MOST_JOINTS: usize = 12_000;
/// Stack that a parser takes for whatever is within the limits, joints left out.
const STACK: usize = 16 << 20;
/// Stack that a joint takes, with room.
const STACK_A_JOINT: usize = 8 << 10;

/// What was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Measure {
    /// Brackets inside brackets.
    pub depth: usize,
    /// Operators that follow each other.
    pub run: usize,
    /// Conditions joined.
    pub joints: usize,
}

/// Checks that a filter is within what may be read.
///
/// # Errors
/// [`FilterError`] naming the limit that the text goes beyond.
pub fn check(text: &str, language: Language) -> Result<Measure, FilterError> {
    let refuse = |why: String| Err(FilterError(why));
    if text.len() > LONGEST {
        return refuse(format!("has {} bytes; at most {LONGEST} are taken", text.len()));
    }
    let measure = match language {
        Language::Json => json(text),
        Language::Text => plain(text),
    };
    if measure.depth > DEEPEST {
        return refuse(format!("has more than {DEEPEST} brackets inside brackets"));
    }
    if measure.run > LONGEST_RUN {
        return refuse(format!(
            "has {} operators in a row; at most {LONGEST_RUN} may follow each other without AND, OR or brackets",
            measure.run
        ));
    }
    if measure.joints > MOST_JOINTS {
        return refuse(format!(
            "joins {} conditions; at most {MOST_JOINTS} may be joined by AND and OR (a list with IN takes more)",
            measure.joints
        ));
    }
    Ok(measure)
}

/// Does `work` on a stack that is large enough for a filter of this measure.
pub fn guarded<T>(measure: Measure, work: impl FnOnce() -> T) -> T {
    let small = measure.joints < 32 && measure.run < 8 && measure.depth < 8;
    if small { work() } else { stacker::grow(STACK + measure.joints * STACK_A_JOINT, work) }
}

/// Brackets of a JSON text outside its strings.
fn json(text: &str) -> Measure {
    let (mut measure, mut depth, mut string, mut escaped) = (Measure::default(), 0usize, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if string => escaped = true,
            b'"' => string = !string,
            _ if string => {}
            b'[' | b'{' => {
                depth += 1;
                measure.depth = measure.depth.max(depth);
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    measure
}

/// What stands between two brackets of the same level.
#[derive(Default)]
struct Level {
    /// Operators since the last joint.
    run: usize,
    /// Something that has a value stands before: AND joins only then, elsewhere it is a name.
    valued: bool,
    /// BETWEEN waits for its AND.
    between: usize,
}

struct Scan {
    measure: Measure,
    levels: Vec<Level>,
}

impl Scan {
    fn level(&mut self) -> &mut Level {
        if self.levels.is_empty() {
            self.levels.push(Level::default());
        }
        let last = self.levels.len() - 1;
        &mut self.levels[last]
    }

    fn operator(&mut self) {
        let level = self.level();
        level.run += 1;
        level.valued = false;
        let run = level.run;
        self.measure.run = self.measure.run.max(run);
    }

    fn joint(&mut self) {
        let level = self.level();
        *level = Level::default();
        self.measure.joints += 1;
    }

    fn open(&mut self) {
        self.level();
        self.levels.push(Level::default());
        self.measure.depth = self.measure.depth.max(self.levels.len() - 1);
    }

    fn close(&mut self) {
        if self.levels.len() > 1 {
            self.levels.pop();
        }
        self.level().valued = true;
    }

    fn word(&mut self, word: &str) {
        let is = |known: &str| word.eq_ignore_ascii_case(known);
        let level = self.level();
        if is("and") && level.between > 0 && level.valued {
            level.between -= 1;
            level.valued = false;
        } else if (is("and") || is("or")) && level.valued {
            self.joint();
        } else if is("between") && level.valued {
            level.between += 1;
            self.operator();
        } else if ["not", "div", "like", "in", "is"].into_iter().any(is) {
            self.operator();
        } else {
            level.valued = true;
        }
    }
}

/// Brackets, runs of operators and joints of a CQL2 text outside its quotes.
fn plain(text: &str) -> Measure {
    let mut scan = Scan { measure: Measure::default(), levels: Vec::new() };
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\'' | '"' => {
                // A doubled quote ends one text and begins the next: the same to who only counts.
                letters.by_ref().find(|(_, other)| *other == letter);
                scan.level().valued = true;
            }
            '(' | '[' | '{' => scan.open(),
            ')' | ']' | '}' => scan.close(),
            ',' => *scan.level() = Level::default(),
            '+' | '-' | '*' | '/' | '%' | '^' | '=' | '<' | '>' | '!' => scan.operator(),
            letter if letter.is_alphanumeric() || letter == '_' => {
                let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | ':');
                while letters.next_if(|(_, other)| part(*other)).is_some() {}
                let end = letters.peek().map_or(text.len(), |(end, _)| *end);
                scan.word(&text[at..end]);
            }
            _ => {}
        }
    }
    scan.measure
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(text: &str) -> usize {
        plain(text).run
    }

    #[test]
    fn operators_that_wait_for_their_right_side_are_counted_together() {
        assert_eq!(run("area > 5 AND NOT late OR area < - 3"), 2);
        assert_eq!(run("area > -----5"), 6);
        assert_eq!(run("1 = 1 = 1 = 1"), 3);
        // A name is no joint, and the AND of a BETWEEN joins nothing.
        assert_eq!(run("1 + and + 1 + and + 1"), 4);
        assert_eq!(run("1 between 1 and 1 = 1 between 1 and 1 = 1"), 4);
        assert_eq!(run("note = 'a = b = c = d'"), 1);
    }

    #[test]
    fn conditions_and_brackets_are_counted() {
        assert_eq!(plain("late or late and (late or late)").joints, 3);
        assert_eq!(plain("a in (1, (2), 3) and b in (4)").depth, 2);
        assert_eq!(json(r#"{"op":"=","args":["it's [[[ \" [[",[1]]}"#).depth, 3);
    }

    #[test]
    fn each_limit_is_told() {
        let limit = |text: String| check(&text, Language::Text).unwrap_err().0;
        assert!(limit("-".repeat(70) + "1").contains("64"));
        assert!(limit("late OR ".repeat(13_000) + "late").contains("12000"));
        assert!(limit("x".repeat(LONGEST + 1)).contains("131072"));
        assert!(limit("(".repeat(49) + "1").contains("48 brackets"));
    }
}
