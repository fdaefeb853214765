//! Numbers as base-128 varints (Protocol Buffers, "Encoding"), written into room that is made once.

/// Bytes that the longest number takes.
const LONGEST: usize = 5;

/// Varints side by side; the room is kept when they are forgotten.
#[derive(Debug, Default)]
pub struct Packed {
    room: Vec<u8>,
    len: usize,
}

impl Packed {
    /// Forgets what is written and makes room for so many numbers.
    pub fn begin(&mut self, numbers: usize) {
        self.len = 0;
        self.reserve(numbers);
    }

    /// Makes room for so many numbers more.
    pub fn reserve(&mut self, numbers: usize) {
        let needed = self.len + numbers * LONGEST;
        if self.room.len() < needed {
            self.room.resize(needed, 0);
        }
    }

    /// Writes a number; room must have been made for it.
    #[inline]
    pub fn put(&mut self, mut number: u32) {
        let at = self.len;
        if number < 0x80 {
            self.room[at] = number as u8;
            self.len = at + 1;
        } else if number < 0x4000 {
            self.room[at..at + 2].copy_from_slice(&[number as u8 | 0x80, (number >> 7) as u8]);
            self.len = at + 2;
        } else {
            while number >= 0x80 {
                self.room[self.len] = number as u8 | 0x80;
                self.len += 1;
                number >>= 7;
            }
            self.room[self.len] = number as u8;
            self.len += 1;
        }
    }

    /// What is written.
    pub fn bytes(&self) -> &[u8] {
        &self.room[..self.len]
    }
}

/// Writes a number behind `out`.
pub fn varint(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Bytes of a number: ⌈bits / 7⌉ without a division.
pub fn varint_len(number: u64) -> usize {
    (64 - (number | 1).leading_zeros() as usize) * 9 / 64 + 1
}

/// Small numbers for those near zero on both sides.
pub fn zigzag(number: i32) -> u32 {
    ((number << 1) ^ (number >> 31)).cast_unsigned()
}

/// The same of long numbers.
pub fn zigzag_long(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)).cast_unsigned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_take_as_many_bytes_as_was_reckoned_and_are_the_same_both_ways() {
        let mut packed = Packed::default();
        for bits in 0..64 {
            for number in [(1u64 << bits) - 1, 1 << bits] {
                let mut out = Vec::new();
                varint(&mut out, number);
                assert_eq!(varint_len(number), out.len(), "{number}");
                if let Ok(short) = u32::try_from(number) {
                    packed.begin(2);
                    packed.put(short);
                    packed.put(short);
                    assert_eq!(packed.bytes(), [&out[..], &out[..]].concat(), "{number}");
                }
            }
        }
    }

    #[test]
    fn what_is_near_zero_is_small() {
        assert_eq!([0, -1, 1, -2, i32::MIN].map(zigzag), [0, 1, 2, 3, u32::MAX]);
        assert_eq!([0, -1, i64::MIN].map(zigzag_long), [0, 1, u64::MAX]);
    }
}
