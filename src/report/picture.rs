//! What drawings share: colours, and a pen that writes SVG.

use std::fmt::Write as _;

use super::ReportError;

/// Colours of `data/palette.json`, those of paper: it is light.
#[derive(Debug, Clone, serde::Deserialize)]
pub struct Palette {
    /// By where a parcel stands.
    pub stages: [String; 10],
    /// By fifths of the share.
    pub progress: [String; 5],
    /// What depends on the ground.
    pub light: Ground,
}

/// Colours on light ground.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ground {
    pub boundary: String,
    pub project_edge: String,
    pub land: String,
    pub ink: String,
    pub ink_soft: String,
    pub line: String,
    pub curve: String,
    pub accent: String,
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

/// A drawing under way.
#[derive(Debug)]
pub struct Canvas {
    svg: String,
}

impl Canvas {
    /// An empty sheet.
    pub fn new(width: f64, height: f64) -> Self {
        let svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">"
        );
        Self { svg }
    }

    /// A path with SVG attributes.
    pub fn path(&mut self, data: &str, attributes: &str) {
        if !data.is_empty() {
            let _ = write!(self.svg, "<path d=\"{data}\" {attributes}/>");
        }
    }

    /// What is drawn from here to [`Canvas::unclip`] is cut at a rectangle.
    pub fn clip(&mut self, [x, y, width, height]: [f64; 4]) {
        let _ = write!(
            self.svg,
            "<clipPath id=\"field\"><rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\"/></clipPath><g clip-path=\"url(#field)\">"
        );
    }

    /// Ends what [`Canvas::clip`] began.
    pub fn unclip(&mut self) {
        self.svg.push_str("</g>");
    }

    /// A rectangle.
    pub fn rect(&mut self, [x, y, width, height]: [f64; 4], attributes: &str) {
        let _ = write!(
            self.svg,
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" {attributes}/>"
        );
    }

    /// Text; `anchor` is start, middle or end.
    pub fn text(&mut self, [x, y]: [f64; 2], size: f64, anchor: &str, colour: &str, text: &str) {
        let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let _ = write!(
            self.svg,
            "<text x=\"{x:.1}\" y=\"{y:.1}\" font-family=\"Liberation Serif\" font-size=\"{size}\" text-anchor=\"{anchor}\" fill=\"{colour}\">{text}</text>"
        );
    }

    /// The finished SVG.
    pub fn done(mut self) -> String {
        self.svg.push_str("</svg>");
        self.svg
    }
}

/// `M x y L x y …` through places.
pub fn line(points: impl IntoIterator<Item = [f64; 2]>) -> String {
    let mut data = String::new();
    for [x, y] in points {
        let _ = write!(data, "{}{x:.1} {y:.1}", if data.is_empty() { "M" } else { "L" });
    }
    data
}
