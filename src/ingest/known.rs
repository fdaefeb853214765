//! Parcels that come twice: keys by their hashes, so that a million of them take some fifty megabytes.

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
};

use crate::domain::ParcelKey;

/// A key's 96 bits, and the number of the parcel that had it first. Keys of the hashes are drawn anew for each file:
/// among a million parcels two fall together once in 10^17 files, and no file can be made so that they do.
#[derive(Debug, Default)]
pub struct Known {
    numbers: HashMap<[u32; 3], u32>,
    hashers: [RandomState; 2],
}

impl Known {
    /// The number of the parcel that had this key first, if there is one; else that of this one, `number`, is kept.
    pub fn first(&mut self, key: &ParcelKey, number: u32) -> Option<u32> {
        let parts = (key.project.as_str(), key.unit.as_str(), key.sheet.as_str(), key.number.as_str());
        let [a, b] = self.hashers.each_ref().map(|hasher| hasher.hash_one(parts));
        match self.numbers.entry([a as u32, (a >> 32) as u32, b as u32]) {
            std::collections::hash_map::Entry::Occupied(first) => Some(*first.get()),
            std::collections::hash_map::Entry::Vacant(room) => {
                room.insert(number);
                None
            }
        }
    }
}

/// Names of features by the number of their parcel: most are numbers themselves.
#[derive(Debug, Default)]
pub struct FeatureNames {
    /// Numbers of features in the file; of others the place of their name, with the top bit set.
    numbers: Vec<u32>,
    others: Vec<String>,
}

const OTHER: u32 = 1 << 31;

impl FeatureNames {
    /// Adds the name of the next parcel's feature.
    pub fn push(&mut self, name: &str) {
        let number =
            name.parse::<u32>().ok().filter(|number| *number < OTHER && !name.starts_with(['0', '+']));
        let number = number.or((name == "0").then_some(0));
        self.numbers.push(number.unwrap_or_else(|| {
            self.others.push(name.to_owned());
            OTHER | (self.others.len() - 1) as u32
        }));
    }

    /// Number of names.
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// The name of a parcel's feature.
    pub fn get(&self, parcel: u32) -> String {
        match self.numbers.get(parcel as usize) {
            Some(number) if number & OTHER == 0 => number.to_string(),
            Some(other) => self.others.get((other & !OTHER) as usize).cloned().unwrap_or_default(),
            None => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Code;

    #[test]
    fn a_key_is_known_again_and_a_name_comes_back() {
        let key = |number: &str| ParcelKey {
            project: Code::new("P").unwrap(),
            unit: Code::new("13285").unwrap(),
            sheet: "1".into(),
            number: number.into(),
        };
        let mut known = Known::default();
        assert_eq!((known.first(&key("1"), 0), known.first(&key("2"), 1)), (None, None));
        assert_eq!((known.first(&key("1"), 2), known.first(&key("2"), 3)), (Some(0), Some(1)));
        let mut names = FeatureNames::default();
        let all = ["0", "12", "007", "+7", "4294967295", "face 3 at 1, 2", ""];
        all.iter().for_each(|name| names.push(name));
        let back: Vec<String> = (0..all.len() as u32).map(|number| names.get(number)).collect();
        assert_eq!((back, names.len()), (all.map(str::to_owned).to_vec(), 7));
    }
}
