//! Whether a word is a Vietnamese syllable.
//!
//! A syllable is an initial consonant, a rhyme and a tone; there are some 25
//! initials and 160 rhymes, and rhymes that end in c, ch, p or t carry only
//! two of the tones. Wrongly decoded text hardly ever keeps to that.
//! Source: Đoàn Thiện Thuật, Ngữ âm tiếng Việt (1977).

use unicode_normalization::UnicodeNormalization;

const INITIALS: [&str; 27] = [
    "ngh", "ng", "gh", "gi", "kh", "nh", "ph", "qu", "th", "tr", "ch", "b", "c", "d", "đ", "g", "h", "k",
    "l", "m", "n", "p", "r", "s", "t", "v", "x",
];

/// All rhymes without their tone.
const RHYMES: &str = " a ac ach ai am an ang anh ao ap at au ay ă ăc ăm ăn ăng ăp ăt â âc âm ân âng âp ât âu ây \
e ec em en eng eo ep et ê êch êm ên ênh êp êt êu i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu \
o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oem oen oeo oet oi om on ong ooc oong op ot \
ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt \
u ua uâc uân uâng uât uây uc uê uêch uên uênh ui um un ung uôc uôi uôm uôn uông uôt up ut uơ uy uya uych uyên uyêt uynh uyt uyn uyu \
ư ưa ưc ưi ưng ươc ươi ươm ươn ương ươp ươt ươu ưt ưu ưn ưm \
y yêm yên yêng yêt yêu ynh yt ";

const TONES: [char; 5] = ['\u{300}', '\u{301}', '\u{303}', '\u{309}', '\u{323}'];

/// Whether `word` is one well-formed syllable, written small, capitalised or
/// all in capitals, with its tone over the right vowel.
pub fn is_syllable(word: &str) -> bool {
    if !has_even_case(word) {
        return false;
    }
    let (mut plain, mut tones) = (String::new(), Vec::new());
    for (index, c) in word.to_lowercase().nfc().enumerate() {
        plain.extend(std::iter::once(c).nfd().filter(|part| !TONES.contains(part)).nfc());
        tones.extend(std::iter::once(c).nfd().filter(|part| TONES.contains(part)).map(|tone| (index, tone)));
    }
    let letters = plain.chars().count();
    splits(&plain).any(|rhyme| {
        let start = letters - rhyme.chars().count();
        match tones.as_slice() {
            [] => is_rhyme(rhyme, None),
            [(index, tone)] => {
                is_rhyme(rhyme, Some(*tone)) && *index >= start && carries_tone(rhyme, index - start)
            }
            _ => false,
        }
    })
}

/// Whether the tone of `rhyme` may stand over its letter at `index`.
fn carries_tone(rhyme: &str, index: usize) -> bool {
    let letters: Vec<char> = rhyme.chars().collect();
    let is_vowel = |c: &char| "aăâeêioôơuưy".contains(*c);
    let vowels = letters.iter().take_while(|c| is_vowel(c)).count();
    if let Some(marked) = letters.iter().rposition(|c| "ăâêôơư".contains(*c)) {
        return index == marked;
    }
    match (vowels, vowels < letters.len()) {
        // Both hòa and hoà are written.
        (2, false) if matches!(rhyme, "oa" | "oe" | "uy") => index < 2,
        (1, _) | (2, false) => index == 0,
        _ => index == 1,
    }
}

/// Small, Capitalised or CAPITALS.
fn has_even_case(word: &str) -> bool {
    let rest = || word.chars().skip(1);
    rest().all(|c| !c.is_uppercase())
        || (rest().all(|c| !c.is_lowercase()) && word.starts_with(|c: char| !c.is_lowercase()))
}

/// What remains after each initial that fits, and after none.
fn splits(plain: &str) -> impl Iterator<Item = &str> {
    // In "gi" and "qu" the vowel may belong to the rhyme: gì, quốc.
    let initials = INITIALS.iter().filter_map(move |initial| plain.strip_prefix(initial));
    initials.chain(std::iter::once(plain)).chain(plain.strip_prefix('q'))
}

fn is_rhyme(rhyme: &str, tone: Option<char>) -> bool {
    let stopped = ["c", "ch", "p", "t"].iter().any(|end| rhyme.ends_with(end));
    let fits = !stopped || matches!(tone, Some('\u{301}' | '\u{323}'));
    fits && !rhyme.is_empty() && !rhyme.contains(' ') && RHYMES.contains(&format!(" {rhyme} "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_words_are_syllables() {
        let text = "Cộng hòa xã hội chủ nghĩa Việt Nam Độc lập Tự do Hạnh phúc Thị xã Duy Tiên Phủ Lý Kim Bảng \
            Lý Nhân Bình Lục đất trồng lúa nước quốc gì giặt nguyễn thuyền khuya hòa hoà QUYẾT ĐỊNH giải phóng mặt bằng \
            quy hoạch đường nghiêng khoảng xuống tỷ ý yên quanh quý chuyển nhượng nghĩa trang Thường Phượng Huỳnh";
        for word in text.split_whitespace() {
            assert!(is_syllable(word), "{word}");
        }
    }

    #[test]
    fn wrongly_decoded_words_are_not() {
        for word in ["H\u{b5}", "Tiªn", "xaõ", "Tieân", "Phuû", "Nh©n", "Hàn@", "đĐt", "hớt̀", "lậch", "hac"]
        {
            assert!(!is_syllable(word), "{word:?}");
        }
    }
}
