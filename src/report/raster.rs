//! Drawings as PNG, for formats that take no lines.

use skrifa::{
    MetadataProvider,
    instance::{LocationRef, Size},
    outline::{DrawSettings, OutlinePen},
};
use tiny_skia::{
    Color, FillRule, LineJoin, Mask, Paint as Brush, Path, PathBuilder, Pixmap, Rect, StrokeDash, Transform,
};

use super::{
    ReportError,
    fonts::{Cut, Face, faces, width},
    picture::{Anchor, Canvas, Colour, Paint, Shape, Trace},
};

/// Pixels for each unit of the drawing: 2 000 across a page.
const SHARPNESS: f32 = 2.0;

fn wrong(why: &str) -> ReportError {
    ReportError::Layout(why.to_owned())
}

/// The drawing as PNG on white.
pub fn png(canvas: &Canvas) -> Result<Vec<u8>, ReportError> {
    let [width, height] = canvas.size.map(|side| (side * f64::from(SHARPNESS)) as u32);
    let mut pixels = Pixmap::new(width, height).ok_or_else(|| wrong("the drawing has no size"))?;
    pixels.fill(Color::WHITE);
    let face = &faces().ok_or_else(|| wrong("the fonts can't be read"))?[Cut::Regular as usize];
    let mut cut: Option<Mask> = None;
    for shape in &canvas.shapes {
        match shape {
            Shape::Path(traces, paint) => path(&mut pixels, traces, *paint, cut.as_ref()),
            Shape::Text { at, size, anchor, colour, text } => {
                letters(&mut pixels, face, (*at, *size, *anchor), *colour, text, cut.as_ref());
            }
            Shape::Clip([left, top, across, down]) => {
                let mut mask = Mask::new(width, height).ok_or_else(|| wrong("the drawing has no size"))?;
                let rect =
                    Rect::from_xywh(*left, *top, *across, *down).ok_or_else(|| wrong("nothing is left"))?;
                mask.fill_path(&PathBuilder::from_rect(rect), FillRule::Winding, true, scaled());
                cut = Some(mask);
            }
            Shape::Unclip => cut = None,
        }
    }
    pixels.encode_png().map_err(|error| wrong(&error.to_string()))
}

fn scaled() -> Transform {
    Transform::from_scale(SHARPNESS, SHARPNESS)
}

fn brush(Colour([red, green, blue]): Colour, opacity: f32) -> Brush<'static> {
    let mut brush = Brush::default();
    brush.set_color_rgba8(red, green, blue, (opacity * 255.0).round() as u8);
    brush
}

fn outline(traces: &[Trace]) -> Option<Path> {
    let mut path = PathBuilder::new();
    for trace in traces {
        let (first, others) = trace.points.split_first()?;
        path.move_to(first[0], first[1]);
        others.iter().for_each(|point| path.line_to(point[0], point[1]));
        if trace.closed {
            path.close();
        }
    }
    path.finish()
}

fn path(pixels: &mut Pixmap, traces: &[Trace], paint: Paint, cut: Option<&Mask>) {
    let Some(outline) = outline(traces) else { return };
    if let Some((colour, opacity)) = paint.fill {
        pixels.fill_path(&outline, &brush(colour, opacity), FillRule::EvenOdd, scaled(), cut);
    }
    if let Some(stroke) = paint.stroke {
        let how = tiny_skia::Stroke {
            width: stroke.width,
            line_join: LineJoin::Miter,
            dash: stroke.dash.and_then(|dash| StrokeDash::new(dash.to_vec(), 0.0)),
            ..tiny_skia::Stroke::default()
        };
        pixels.stroke_path(&outline, &brush(stroke.colour, 1.0), &how, scaled(), cut);
    }
}

/// A glyph's outline, where it stands, turned with y down.
struct Tracer {
    path: PathBuilder,
    at: [f32; 2],
}

impl Tracer {
    fn point(&self, x: f32, y: f32) -> [f32; 2] {
        [self.at[0] + x, self.at[1] - y]
    }
}

impl OutlinePen for Tracer {
    fn move_to(&mut self, x: f32, y: f32) {
        let [x, y] = self.point(x, y);
        self.path.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let [x, y] = self.point(x, y);
        self.path.line_to(x, y);
    }

    fn quad_to(&mut self, cx0: f32, cy0: f32, x: f32, y: f32) {
        let ([cx, cy], [x, y]) = (self.point(cx0, cy0), self.point(x, y));
        self.path.quad_to(cx, cy, x, y);
    }

    fn curve_to(&mut self, cx0: f32, cy0: f32, cx1: f32, cy1: f32, x: f32, y: f32) {
        let ([ax, ay], [bx, by], [x, y]) = (self.point(cx0, cy0), self.point(cx1, cy1), self.point(x, y));
        self.path.cubic_to(ax, ay, bx, by, x, y);
    }

    fn close(&mut self) {
        self.path.close();
    }
}

fn letters(
    pixels: &mut Pixmap,
    face: &Face,
    (at, size, anchor): ([f32; 2], f32, Anchor),
    colour: Colour,
    text: &str,
    cut: Option<&Mask>,
) {
    let glyphs = face.glyphs(&face.showable(text));
    let whole = width(&glyphs) * size;
    let back = match anchor {
        Anchor::Start => 0.0,
        Anchor::Middle => whole / 2.0,
        Anchor::End => whole,
    };
    let outlines = face.font.outline_glyphs();
    let mut tracer = Tracer { path: PathBuilder::new(), at: [at[0] - back, at[1]] };
    let mut x = tracer.at[0];
    for glyph in &glyphs {
        tracer.at = [x + glyph.offset[0] * size, at[1] - glyph.offset[1] * size];
        if let Some(one) = outlines.get(skrifa::GlyphId::new(glyph.id)) {
            // A letter without an outline, such as a space, leaves nothing.
            let _ = one.draw(DrawSettings::unhinted(Size::new(size), LocationRef::default()), &mut tracer);
        }
        x += glyph.advance * size;
    }
    if let Some(outline) = tracer.path.finish() {
        pixels.fill_path(&outline, &brush(colour, 1.0), FillRule::Winding, scaled(), cut);
    }
}
