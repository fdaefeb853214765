//! A column of numbers, whose cells decide together how each is read.

use super::{Decimal, Habit, NumberError, NumberReading, Quantity, shortened};

/// A column of numbers: all its cells are written by one habit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NumberColumn {
    quantity: Quantity,
    /// The first cell that is a number by this habit only, and where it stands.
    vietnamese: Option<(String, String)>,
    international: Option<(String, String)>,
    /// Texts of cells may be numbers that the file keeps as numbers.
    mixed: bool,
}

impl NumberColumn {
    /// A column in which nothing was seen yet.
    pub fn new(quantity: Quantity) -> Self {
        Self { quantity, ..Self::default() }
    }

    /// The column of a spreadsheet in which numbers and texts stand: of the
    /// numbers there come texts with a decimal dot, whatever the habit of the others.
    #[must_use]
    pub fn mixed(self) -> Self {
        Self { mixed: true, ..self }
    }

    /// Takes note of a cell at `place`, such as "row 3".
    pub fn see(&mut self, source: impl FnOnce() -> String, text: &str) {
        if self.may_be_number(text) {
            return;
        }
        let Ok(NumberReading::Only(habit, _)) = NumberReading::of(text, self.quantity) else { return };
        let first = match habit {
            Habit::Vietnamese => &mut self.vietnamese,
            Habit::International => &mut self.international,
        };
        if first.is_none() {
            *first = Some((source(), text.trim().to_owned()));
        }
    }

    /// The habit of the column; none if no cell shows it, or cells contradict each other.
    pub fn habit(&self) -> Option<Habit> {
        match (&self.vietnamese, &self.international) {
            (Some(_), None) => Some(Habit::Vietnamese),
            (None, Some(_)) => Some(Habit::International),
            _ => None,
        }
    }

    /// Where the cell stands that shows the habit, and its text.
    pub fn shown_by(&self) -> Option<&(String, String)> {
        self.vietnamese.as_ref().or(self.international.as_ref())
    }

    /// What a cell of this column may mean, once all were seen.
    ///
    /// # Errors
    /// As `Reading::of`; a cell that shows one habit where another shows the other.
    pub fn reading(&self, text: &str) -> Result<NumberReading, NumberError> {
        let reading = NumberReading::of(text, self.quantity)?;
        match (reading, &self.vietnamese, &self.international) {
            (NumberReading::Only(..), Some(a), Some(b)) if [a.1.as_str(), &b.1].contains(&text.trim()) => {
                let [a_text, b_text] = [&a.1, &b.1].map(|text| shortened(text));
                Err(NumberError::TwoHabits(a.0.clone(), a_text, b.0.clone(), b_text))
            }
            _ => Ok(reading),
        }
    }

    /// The number that a cell of this column means, once all were seen.
    ///
    /// ```
    /// use matbang::domain::{NumberColumn, Quantity};
    ///
    /// let mut column = NumberColumn::new(Quantity::Area);
    /// column.see(|| "row 1".to_owned(), "1.200");
    /// // Nothing tells whether this is one square metre or twelve hundred.
    /// assert!(column.number("1.200").is_err());
    /// column.see(|| "row 2".to_owned(), "1.234,5");
    /// assert_eq!(column.number("1.200")?.get(), 1200.0);
    /// # Ok::<(), matbang::domain::NumberError>(())
    /// ```
    ///
    /// # Errors
    /// As [`NumberColumn::reading`]; a cell with two readings in a column that shows no habit.
    pub fn number(&self, text: &str) -> Result<Decimal, NumberError> {
        match (self.reading(text)?, self.habit_for(text)) {
            (NumberReading::Plain(number) | NumberReading::Only(_, number), _) => Ok(number),
            (NumberReading::Either { vietnamese, .. }, Some(Habit::Vietnamese)) => Ok(vietnamese),
            (NumberReading::Either { international, .. }, Some(Habit::International)) => Ok(international),
            (NumberReading::Either { vietnamese, international }, None) => {
                Err(NumberReading::undecided(vietnamese, international, text))
            }
        }
    }

    fn habit_for(&self, text: &str) -> Option<Habit> {
        self.habit().filter(|_| !self.may_be_number(text))
    }

    /// Numbers of a spreadsheet come without trailing zeros: 38.125 may be one, 38.120 is a text.
    fn may_be_number(&self, text: &str) -> bool {
        let text = text.trim();
        let decimals = text.split_once('.').map(|(_, decimals)| decimals);
        let written = |decimals: &str| !decimals.ends_with('0') && !decimals.contains('.');
        self.mixed && decimals.is_some_and(written)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(cells: &[&str]) -> Vec<Result<String, &'static str>> {
        let mut column = NumberColumn::new(Quantity::Money);
        for (row, cell) in (2..).zip(cells) {
            column.see(|| format!("row {row}"), cell);
        }
        cells.iter().map(|cell| column.number(cell).map(|n| n.to_string()).map_err(|e| e.code())).collect()
    }

