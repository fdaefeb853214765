//! An optional base map under the projects: a `PMTiles` file of the operator's, or
//! tiles by a URL template. None by default: then no request leaves the server.

use std::path::PathBuf;

use crate::api::{BasemapKind, BasemapSource};

/// Where base map tiles come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Basemap {
    /// A `PMTiles` archive, raster or vector, served at `/basemap.pmtiles`.
    Archive(PathBuf),
    /// Raster tiles by a template with `{z}`, `{x}` and `{y}`.
    Raster(String),
    /// Vector tiles (MVT) by such a template.
    Vector(String),
}

/// Why something is no base map.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BasemapError {
    /// No file there.
    #[error("--basemap: {0} cannot be read; name a .pmtiles file, or a URL with {{z}}, {{x}} and {{y}}")]
    Missing(String),
    /// No archive.
    #[error("--basemap: {0} is not a PMTiles archive")]
    NotAnArchive(String),
    /// A template without places for the tile's numbers.
    #[error("--basemap: the URL {0} must hold {{z}}, {{x}} and {{y}}")]
    Template(String),
}

impl Basemap {
    /// Reads what `--basemap` was given.
    ///
    /// # Errors
    /// Neither a `PMTiles` file nor a URL template.
    pub fn parse(text: &str) -> Result<Self, BasemapError> {
        if text.starts_with("http://") || text.starts_with("https://") {
            if !["{z}", "{x}", "{y}"].iter().all(|part| text.contains(part)) {
                return Err(BasemapError::Template(text.to_owned()));
            }
            let path = text.split('?').next().unwrap_or(text);
            let vector = [".pbf", ".mvt"].iter().any(|ending| path.ends_with(ending));
            return Ok(if vector { Self::Vector(text.to_owned()) } else { Self::Raster(text.to_owned()) });
        }
        let path = PathBuf::from(text);
        let mut start = [0; 7];
        let read =
            std::fs::File::open(&path).and_then(|mut file| std::io::Read::read_exact(&mut file, &mut start));
        match read {
            Err(error) if error.kind() != std::io::ErrorKind::UnexpectedEof => {
                Err(BasemapError::Missing(text.to_owned()))
            }
            // PMTiles 3, section 3: the header begins with its name.
            Ok(()) if &start == b"PMTiles" => Ok(Self::Archive(path)),
            _ => Err(BasemapError::NotAnArchive(text.to_owned())),
        }
    }

    /// What the web app is told.
    pub fn source(&self) -> BasemapSource {
        let (kind, url) = match self {
            Self::Archive(_) => (BasemapKind::Archive, "/basemap.pmtiles"),
            Self::Raster(url) => (BasemapKind::Raster, url.as_str()),
            Self::Vector(url) => (BasemapKind::Vector, url.as_str()),
        };
        BasemapSource { kind, url: url.to_owned() }
    }

    /// The other server that pages may ask for tiles, if there is one: scheme and host.
    pub fn origin(&self) -> Option<&str> {
        let (Self::Raster(url) | Self::Vector(url)) = self else { return None };
        let host = url.find("://")? + 3;
        let end = url[host..].find('/').map_or(url.len(), |slash| host + slash);
        Some(&url[..end])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_told_apart_and_only_their_host_is_let_in() {
        let raster = Basemap::parse("https://tiles.example.vn/a/{z}/{x}/{y}.png?key=1").unwrap();
        assert!(matches!(raster, Basemap::Raster(_)));
        assert_eq!(raster.origin(), Some("https://tiles.example.vn"));
        assert!(matches!(Basemap::parse("http://a/{z}/{x}/{y}.pbf"), Ok(Basemap::Vector(_))));
        assert!(matches!(Basemap::parse("http://a/{z}/{x}.pbf"), Err(BasemapError::Template(_))));
        assert!(matches!(Basemap::parse("/nowhere/x.pmtiles"), Err(BasemapError::Missing(_))));
    }

    #[test]
    fn a_file_must_be_an_archive() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.pmtiles");
        std::fs::write(&path, b"PMTiles\x03").unwrap();
        assert!(matches!(Basemap::parse(path.to_str().unwrap()), Ok(Basemap::Archive(_))));
        std::fs::write(&path, b"PK").unwrap();
        assert!(matches!(Basemap::parse(path.to_str().unwrap()), Err(BasemapError::NotAnArchive(_))));
    }
}
