//! Pictures as samples: read from what was sent, turned upright, brought down, written without what else the file held.

use std::io::Cursor;

use exif::{In, Tag};
use image_webp::WebPDecoder;
use jpeg_encoder::{ColorType as JpegColour, Encoder as JpegEncoder, SamplingFactor};
use png::{BitDepth, ColorType as PngColour, Transformations};
use resize::{
    Pixel::{Gray8, RGB8, RGBA8P},
    PixelFormat,
    Type::Catrom,
};
use rgb::FromSlice;
use zune_jpeg::{
    JpegDecoder,
    zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions},
};

/// Quality of a JPEG that is written, of 100; colours are as fine as brightness, so that red stamps stay sharp.
const QUALITY: u8 = 80;

/// How a file of a picture is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    /// JPEG (ITU-T T.81), also of four colours.
    Jpeg,
    /// Portable Network Graphics.
    Png,
    /// WebP; of a moving one the first picture.
    Webp,
}

/// What a file may ask for.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Pixels, as the header says.
    pub pixels: u64,
    /// Bytes that decoding may take.
    pub memory: usize,
}

/// A picture: rows from above, samples of a pixel beside each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raster {
    width: usize,
    height: usize,
    /// Grey, grey and opacity, RGB, RGB and opacity.
    channels: usize,
    /// Two bytes a sample, the higher first, instead of one.
    deep: bool,
    samples: Vec<u8>,
}

impl Raster {
    /// Reads a file's picture as it is meant to be looked at: upright, as its Exif says, and not longer than `edge`
    /// pixels; what must be brought down for that has one byte a sample then.
    ///
    /// # Errors
    /// Why it can't be read; more pixels than `bounds` allow, before any is decoded.
    pub fn read(packing: Packing, file: &[u8], bounds: Bounds, edge: usize) -> Result<Self, String> {
        let (raster, exif) = match packing {
            Packing::Jpeg => read_jpeg(file, bounds)?,
            Packing::Png => read_png(file, bounds)?,
            Packing::Webp => read_webp(file, bounds)?,
        };
        // Fewer pixels are turned sooner.
        Ok(raster.at_most(edge)?.turned(exif.map_or(1, orientation)))
    }

    /// Pixels from left to right, and from above.
    #[cfg(test)]
    pub fn size(&self) -> (usize, usize) {
        (self.width, self.height)
    }

    /// Not longer than `edge` pixels.
    fn at_most(self, edge: usize) -> Result<Self, String> {
        let longest = self.width.max(self.height);
        if longest <= edge {
            return Ok(self);
        }
        let brought = |length: usize| (length * edge + longest / 2).div_euclid(longest).max(1);
        let (width, height) = (brought(self.width), brought(self.height));
        let from = self.shallow();
        let size = (from.width, from.height, width, height);
        let (channels, samples) = match from.channels {
            1 => (1, resized(size, Gray8, from.samples.as_gray())?.iter().map(|p| p.value()).collect()),
            3 => (
                3,
                resized(size, RGB8, from.samples.as_rgb())?.iter().flat_map(|p| [p.r, p.g, p.b]).collect(),
            ),
            channels => {
                let with_colours: Vec<u8>;
                let source = if channels == 4 {
                    &from.samples
                } else {
                    with_colours =
                        from.samples.chunks_exact(2).flat_map(|p| [p[0], p[0], p[0], p[1]]).collect();
                    &with_colours
                };
                let pixels = resized(size, RGBA8P, source.as_rgba())?;
                (4, pixels.iter().flat_map(|p| [p.r, p.g, p.b, p.a]).collect())
            }
        };
        Ok(Self { width, height, channels, deep: false, samples })
    }

    /// As JPEG, one byte a sample; where it can be looked through, on white.
    ///
    /// # Errors
    /// A picture wider or higher than 65 535 pixels.
    pub fn jpeg(self) -> Result<Vec<u8>, String> {
        let flat = self.shallow().on_white();
        let side = |length: usize| u16::try_from(length).map_err(|error| error.to_string());
        let (width, height) = (side(flat.width)?, side(flat.height)?);
        let colour = if flat.channels == 1 { JpegColour::Luma } else { JpegColour::Rgb };
        let mut out = Vec::new();
        let mut encoder = JpegEncoder::new(&mut out, QUALITY);
        encoder.set_sampling_factor(SamplingFactor::R_4_4_4);
        encoder.encode(&flat.samples, width, height, colour).map_err(|error| error.to_string())?;
        Ok(out)
    }

