//! Where something stands in the text of a file of settings.

/// The line on which `key` is given `value`, the last if there are several: it is the one too many.
pub fn line_of(text: &str, key: &str, value: &str) -> usize {
    let named = format!("\"{value}\"");
    let gives = |line: &str| line.trim_start().starts_with(key) && line.contains(&named);
    (1..).zip(text.lines()).filter(|(_, line)| gives(line)).map(|(number, _)| number).last().unwrap_or(1)
}
