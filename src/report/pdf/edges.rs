//! What stands at the top and bottom of each page: its number, and which ledger its figures are from.

use super::{
    flow::{BLACK, BOTTOM, FIELD, Flow, Ink, Item, LEFT, MM, PAGE, RIGHT, TOP},
    lines::{Letters, lines},
};
use crate::report::{Document, ReportError, fonts::Cut, picture::Colour};

const GREY: Colour = Colour([0x55, 0x60, 0x70]);

/// Puts number and footer on each page.
pub fn put(flow: &mut Flow, document: &Document) -> Result<(), ReportError> {
    let all = flow.pages.len();
    let small = Letters::new(Cut::Regular, 7.5).tight(0.4);
    let slanted = Letters::new(Cut::Italic, 7.5).tight(0.4);
    for (at, page) in flow.pages.iter_mut().enumerate() {
        // The number stands at the top, from the second page on.
        if at > 0 {
            let set = Letters::new(Cut::Regular, 13.0);
            for line in lines(&(at + 1).to_string(), set, FIELD, 0.0)? {
                let point = [(LEFT + RIGHT - line.width) / 2.0, TOP * 0.7];
                page.push(Item { at: point, ink: Ink::Text(line, 0.0, BLACK), read: false });
            }
        }
        let mut top = BOTTOM + (PAGE[1] - BOTTOM) * 0.3;
        let rule = Ink::Rule([RIGHT, top], 0.4, GREY);
        page.push(Item { at: [LEFT, top], ink: rule, read: false });
        top += 1.2 * MM;
        let number = lines(&format!("{}/{all}", at + 1), small, FIELD, 0.0)?;
        let wide = number.first().map_or(0.0, |line| line.width);
        let (capital, pitch) = (small.capital()?, small.pitch()?);
        for line in number {
            let point = [RIGHT - line.width, top + capital];
            page.push(Item { at: point, ink: Ink::Text(line, 0.0, GREY), read: false });
        }
        let room = FIELD - wide - 4.0 * MM;
        let mut left = lines(&document.footer, small, room, 0.0)?;
        if let Some(illustration) = &document.illustration {
            left.extend(lines(illustration, slanted, room, 0.0)?);
        }
        for (row, line) in left.into_iter().enumerate() {
            let point = [LEFT, top + capital + row as f32 * pitch];
            page.push(Item { at: point, ink: Ink::Text(line, 0.0, GREY), read: false });
        }
    }
    Ok(())
}
