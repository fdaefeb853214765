//! Invented holders. Any likeness to a real name is chance.

use rand::Rng;

const FAMILY: [&str; 12] =
    ["Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Ngô", "Dương", "Lại"];
const MIDDLE: [&str; 10] = ["Văn", "Thị", "Đức", "Hữu", "Minh", "Ngọc", "Quang", "Thanh", "Xuân", "Đình"];
const GIVEN: [&str; 24] = [
    "An", "Bình", "Chi", "Dũng", "Giang", "Hà", "Hải", "Hạnh", "Hiền", "Hòa", "Hùng", "Hương", "Khánh",
    "Lan", "Long", "Mai", "Nam", "Nga", "Phúc", "Quân", "Sơn", "Thảo", "Tuấn", "Yến",
];

/// A made-up holder; `number` keeps people of the same name apart.
pub fn holder(rng: &mut impl Rng, number: usize) -> String {
    let mut pick = |list: &[&'static str]| list[rng.random_range(0..list.len())];
    let (family, middle, given) = (pick(&FAMILY), pick(&MIDDLE), pick(&GIVEN));
    format!("{family} {middle} {given} (hộ minh họa số {number})")
}
