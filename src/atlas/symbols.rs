//! Symbols: texts that repeat, kept once and named by a number.
//!
//! They lie in layers. Who adds to symbols that someone else reads begins a
//! layer where the last is too large to copy; loading all at once makes one.

use std::{collections::HashMap, sync::Arc};

/// Texts from which on a layer is not copied.
const LARGE: usize = 1024;

/// A table of distinct texts.
#[derive(Debug, Default, Clone)]
pub struct Symbols(Vec<Arc<Layer>>);

#[derive(Debug, Default, Clone)]
struct Layer {
    /// Number of the first.
    first: u32,
    texts: Vec<Box<str>>,
    numbers: HashMap<Box<str>, u32>,
}

impl Symbols {
    /// The number of `text`, new or known.
    pub fn intern(&mut self, text: &str) -> u32 {
        if let Some(number) = self.find(text) {
            return number;
        }
        let number = self.len() as u32;
        let full = |layer: &mut Arc<Layer>| layer.texts.len() >= LARGE && Arc::get_mut(layer).is_none();
        if self.0.last_mut().is_none_or(full) {
            self.0.push(Arc::new(Layer { first: number, ..Layer::default() }));
        }
        if let Some(layer) = self.0.last_mut().map(Arc::make_mut) {
            layer.texts.push(text.into());
            layer.numbers.insert(text.into(), number);
        }
        number
    }

    /// Takes in all texts of `other`; its numbers as they are here, by its numbers.
    pub(super) fn adopt(&mut self, other: &Self) -> Vec<u32> {
        (0..other.len() as u32).map(|number| self.intern(other.text(number))).collect()
    }

    /// The number of `text`, if it is known.
    pub fn find(&self, text: &str) -> Option<u32> {
        self.0.iter().find_map(|layer| layer.numbers.get(text)).copied()
    }

    /// The text with this number.
    pub fn text(&self, number: u32) -> &str {
        let layer = self.0.partition_point(|layer| layer.first <= number);
        let Some(layer) = layer.checked_sub(1).map(|at| &self.0[at]) else { return "" };
        layer.texts.get((number - layer.first) as usize).map_or("", |text| text)
    }

    /// Number of texts.
    pub fn len(&self) -> usize {
        self.0.last().map_or(0, |layer| layer.first as usize + layer.texts.len())
    }

    /// Whether there is no text.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes, roughly.
    pub fn bytes(&self) -> usize {
        self.0.iter().flat_map(|layer| &layer.texts).map(|text| text.len() * 2 + 64).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_of_strands_become_one_set() {
        let (mut all, mut other) = (Symbols::default(), Symbols::default());
        let (seven, eight) = (all.intern("7"), all.intern("8"));
        let (nine, again) = (other.intern("9"), other.intern("7"));
        let here = all.adopt(&other);
        assert_eq!(here[again as usize], seven);
        assert_eq!(all.text(here[nine as usize]), "9");
        assert_eq!((all.len(), all.text(eight)), (3, "8"));
    }

    #[test]
    fn who_reads_sees_nothing_of_what_is_added() {
        let mut all = Symbols::default();
        let mut seen = Vec::new();
        for number in 0..5000u32 {
            assert_eq!(all.intern(&number.to_string()), number);
            if number % 700 == 0 {
                seen.push((number, all.clone()));
            }
        }
        assert!(all.0.len() > 1);
        for (last, before) in seen {
            assert_eq!((before.len() as u32, before.find("4999")), (last + 1, None));
            assert_eq!((before.text(last), before.text(last + 1)), (&*last.to_string(), ""));
        }
        assert!((0..5000u32).all(|number| all.find(all.text(number)) == Some(number)));
    }
}