    #[test]
    fn one_clear_cell_decides_the_column() {
        let ok = |texts: &[&str]| texts.iter().map(|text| Ok((*text).to_owned())).collect::<Vec<_>>();
        assert_eq!(read(&["1.200", "1.200,0", "1200"]), ok(&["1200", "1200", "1200"]));
        assert_eq!(read(&["1.200", "2,500.5", "1200"]), ok(&["1.2", "2500.5", "1200"]));
        assert_eq!(read(&["500.000", "1.250.000"]), ok(&["500000", "1250000"]));
        assert_eq!(read(&["1.200", "1 200"]), [Err("ambiguous_number"), Ok("1200".to_owned())]);
    }

    #[test]
    fn two_cells_that_contradict_each_other_are_both_named() {
        let cells = ["1.200.000", "500", "1500000.00"];
        assert_eq!(read(&cells), [Err("two_habits"), Ok("500".to_owned()), Err("two_habits")]);
        let mut column = NumberColumn::new(Quantity::Money);
        (2..).zip(cells).for_each(|(row, cell)| column.see(|| format!("row {row}"), cell));
        let why = column.number(cells[0]).unwrap_err().to_string();
        assert!(why.contains("row 2 has \"1.200.000\"") && why.contains("row 4 has \"1500000.00\""), "{why}");
    }

    #[test]
    fn a_number_among_the_texts_of_a_spreadsheet_stays_a_number_or_is_asked_about() {
        let mut column = NumberColumn::new(Quantity::Money).mixed();
        for cell in ["1.200.000", "1500000.5", "38.125", "38.120"] {
            column.see(String::new, cell);
        }
        let read = |cell: &str| column.number(cell).map(|n| n.to_string()).map_err(|e| e.code());
        assert_eq!(read("1500000.5"), Ok("1500000.5".to_owned()));
        assert_eq!(read("38.125"), Err("ambiguous_number"));
        assert_eq!(read("38.120"), Ok("38120".to_owned()));
    }

    /// `digits` in groups of three, parted by `mark`.
    fn groups(digits: u64, mark: char) -> String {
        let plain = digits.to_string();
        let mut text = String::new();
        for (index, digit) in plain.char_indices() {
            if index > 0 && (plain.len() - index).is_multiple_of(3) {
                text.push(mark);
            }
            text.push(digit);
        }
        text
    }

    proptest! {
        #[test]
        fn an_amount_in_groups_reads_back_in_either_habit(amount in 1_000_000_u64..1_000_000_000_000_000) {
            for mark in ['.', ',', ' ', '\u{a0}', '\u{202f}'] {
                let text = groups(amount, mark);
                prop_assert_eq!(read(&[&text]), [Ok(amount.to_string())]);
                prop_assert_eq!(read(&[&format!("{text} đồng")]), [Ok(amount.to_string())]);
                let decimals = if mark == '.' { ',' } else { '.' };
                prop_assert_eq!(read(&[&format!("{text}{decimals}00")]), [Ok(amount.to_string())]);
            }
        }

        #[test]
        fn a_single_separator_before_three_digits_is_refused_with_both_readings(
            amount in 1_000_u64..1_000_000, mark in prop::sample::select(vec!['.', ',']),
        ) {
            let text = groups(amount, mark);
            let why = NumberColumn::new(Quantity::Money).number(&text).unwrap_err();
            let decimal = format!("{}.{:03}", amount / 1000, amount % 1000);
            let decimal = decimal.trim_end_matches('0').trim_end_matches('.').to_owned();
            prop_assert_eq!(why.readings(), [amount.to_string(), decimal.clone()]);
            let message = why.to_string();
            prop_assert!(message.contains(&amount.to_string()) && message.contains(&decimal), "{}", message);
            // What the message tells to write is read as that.
            let advice = message.rsplit(": ").next().unwrap().split(", or ").map(str::to_owned);
            let advised: Vec<_> = advice.flat_map(|text| read(&[&text])).collect();
            prop_assert_eq!(advised, [Ok(amount.to_string()), Ok(decimal)]);
        }

        #[test]
        fn any_number_in_a_column_that_shows_its_habit_reads_back(
            whole in 0_u64..1_000_000_000_000, cents in 0_u32..1000, decimals in 1_usize..4,
        ) {
            let cents = u64::from(cents) % 10_u64.pow(decimals as u32);
            let decimal = Decimal::new(u128::from(whole) * 10_u128.pow(decimals as u32) + u128::from(cents), decimals as u32);
            for (mark, point, shown) in [('.', ',', "0,5"), (',', '.', "0.5")] {
                let text = format!("{}{point}{cents:0decimals$}", groups(whole, mark));
                let mut column = NumberColumn::new(Quantity::Area);
                column.see(String::new, shown);
                column.see(String::new, &text);
                prop_assert_eq!(column.number(&text), Ok(decimal), "{}", text);
            }
        }
    }
}
