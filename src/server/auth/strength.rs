//! Which passwords are not taken: those that others try first.
//!
//! Out of a password is taken what everybody thinks of: words of a list, the account's own names, rows of keys and
//! numbers, years, repetitions. What is left must still be something. It knows nothing of how passwords are kept.

use std::sync::LazyLock;

use crate::domain::plain;

/// Letters and digits that must be left.
const LEFT: usize = 5;
/// Keys beside each other, and letters and digits after each other.
const ROWS: [&str; 8] = [
    "01234567890",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    "qazwsxedcrfvtgbyhnujm",
    "azertyuiop",
];
/// Keys of a row that make a run.
const RUN: usize = 4;

static WORDS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let lines = include_str!("../../../data/common-passwords.txt").lines();
    let mut words: Vec<&str> = lines.filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    // Long ones first: a short one must not break a longer one.
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    words
});

/// Whether a password of somebody of these names is one that others try first.
pub fn is_common(password: &str, names: &[&str]) -> bool {
    let mut plain = folded(password);
    take_rows(&mut plain);
    take_years(&mut plain);
    // Letters may be meant by what looks like them.
    [plain.clone(), plain.iter().map(|c| looks_like(*c)).collect()]
        .iter()
        .any(|text| left(text, names) < LEFT)
}

/// Letters and digits in small letters without tone marks.
fn folded(text: &str) -> Vec<char> {
    plain(text).filter(|c| c.is_alphanumeric() || matches!(c, '@' | '$' | '!')).collect()
}

fn looks_like(c: char) -> char {
    match c {
        '@' | '4' => 'a',
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '5' | '$' => 's',
        '7' => 't',
        c => c,
    }
}

/// Letters and digits that are left; what was taken out stands as a gap, so that nothing new comes to stand together.
fn left(text: &[char], names: &[&str]) -> usize {
    let mut text = text.to_vec();
    let parts = |name: &&str| -> Vec<Vec<char>> {
        let parts = name.split(|c: char| !c.is_alphanumeric()).map(folded);
        parts.filter(|part| part.len() >= 3).collect()
    };
    for name in names.iter().flat_map(parts) {
        take_out(&mut text, &name);
    }
    for word in WORDS.iter() {
        take_out(&mut text, &word.chars().collect::<Vec<_>>());
    }
    take_rows(&mut text);
    let kept = text.split(|c| *c == GAP).flat_map(once_only);
    kept.filter(|c| c.is_alphabetic()).count() + digits(&text)
}

const GAP: char = '\0';

fn take_out(text: &mut [char], word: &[char]) {
    let mut at = 0;
    while at + word.len() <= text.len() {
        if text[at..at + word.len()] == *word {
            text[at..at + word.len()].fill(GAP);
        }
        at += 1;
    }
}

fn take_rows(text: &mut [char]) {
    for row in ROWS {
        let there: Vec<char> = row.chars().collect();
        let back: Vec<char> = row.chars().rev().collect();
        for row in [there, back] {
            for run in row.windows(RUN) {
                let Some(at) = text.windows(RUN).position(|some| some == run) else { continue };
                let mut end = at + RUN;
                let mut next = row.iter().skip_while(|c| **c != run[RUN - 1]).skip(1);
                while end < text.len() && next.next() == text.get(end) {
                    end += 1;
                }
                text[at..end].fill(GAP);
            }
        }
    }
}

/// Years of this century and the last, with no other digit beside them.
fn take_years(text: &mut [char]) {
    let is_digit = |at: Option<&char>| at.is_some_and(char::is_ascii_digit);
    for at in 0..text.len().saturating_sub(3) {
        let beside =
            is_digit(at.checked_sub(1).and_then(|before| text.get(before))) || is_digit(text.get(at + 4));
        let is_year = matches!(text[at..at + 4], ['1', '9', ..] | ['2', '0', ..]);
        if is_year && !beside && text[at..at + 4].iter().all(char::is_ascii_digit) {
            text[at..at + 4].fill(GAP);
        }
    }
}

/// A text that repeats itself, once.
fn once_only(text: &[char]) -> Vec<char> {
    let is_period =
        |period: &usize| text.iter().skip(*period).zip(text).all(|(later, before)| later == before);
    let period = (1..=text.len() / 2).find(is_period);
    let once = period.map_or(text, |period| &text[..period]);
    // A letter held down counts once.
    let mut kept: Vec<char> = Vec::new();
    for c in once {
        if kept.last() != Some(c) {
            kept.push(*c);
        }
    }
    kept
}

/// Digits beyond those that everybody adds: up to four together, as in a year or at the end.
fn digits(text: &[char]) -> usize {
    let runs = text.split(|c| !c.is_ascii_digit()).map(once_only);
    runs.map(|run| run.len()).filter(|digits| *digits > 4).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_try_first_is_not_taken() {
        for password in [
            "matkhau123456",
            "Mật khẩu 2026!",
            "Password2024!!",
            "P@ssw0rd12345",
            "P@ssw0rd1234567",
            "qwertyuiop123",
            "1qaz2wsx3edc",
            "aaaaaaaaaaaaaa",
            "abcabcabcabc",
            "123456789012",
            "987654321098",
            "anhyeuem1234",
            "giaiphongmatbang",
            "Ninh Bình 2026",
            "admin@matbang",
            "iloveyou!!!!!!!",
            "Nguyen.Van.Binh",
            "binh.tran.2026",
            "zxcvbnmasdfghjkl",
        ] {
            assert!(is_common(password, &["binh.tran", "Trần Văn Bình"]), "{password}");
        }
        for password in [
            "mat-khau-thu-nghiem",
            "đất lành chim đậu",
            "sáu con trâu lội sông",
            "correct horse battery staple",
            "k7#mQz!r2vLp",
            "83649 27518 40",
        ] {
            assert!(!is_common(password, &["binh.tran", "Trần Văn Bình"]), "{password}");
        }
        // Another's name is no weakness of this one's.
        assert!(
            !is_common("Sơn Tùng Lâm Khê", &["binh.tran"])
                && is_common("Sơn Tùng Lâm Khê", &["son.tung", "Lâm Khê"])
        );
    }
}