    /// As PNG, without loss.
    ///
    /// # Errors
    /// A picture without pixels.
    pub fn png(&self) -> Result<Vec<u8>, String> {
        let side = |length: usize| u32::try_from(length).map_err(|error| error.to_string());
        let mut out = Vec::new();
        let mut encoder = png::Encoder::new(&mut out, side(self.width)?, side(self.height)?);
        encoder.set_color(match self.channels {
            1 => PngColour::Grayscale,
            2 => PngColour::GrayscaleAlpha,
            3 => PngColour::Rgb,
            _ => PngColour::Rgba,
        });
        encoder.set_depth(if self.deep { BitDepth::Sixteen } else { BitDepth::Eight });
        let written = encoder.write_header().and_then(|mut writer| {
            writer.write_image_data(&self.samples)?;
            writer.finish()
        });
        written.map_err(|error| error.to_string())?;
        Ok(out)
    }

    /// Turned and mirrored by an orientation of Exif 2.3, 4.6.4: 1 upright, 6 to be turned right, 8 left.
    fn turned(self, orientation: u32) -> Self {
        if !(2..=8).contains(&orientation) {
            return self;
        }
        let (width, height) = (self.width, self.height);
        let across = orientation >= 5;
        let (new_width, new_height) = if across { (height, width) } else { (width, height) };
        let bytes = self.channels * if self.deep { 2 } else { 1 };
        let mut samples = Vec::with_capacity(self.samples.len());
        for y in 0..new_height {
            for x in 0..new_width {
                let (column, row) = match orientation {
                    2 => (width - 1 - x, y),
                    3 => (width - 1 - x, height - 1 - y),
                    4 => (x, height - 1 - y),
                    5 => (y, x),
                    6 => (y, height - 1 - x),
                    7 => (width - 1 - y, height - 1 - x),
                    _ => (width - 1 - y, x),
                };
                let at = (row * width + column) * bytes;
                samples.extend_from_slice(&self.samples[at..at + bytes]);
            }
        }
        Self { width: new_width, height: new_height, samples, ..self }
    }

    /// One byte a sample.
    fn shallow(self) -> Self {
        if !self.deep {
            return self;
        }
        let samples = self.samples.iter().step_by(2).copied().collect();
        Self { deep: false, samples, ..self }
    }

    /// Nothing to look through; of one byte a sample.
    fn on_white(self) -> Self {
        if self.channels % 2 == 1 {
            return self;
        }
        let channels = self.channels - 1;
        let samples = self
            .samples
            .chunks_exact(self.channels)
            .flat_map(|pixel| {
                let opaque = u32::from(pixel[channels]);
                pixel[..channels]
                    .iter()
                    .map(move |&value| ((u32::from(value) * opaque + 255 * (255 - opaque) + 127) / 255) as u8)
            })
            .collect();
        Self { channels, samples, ..self }
    }
}

/// Brought down by Catmull-Rom, each pixel weighed by how much can be looked through it.
fn resized<F: PixelFormat>(
    (width, height, new_width, new_height): (usize, usize, usize, usize),
    format: F,
    source: &[F::InputPixel],
) -> Result<Vec<F::OutputPixel>, String> {
    let mut pixels = vec![F::OutputPixel::default(); new_width * new_height];
    resize::new(width, height, new_width, new_height, format, Catrom)
        .and_then(|mut resizer| resizer.resize(source, &mut pixels))
        .map_err(|error| error.to_string())?;
    Ok(pixels)
}

/// The orientation that Exif tells, 1 where it tells none or can't be read.
fn orientation(exif: Vec<u8>) -> u32 {
    let read = exif::Reader::new().read_raw(exif).ok();
    read.and_then(|tags| tags.get_field(Tag::Orientation, In::PRIMARY)?.value.get_uint(0)).unwrap_or(1)
}

