//! From laid-out pages to the file, by `krilla`.

use krilla::{
    Document as File,
    color::rgb,
    configure::{Accessibility, ConfigurationBuilder},
    destination::XyzDestination,
    geom::{Path, PathBuilder, Point, Rect, Transform},
    metadata::Metadata,
    num::NormalizedF32,
    outline::{Outline, OutlineNode},
    page::PageSettings,
    paint::{Fill, FillRule, LineJoin, Stroke, StrokeDash},
    surface::Surface,
    tagging::{Artifact, ArtifactType, ContentTag, Identifier, SpanTag},
    text::{Font, GlyphId, KrillaGlyph},
};

use super::{
    flow::{Flow, Ink, Item, PAGE},
    lines::{Letters, Line, lines},
};
use crate::report::{
    Document, ReportError,
    fonts::{Cut, faces},
    picture::{Anchor, Canvas, Colour, Paint, Shape, Trace},
};

fn wrong(why: impl std::fmt::Debug) -> ReportError {
    ReportError::Layout(format!("{why:?}"))
}

/// The file: PDF 1.7, with tags after PDF/UA-1.
pub fn write(flow: &Flow, document: &Document) -> Result<Vec<u8>, ReportError> {
    let configuration = ConfigurationBuilder::new().with_accessibility_validator(Accessibility::UA1);
    let settings = krilla::SerializeSettings {
        configuration: configuration.finish().map_err(wrong)?,
        ..krilla::SerializeSettings::default()
    };
    let fonts = faces().ok_or_else(|| ReportError::Layout("the fonts can't be read".to_owned()))?;
    let fonts = fonts.each_ref().map(|face| Font::new(face.data.into(), 0));
    let [Some(regular), Some(bold), Some(italic), Some(bold_italic)] = fonts else {
        return Err(ReportError::Layout("the fonts can't be read".to_owned()));
    };
    let pen = Pen { fonts: [regular, bold, italic, bold_italic] };
    let mut file = File::new_with(settings);
    let mut drawn = Vec::new();
    for items in &flow.pages {
        let size = PageSettings::from_wh(PAGE[0], PAGE[1]).ok_or_else(|| wrong("the page has no size"))?;
        let mut page = file.start_page_with(size);
        let mut surface = page.surface();
        drawn.push(items.iter().map(|item| pen.item(&mut surface, item)).collect::<Result<Vec<_>, _>>()?);
        surface.finish();
        page.finish();
    }
    let language = document.language.code();
    file.set_tag_tree(flow.tree.tags(&mut drawn, language));
    let mut outline = Outline::new();
    for mark in &flow.marks {
        let there = XyzDestination::new(mark.page, Point::from_xy(0.0, mark.y));
        outline.push_child(OutlineNode::new(mark.text.clone(), there));
    }
    file.set_outline(outline);
    let title = document.title[1].clone();
    file.set_metadata(
        Metadata::new().title(title).language(language.to_owned()).creator("Matbang".to_owned()),
    );
    file.finish().map_err(wrong)
}

struct Pen {
    fonts: [Font; 4],
}

impl Pen {
    fn item(&self, surface: &mut Surface, item: &Item) -> Result<Option<Identifier>, ReportError> {
        let tag = match (item.read, &item.ink) {
            (false, _) => ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)),
            (true, Ink::Text(..)) => ContentTag::Span(SpanTag::empty()),
            (true, _) => ContentTag::Other,
        };
        let identifier = surface.start_tagged(tag);
        match &item.ink {
            Ink::Text(line, stretch, colour) => self.text(surface, item.at, line, *stretch, *colour),
            Ink::Rule(to, width, colour) => {
                let trace = Trace { points: vec![item.at, *to], closed: false };
                path(surface, &[trace], Paint::line(*colour, *width));
            }
            Ink::Drawing(canvas, scale) => self.drawing(surface, item.at, canvas, *scale)?,
        }
        surface.end_tagged();
        Ok(item.read.then_some(identifier))
    }

    fn text(&self, surface: &mut Surface, [x, y]: [f32; 2], line: &Line, stretch: f32, colour: Colour) {
        let size = line.set.size;
        let inner = line.glyphs.len() - line.trailing();
        let glyphs = line.glyphs.iter().enumerate().map(|(at, glyph)| {
            let wider = if at < inner && line.is_space(glyph) { stretch / size } else { 0.0 };
            KrillaGlyph {
                glyph_id: GlyphId::new(glyph.id),
                text_range: glyph.bytes.clone(),
                x_advance: glyph.advance + wider,
                x_offset: glyph.offset[0],
                y_offset: glyph.offset[1],
                y_advance: 0.0,
                location: None,
            }
        });
        let glyphs: Vec<KrillaGlyph> = glyphs.collect();
        surface.set_stroke(None);
        surface.set_fill(Some(fill(colour, 1.0)));
        let font = self.fonts[line.set.cut as usize].clone();
        surface.draw_glyphs(Point::from_xy(x, y), &glyphs, font, &line.text, size, false);
    }

    fn drawing(
        &self,
        surface: &mut Surface,
        [x, y]: [f32; 2],
        canvas: &Canvas,
        scale: f32,
    ) -> Result<(), ReportError> {
        surface.push_transform(&Transform::from_row(scale, 0.0, 0.0, scale, x, y));
        let mut cut = 0;
        for shape in &canvas.shapes {
            match shape {
                Shape::Path(traces, paint) => path(surface, traces, *paint),
                Shape::Text { at, size, anchor, colour, text } => {
                    for line in lines(text, Letters::new(Cut::Regular, *size), f32::MAX, 0.0)? {
                        let back = match anchor {
                            Anchor::Start => 0.0,
                            Anchor::Middle => line.width / 2.0,
                            Anchor::End => line.width,
                        };
                        self.text(surface, [at[0] - back, at[1]], &line, 0.0, *colour);
                    }
                }
                Shape::Clip([left, top, width, height]) => {
                    let mut edge = PathBuilder::new();
                    edge.push_rect(
                        Rect::from_xywh(*left, *top, *width, *height).ok_or_else(|| wrong(shape))?,
                    );
                    let edge = edge.finish().ok_or_else(|| wrong(shape))?;
                    surface.push_clip_path(&edge, &FillRule::NonZero);
                    cut += 1;
                }
                Shape::Unclip if cut > 0 => {
                    surface.pop();
                    cut -= 1;
                }
                Shape::Unclip => {}
            }
        }
        (0..=cut).for_each(|_| surface.pop());
        Ok(())
    }
}

fn fill(Colour([red, green, blue]): Colour, opacity: f32) -> Fill {
    Fill {
        paint: rgb::Color::new(red, green, blue).into(),
        opacity: NormalizedF32::new(opacity).unwrap_or(NormalizedF32::ONE),
        rule: FillRule::EvenOdd,
    }
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

fn path(surface: &mut Surface, traces: &[Trace], paint: Paint) {
    let Some(outline) = outline(traces) else { return };
    surface.set_fill(paint.fill.map(|(colour, opacity)| fill(colour, opacity)));
    surface.set_stroke(paint.stroke.map(|stroke| Stroke {
        paint: rgb::Color::new(stroke.colour.0[0], stroke.colour.0[1], stroke.colour.0[2]).into(),
        width: stroke.width,
        line_join: LineJoin::Miter,
        dash: stroke.dash.map(|dash| StrokeDash { array: dash.to_vec(), offset: 0.0 }),
        ..Stroke::default()
    }));
    surface.draw_path(&outline);
}
