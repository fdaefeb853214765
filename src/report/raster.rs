//! Drawings as PNG, for formats that take no SVG.

use std::sync::{Arc, LazyLock};

use resvg::{
    tiny_skia::{Pixmap, Transform},
    usvg::{Options, Tree, fontdb},
};

use super::{ReportError, pdf::FONTS};

/// Pixels for each unit of the drawing: 2 000 across a page.
const SHARPNESS: f32 = 2.0;

static FONT_BASE: LazyLock<Arc<fontdb::Database>> = LazyLock::new(|| {
    let mut base = fontdb::Database::new();
    FONTS.into_iter().for_each(|font| base.load_font_data(font.to_vec()));
    Arc::new(base)
});

/// The drawing as PNG on white.
pub fn png(svg: &str) -> Result<Vec<u8>, ReportError> {
    let wrong = |why: String| ReportError::Layout(why);
    let options = Options { fontdb: Arc::clone(&FONT_BASE), ..Options::default() };
    let tree = Tree::from_str(svg, &options).map_err(|error| wrong(error.to_string()))?;
    let size = tree.size();
    let (width, height) = ((size.width() * SHARPNESS) as u32, (size.height() * SHARPNESS) as u32);
    let mut pixels = Pixmap::new(width, height).ok_or_else(|| wrong("the drawing has no size".to_owned()))?;
    pixels.fill(resvg::tiny_skia::Color::WHITE);
    resvg::render(&tree, Transform::from_scale(SHARPNESS, SHARPNESS), &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| wrong(error.to_string()))
}
