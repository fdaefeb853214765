//! The coordinate reference systems that Vietnamese data come in.
//!
//! VN-2000: Decision 83/2000/QĐ-TTg and Circular 973/2001/TT-TCĐC; provinces'
//! central meridians by Circular 25/2014/TT-BTNMT. Cadastral maps are drawn in
//! 3-degree zones (scale 0.9999), topographic ones of small scale in UTM.

/// A projected or geographic system that data without a CRS may be in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Zone {
    /// EPSG code.
    pub epsg: u32,
    /// Central meridian in degrees east; none for degrees.
    pub meridian: Option<f64>,
    /// Scale on the central meridian.
    pub scale: f64,
}

impl Zone {
    /// Whether it is a 3-degree zone.
    pub fn is_cadastral(&self) -> bool {
        (self.scale - 0.9999).abs() < 1e-9
    }
}

const fn three_degrees(epsg: u32, meridian: f64) -> Zone {
    Zone { epsg, meridian: Some(meridian), scale: 0.9999 }
}

const fn utm(epsg: u32, meridian: f64) -> Zone {
    Zone { epsg, meridian: Some(meridian), scale: 0.9996 }
}

/// All candidates.
pub const ZONES: [Zone; 21] = [
    three_degrees(9205, 103.0),
    three_degrees(9206, 104.0),
    three_degrees(9207, 104.5),
    three_degrees(9208, 104.75),
    three_degrees(5897, 105.0),
    three_degrees(9209, 105.5),
    three_degrees(9210, 105.75),
    three_degrees(9211, 106.0),
    three_degrees(9212, 106.25),
    three_degrees(9213, 106.5),
    three_degrees(9214, 107.0),
    three_degrees(9215, 107.25),
    three_degrees(9216, 107.5),
    three_degrees(5899, 107.75),
    three_degrees(5898, 108.0),
    three_degrees(9217, 108.25),
    three_degrees(9218, 108.5),
    three_degrees(5896, 102.0),
    utm(3405, 105.0),
    utm(3406, 111.0),
    Zone { epsg: 4326, meridian: None, scale: 1.0 },
];
