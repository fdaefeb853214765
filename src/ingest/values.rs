//! Values as people write them: areas, days, yes and no, codes.

use crate::domain::{
    Code, Day, Decimal, Habit, NumberColumn, NumberError, NumberReading, Quantity, SquareMetres,
};

use super::fold::fold;

/// Areas that differ by no more are the same: as a share, or in m².
const SAME_SHARE: f64 = 0.05;
const SAME_M2: f64 = 5.0;

/// No parcel is larger, in m²: three times the country.
const LARGEST_M2: f64 = 1e12;

/// Whether the area that a file says is the one that is drawn, within 5 % or 5 m².
pub fn same_area(declared: SquareMetres, drawn: SquareMetres) -> bool {
    is_drawn(declared.get(), drawn)
}

fn is_drawn(declared: f64, drawn: SquareMetres) -> bool {
    let change = (drawn.get() - declared).abs();
    change <= SAME_M2 || change <= SAME_SHARE * declared
}

/// A column of areas in m². How it writes numbers shows in its own cells and,
/// where no cell shows it, in the areas that are drawn.
#[derive(Debug, Clone)]
pub struct AreaColumn {
    column: NumberColumn,
    /// The file keeps numbers, not texts.
    numbers: bool,
    /// The habit that the first cell shows by the area drawn.
    shown: Option<Habit>,
    /// Another cell shows the other habit by the area drawn.
    contradicted: bool,
    /// A cell has two readings.
    is_open: bool,
}

impl AreaColumn {
    /// A column in which nothing was seen yet.
    pub fn new(numbers: bool) -> Self {
        let column = NumberColumn::new(Quantity::Area);
        Self { column, numbers, shown: None, contradicted: false, is_open: false }
    }

    /// Takes note of a cell and of the area drawn beside it.
    pub fn see(&mut self, feature: &str, text: &str, drawn: SquareMetres) {
        if self.numbers {
            return;
        }
        self.column.see(|| format!("feature {feature}"), text);
        let Ok(reading @ NumberReading::Either { .. }) = self.column.reading(text) else { return };
        self.is_open = true;
        let by_drawing = by_drawing(reading, drawn);
        self.contradicted |= by_drawing.is_some_and(|habit| self.shown.is_some_and(|shown| shown != habit));
        self.shown = self.shown.or(by_drawing);
    }

    /// Whether all cells that this column has seen read the same by a column that has seen fewer.
    pub fn agrees_with(&self, earlier: &Self) -> bool {
        let contradicts_itself = self.column.shown_by().is_some() && self.column.habit().is_none();
        (!self.is_open && !contradicts_itself)
            || (self.column == earlier.column && self.drawn() == earlier.drawn())
    }

    /// The habit that the drawn areas show.
    fn drawn(&self) -> Option<Habit> {
        self.shown.filter(|_| self.column.habit().is_none() && !self.contradicted)
    }

    /// The area in a cell, with or without its unit, beside the area that is drawn.
    ///
    /// # Errors
    /// Not a number, below zero, beyond any parcel; two readings of which nothing shows which is meant.
    pub fn area(&self, text: &str, drawn: SquareMetres) -> Result<SquareMetres, String> {
        let number = if self.numbers { of_number(text) } else { self.of_text(text, drawn) }?;
        if number.get() > LARGEST_M2 {
            return Err(format!("\"{text}\" m² is more than any parcel has"));
        }
        Ok(SquareMetres::new(number.get()))
    }

    fn of_text(&self, text: &str, drawn: SquareMetres) -> Result<Decimal, String> {
        let reading = self.column.reading(text).map_err(|why| in_words(text, &why))?;
        let NumberReading::Either { vietnamese, international } = reading else {
            return self.column.number(text).map_err(|why| in_words(text, &why));
        };
        let (by_column, by_drawing) = (self.column.habit().or(self.drawn()), by_drawing(reading, drawn));
        if let (Some(column), Some(drawing), Some((feature, other))) =
            (by_column, by_drawing, self.column.shown_by())
            && column != drawing
        {
            let (of_column, of_drawing) = if column == Habit::Vietnamese {
                (vietnamese, international)
            } else {
                (international, vietnamese)
            };
            return Err(format!(
                "\"{text}\" is {of_column} as {feature} writes numbers (\"{other}\"), but {of_drawing} by what is drawn, {} m²; write it without a separator between thousands",
                drawn.get()
            ));
        }
        match by_column.or(by_drawing) {
            Some(Habit::Vietnamese) => Ok(vietnamese),
            Some(Habit::International) => Ok(international),
            None => {
                let why = NumberReading::undecided(vietnamese, international, text);
                Err(format!("{why}; the drawn {} m² are neither", drawn.get()))
            }
        }
    }
}

/// A number as GDAL writes it.
fn of_number(text: &str) -> Result<Decimal, String> {
    let reading = NumberReading::of(text, Quantity::Area).map_err(|why| in_words(text, &why))?;
    reading.by(Habit::International).ok_or_else(|| format!("\"{text}\" is not an area in m²"))
}

/// Why a text is no area.
fn in_words(text: &str, why: &NumberError) -> String {
    match why {
        NumberError::NotANumber(_) => format!("\"{text}\" is not an area in m²"),
        NumberError::Negative(_) => format!("the area \"{text}\" is below zero"),
        why => why.to_string(),
    }
}

/// Which of two readings is the area that is drawn.
fn by_drawing(reading: NumberReading, drawn: SquareMetres) -> Option<Habit> {
    let NumberReading::Either { vietnamese, international } = reading else { return None };
    match (is_drawn(vietnamese.get(), drawn), is_drawn(international.get(), drawn)) {
        (true, false) => Some(Habit::Vietnamese),
        (false, true) => Some(Habit::International),
        _ => None,
    }
}