type Read = Result<(Raster, Option<Vec<u8>>), String>;

fn within(bounds: Bounds, width: usize, height: usize) -> Result<(), String> {
    if width as u64 * height as u64 > bounds.pixels {
        return Err(format!(
            "it has {width} × {height} pixels; at most {} million are taken",
            bounds.pixels / 1_000_000
        ));
    }
    Ok(())
}

fn read_jpeg(file: &[u8], bounds: Bounds) -> Read {
    let wrong = |error: zune_jpeg::errors::DecodeErrors| error.to_string();
    // A photograph whose end is missing is read as far as it goes.
    let options =
        DecoderOptions::default().set_strict_mode(false).set_max_width(usize::MAX).set_max_height(usize::MAX);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(file), options);
    decoder.decode_headers().map_err(wrong)?;
    let (width, height) = decoder.dimensions().ok_or("it says no size")?;
    within(bounds, width, height)?;
    let (colour, channels) = match decoder.input_colorspace() {
        Some(ColorSpace::Luma) => (ColorSpace::Luma, 1),
        _ => (ColorSpace::RGB, 3),
    };
    decoder.set_options(options.jpeg_set_out_colorspace(colour));
    let exif = decoder.exif().cloned();
    let samples = decoder.decode().map_err(wrong)?;
    if samples.len() != width * height * channels {
        return Err("its pixels are not as many as it says".to_owned());
    }
    Ok((Raster { width, height, channels, deep: false, samples }, exif))
}

fn read_png(file: &[u8], bounds: Bounds) -> Read {
    let wrong = |error: png::DecodingError| error.to_string();
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(file), png::Limits { bytes: bounds.memory });
    decoder.set_transformations(Transformations::EXPAND);
    let header = decoder.read_header_info().map_err(wrong)?;
    within(bounds, header.width as usize, header.height as usize)?;
    let mut reader = decoder.read_info().map_err(wrong)?;
    let size = reader.output_buffer_size().filter(|&size| size <= bounds.memory).ok_or("it is too large")?;
    let mut samples = vec![0; size];
    let frame = reader.next_frame(&mut samples).map_err(wrong)?;
    samples.truncate(frame.buffer_size());
    let exif = reader.info().exif_metadata.as_ref().map(|exif| exif.to_vec());
    let raster = Raster {
        width: frame.width as usize,
        height: frame.height as usize,
        channels: frame.color_type.samples(),
        deep: frame.bit_depth == BitDepth::Sixteen,
        samples,
    };
    Ok((raster, exif))
}

