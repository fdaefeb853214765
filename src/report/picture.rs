//! What drawings share: colours, and a sheet on which lines, areas and texts are put. How they come onto paper or
//! into a picture of pixels, `pdf` and `raster` know.

use serde::{Deserialize, Deserializer, de::Error as _};

use super::ReportError;
use crate::domain::unhex;

/// A colour: red, green, blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour(pub [u8; 3]);

impl<'de> Deserialize<'de> for Colour {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = text.strip_prefix('#').and_then(unhex);
        bytes.map(Self).ok_or_else(|| D::Error::custom(format!("\"{text}\" is no colour as in #1a2b3c")))
    }
}

/// Colours of `data/palette.json`, those of paper: it is light.
#[derive(Debug, Clone, Deserialize)]
pub struct Palette {
    /// By where a parcel stands.
    pub stages: [Colour; 10],
    /// By fifths of the share.
    pub progress: [Colour; 5],
    /// What depends on the ground.
    pub light: Ground,
}

/// Colours on light ground.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ground {
    pub boundary: Colour,
    pub project_edge: Colour,
    pub land: Colour,
    pub ink: Colour,
    pub ink_soft: Colour,
    pub line: Colour,
    pub curve: Colour,
    pub accent: Colour,
}

const PALETTE: &str = include_str!("../../data/palette.json");

impl Palette {
    /// The colours that come with the program.
    pub fn load() -> Result<Self, ReportError> {
        let wrong = |error: serde_json::Error| ReportError::Words {
            file: "data/palette.json".to_owned(),
            why: error.to_string(),
        };
        serde_json::from_str(PALETTE).map_err(wrong)
    }
}

/// A line through points; an area's edge where it is closed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Trace {
    /// Points, in units of the sheet, x to the right and y down.
    pub points: Vec<[f32; 2]>,
    /// From the last point back to the first.
    pub closed: bool,
}

/// How a line is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stroke {
    /// Colour.
    pub colour: Colour,
    /// Width, in units of the sheet.
    pub width: f32,
    /// Lengths of what is drawn and left out, in turn.
    pub dash: Option<[f32; 2]>,
}

/// How an outline is painted; nothing where there is nothing.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Paint {
    /// Colour and opacity, 0 … 1, of what lies within; holes stay empty.
    pub fill: Option<(Colour, f32)>,
    /// The line around it.
    pub stroke: Option<Stroke>,
}

impl Paint {
    /// Filled with a colour.
    pub fn filled(colour: Colour) -> Self {
        Self { fill: Some((colour, 1.0)), stroke: None }
    }

    /// Filled with a colour that lets through what is below.
    pub fn veil(colour: Colour, opacity: f32) -> Self {
        Self { fill: Some((colour, opacity)), stroke: None }
    }

    /// A line alone.
    pub fn line(colour: Colour, width: f32) -> Self {
        Self::default().edged(colour, width)
    }

    /// With a line around.
    pub fn edged(self, colour: Colour, width: f32) -> Self {
        Self { stroke: Some(Stroke { colour, width, dash: None }), ..self }
    }

    /// Its line in dashes.
    pub fn dashed(self, on: f32, off: f32) -> Self {
        Self { stroke: self.stroke.map(|stroke| Stroke { dash: Some([on, off]), ..stroke }), ..self }
    }
}

/// Which part of a text stands at its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// Its beginning.
    Start,
    /// Its middle.
    Middle,
    /// Its end.
    End,
}

/// A part of a drawing.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// Lines or areas.
    Path(Vec<Trace>, Paint),
    /// A text on its base line.
    Text {
        /// Point, in units of the sheet.
        at: [f32; 2],
        /// Size of the letters, in units of the sheet.
        size: f32,
        /// What stands at the point.
        anchor: Anchor,
        /// Colour.
        colour: Colour,
        /// Text.
        text: String,
    },
    /// What follows is cut at a rectangle: left, top, width, height.
    Clip([f32; 4]),
    /// Nothing is cut any more.
    Unclip,
}

/// A drawing: its shapes in the order in which they cover each other.
#[derive(Debug, Clone, PartialEq)]
pub struct Canvas {
    /// Width and height, in units of the sheet.
    pub size: [f64; 2],
    /// Shapes.
    pub shapes: Vec<Shape>,
}

impl Canvas {
    /// An empty sheet.
    pub fn new(width: f64, height: f64) -> Self {
        Self { size: [width, height], shapes: Vec::new() }
    }

    /// Lines or areas; what is empty is left out.
    pub fn path(&mut self, traces: Vec<Trace>, paint: Paint) {
        let traces: Vec<Trace> = traces.into_iter().filter(|trace| trace.points.len() > 1).collect();
        if !traces.is_empty() {
            self.shapes.push(Shape::Path(traces, paint));
        }
    }

    /// What is drawn from here to [`Canvas::unclip`] is cut at a rectangle: left, top, width, height.
    pub fn clip(&mut self, rect: [f64; 4]) {
        self.shapes.push(Shape::Clip(rect.map(|n| n as f32)));
    }

    /// Ends what [`Canvas::clip`] began.
    pub fn unclip(&mut self) {
        self.shapes.push(Shape::Unclip);
    }

    /// A rectangle: left, top, width, height.
    pub fn rect(&mut self, [x, y, width, height]: [f64; 4], paint: Paint) {
        let corners = [[x, y], [x + width, y], [x + width, y + height], [x, y + height]];
        self.path(vec![Trace { closed: true, ..line(corners) }], paint);
    }

    /// Text on its base line.
    pub fn text(&mut self, at: [f64; 2], size: f64, anchor: Anchor, colour: Colour, text: &str) {
        let at = at.map(|n| n as f32);
        self.shapes.push(Shape::Text { at, size: size as f32, anchor, colour, text: text.to_owned() });
    }
}

/// A line through points.
pub fn line(points: impl IntoIterator<Item = [f64; 2]>) -> Trace {
    Trace { points: points.into_iter().map(|point| point.map(|n| n as f32)).collect(), closed: false }
}