/// Reads a day: 2026-11-24, 24/11/2026, 24-11-2026, 24.11.2026 or a time stamp.
///
/// # Errors
/// Text for a person when the notation is another or the day is out of range.
pub fn day(text: &str) -> Result<Day, String> {
    let bare = text.trim().split([' ', 'T']).next().unwrap_or_default();
    let parts: Vec<&str> = bare.split(['-', '/', '.']).collect();
    let usual = match parts.as_slice() {
        [a, b, c] if a.len() <= 2 && c.len() == 4 => format!("{a}/{b}/{c}"),
        [a, b, c] => format!("{a}-{b}-{c}"),
        _ => bare.to_owned(),
    };
    Day::parse(&usual).map_err(|_| format!("\"{text}\" is not a date; write 2026-11-24 or 24/11/2026"))
}

/// Reads yes or no in both languages, as words, letters or digits.
///
/// # Errors
/// Text for a person when the value is neither yes nor no.
pub fn yes(text: &str) -> Result<bool, String> {
    match fold(text).as_str() {
        "1" | "true" | "yes" | "y" | "x" | "co" | "dung" | "trongdiem" => Ok(true),
        "0" | "false" | "no" | "n" | "" | "khong" | "sai" => Ok(false),
        _ => Err(format!("\"{text}\" is neither yes nor no")),
    }
}

/// Reads a code.
///
/// # Errors
/// See [`Code::new`].
pub fn code(text: &str) -> Result<Code, String> {
    Code::new(text).map_err(|e| e.to_string())
}

/// Land-use code in capitals without marks or blanks: NTĐ is written NTD.
pub fn land_use(text: &str) -> String {
    text.to_uppercase().replace('Đ', "D").split_whitespace().collect::<Vec<_>>().join("+")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Areas of cells, each with the area drawn.
    fn areas(cells: &[(&str, f64)]) -> Vec<Result<f64, String>> {
        let named: Vec<(String, &str, SquareMetres)> = (1..)
            .zip(cells)
            .map(|(n, (text, drawn)): (usize, _)| (n.to_string(), *text, SquareMetres::new(*drawn)))
            .collect();
        let cells = named.iter().map(|(feature, text, drawn)| (feature.as_str(), *text, *drawn));
        let mut column = AreaColumn::new(false);
        cells.clone().for_each(|(feature, text, drawn)| column.see(feature, text, drawn));
        cells.map(|(_, text, drawn)| column.area(text, drawn).map(SquareMetres::get)).collect()
    }

    #[test]
    fn a_clear_cell_decides_how_its_column_writes_areas() {
        assert_eq!(areas(&[("1.200", 9.0), ("250,5 m²", 9.0)]), [Ok(1200.0), Ok(250.5)]);
        assert_eq!(areas(&[("1.200", 9.0), ("250.5", 9.0)]), [Ok(1.2), Ok(250.5)]);
        assert!(areas(&[("250,5", 9.0), ("250.5", 9.0)]).iter().all(|area| {
            area.as_ref().is_err_and(|why| why.contains("feature 1") && why.contains("feature 2"))
        }));
        assert!(areas(&[("-3", 3.0), ("12 ha", 3.0), ("1e15", 3.0)]).iter().all(Result::is_err));
    }

    #[test]
    fn what_is_drawn_decides_where_no_cell_does() {
        assert_eq!(areas(&[("1.200", 1210.0), ("3.000", 9.0)]), [Ok(1200.0), Ok(3000.0)]);
        assert_eq!(areas(&[("1.204", 1.2), ("1200", 1210.0)]), [Ok(1.2), Ok(1200.0)]);
        let [Err(why)] = &areas(&[("1.200", 90.0)])[..] else { panic!("refused") };
        assert!(why.contains("can be read as 1200 or as 1.2") && why.contains("90 m²"), "{why}");
        let [Ok(_), Err(why)] = &areas(&[("250.5", 250.0), ("1.200", 1210.0)])[..] else { panic!("refused") };
        assert!(why.contains("feature 1") && why.contains("1.2 as") && why.contains("but 1200"), "{why}");
    }

    #[test]
    fn columns_of_numbers_need_no_habit() {
        let column = AreaColumn::new(true);
        let read = |text: &str| column.area(text, SquareMetres::ZERO).map(SquareMetres::get);
        assert_eq!((read("38.125"), read("1200"), read("1.5e+3")), (Ok(38.1), Ok(1200.0), Ok(1500.0)));
        assert!(read("-1.5").is_err() && read("nan").is_err());
    }

    #[test]
    fn days_are_read_in_all_usual_notations() {
        let expected = Day::parse("2026-11-04").unwrap();
        for text in
            ["2026-11-04", "04/11/2026", "4/11/2026", "2026/11/04", "04.11.2026", "2026-11-04T00:00:00"]
        {
            assert_eq!(day(text), Ok(expected), "{text}");
        }
        assert!(day("tháng 11").is_err());
    }

    #[test]
    fn land_uses_are_capitals_without_marks() {
        assert_eq!(land_use("ntđ"), "NTD");
        assert_eq!(land_use(" ont cln"), "ONT+CLN");
    }

    #[test]
    fn yes_and_no_have_many_words() {
        assert_eq!(yes("Có"), Ok(true));
        assert_eq!(yes("0"), Ok(false));
        assert!(yes("maybe").is_err());
    }
}