fn read_webp(file: &[u8], bounds: Bounds) -> Read {
    let wrong = |error: image_webp::DecodingError| error.to_string();
    let mut decoder = WebPDecoder::new(Cursor::new(file)).map_err(wrong)?;
    decoder.set_memory_limit(bounds.memory);
    let (width, height) = decoder.dimensions();
    let (width, height) = (width as usize, height as usize);
    within(bounds, width, height)?;
    let size = decoder.output_buffer_size().filter(|&size| size <= bounds.memory).ok_or("it is too large")?;
    let mut samples = vec![0; size];
    decoder.read_image(&mut samples).map_err(wrong)?;
    let channels = if decoder.has_alpha() { 4 } else { 3 };
    // What Exif says of the picture may be missing or damaged; the picture is there.
    let exif = decoder.exif_metadata().ok().flatten();
    Ok((Raster { width, height, channels, deep: false, samples }, exif))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Bounds = Bounds { pixels: 1_000_000, memory: 1 << 24 };

    fn grey(width: usize, height: usize, samples: &[u8]) -> Raster {
        Raster { width, height, channels: 1, deep: false, samples: samples.to_vec() }
    }

    #[test]
    fn each_orientation_brings_the_same_picture_upright() {
        // As stored by a camera held that way; the picture is 1 2 3 above 4 5 6.
        let stored: [(u32, usize, [u8; 6]); 8] = [
            (1, 3, [1, 2, 3, 4, 5, 6]),
            (2, 3, [3, 2, 1, 6, 5, 4]),
            (3, 3, [6, 5, 4, 3, 2, 1]),
            (4, 3, [4, 5, 6, 1, 2, 3]),
            (5, 2, [1, 4, 2, 5, 3, 6]),
            (6, 2, [3, 6, 2, 5, 1, 4]),
            (7, 2, [6, 3, 5, 2, 4, 1]),
            (8, 2, [4, 1, 5, 2, 6, 3]),
        ];
        for (orientation, width, samples) in stored {
            let upright = grey(width, 6 / width, &samples).turned(orientation);
            assert_eq!(upright, grey(3, 2, &[1, 2, 3, 4, 5, 6]), "{orientation}");
        }
    }

    #[test]
    fn what_is_written_without_loss_is_read_again_of_every_kind() {
        for channels in 1..=4 {
            for deep in [false, true] {
                let bytes = 5 * 3 * channels * if deep { 2 } else { 1 };
                let samples = (0..bytes).map(|at| (at * 37 % 256) as u8).collect();
                let raster = Raster { width: 5, height: 3, channels, deep, samples };
                assert_eq!(Raster::read(Packing::Png, &raster.png().unwrap(), BOUNDS, 900).unwrap(), raster);
            }
        }
    }

    #[test]
    fn a_palette_and_black_and_white_are_read_as_colours() {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, 2, 1);
        encoder.set_color(PngColour::Indexed);
        encoder.set_depth(BitDepth::One);
        encoder.set_palette(vec![10, 20, 30, 200, 210, 220]);
        encoder.write_header().unwrap().write_image_data(&[0b0100_0000]).unwrap();
        let read = Raster::read(Packing::Png, &file, BOUNDS, 900).unwrap();
        assert_eq!((read.channels, read.samples), (3, vec![10, 20, 30, 200, 210, 220]));
    }

    #[test]
    fn what_is_brought_down_keeps_its_shape_and_colours() {
        for channels in 1..=4 {
            for deep in [false, true] {
                let pixel = [10, 200, 60, 255];
                let pixel: &[u8] = match channels {
                    2 => &[10, 255],
                    channels => &pixel[..channels],
                };
                let once: Vec<u8> =
                    pixel.iter().flat_map(|&value| if deep { vec![value, 7] } else { vec![value] }).collect();
                let raster =
                    Raster { width: 400, height: 100, channels, deep, samples: once.repeat(400 * 100) };
                let small = raster.at_most(40).unwrap();
                assert_eq!((small.size(), small.deep), ((40, 10), false));
                let expected: &[u8] = if channels == 2 { &[10, 10, 10, 255] } else { pixel };
                assert!(small.samples.chunks(small.channels).all(|p| p == expected), "{channels} {deep}");
            }
        }
        assert_eq!(grey(900, 1, &[5; 900]).at_most(30).unwrap().size(), (30, 1));
    }

    #[test]
    fn what_can_be_looked_through_stands_on_white() {
        let raster =
            Raster { width: 2, height: 1, channels: 4, deep: false, samples: vec![9, 9, 9, 0, 1, 2, 3, 255] };
        assert_eq!(raster.on_white().samples, [255, 255, 255, 1, 2, 3]);
    }

    #[test]
    fn a_jpeg_keeps_its_colours_and_more_pixels_than_allowed_are_refused_by_the_header() {
        let samples = [200, 30, 40].repeat(64 * 48);
        let raster = Raster { width: 64, height: 48, channels: 3, deep: false, samples };
        let file = raster.clone().jpeg().unwrap();
        let read = Raster::read(Packing::Jpeg, &file, BOUNDS, 900).unwrap();
        assert_eq!(read.size(), (64, 48));
        assert!(read.samples.iter().zip(&raster.samples).all(|(a, b)| a.abs_diff(*b) <= 3));
        let few = Bounds { pixels: 64 * 48 - 1, ..BOUNDS };
        for (packing, file) in [(Packing::Jpeg, file), (Packing::Png, raster.png().unwrap())] {
            let refused = Raster::read(packing, &file, few, 900).unwrap_err();
            assert!(refused.contains("64 × 48 pixels"), "{refused}");
        }
    }
}
