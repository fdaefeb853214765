//! Numbers as people write them.
#![no_main]
#![allow(clippy::expect_used, missing_docs, reason = "a target ends by panicking")]

use libfuzzer_sys::fuzz_target;
use matbang::domain::{Decimal, Habit, NumberColumn, NumberReading, Quantity};

fuzz_target!(|texts: Vec<String>| {
    for quantity in [Quantity::Count, Quantity::Money, Quantity::Area] {
        let mut column = NumberColumn::new(quantity);
        texts.iter().for_each(|text| column.see(String::new, text));
        for text in &texts {
            if let Ok(reading) = NumberReading::of(text, quantity) {
                for habit in [Habit::Vietnamese, Habit::International] {
                    let Some(number) = reading.by(habit) else { continue };
                    // Written plainly it is the same number by any habit.
                    let plain = number.to_string();
                    let again = Decimal::of_text(&plain);
                    assert!(
                        again.as_ref().is_ok_and(|again| again.get().to_bits() == number.get().to_bits())
                            || again
                                .is_err_and(|why| !why.readings().is_empty() || why.code() == "too_large"),
                        "{text} is {plain}"
                    );
                }
            }
            drop(column.number(text));
        }
    }
});
