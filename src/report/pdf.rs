//! PDF by typst: the template `data/report/report.typ` lays out the content, which comes to it as
//! data, so that no text of it is ever read as markup. Nothing is looked up on disk or elsewhere.

use std::{collections::HashMap, sync::LazyLock};

use serde_json::json;
use typst::{
    Library, LibraryExt, World,
    diag::{FileError, FileResult, SourceDiagnostic},
    foundations::{Bytes, Datetime, Duration},
    syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot},
    text::{Font, FontBook},
    utils::LazyHash,
};
use typst_layout::PagedDocument;
use typst_pdf::PdfOptions;

use super::{Block, Document, ReportError};

/// Liberation Serif, as wide as Times New Roman, which Decree 30/2020/NĐ-CP asks for.
pub const FONTS: [&[u8]; 4] = [
    include_bytes!("../../data/report/fonts/LiberationSerif-Regular.ttf"),
    include_bytes!("../../data/report/fonts/LiberationSerif-Bold.ttf"),
    include_bytes!("../../data/report/fonts/LiberationSerif-Italic.ttf"),
    include_bytes!("../../data/report/fonts/LiberationSerif-BoldItalic.ttf"),
];

const TEMPLATE: &str = include_str!("../../data/report/report.typ");

/// What is the same for all reports.
struct Typesetting {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
}

static SHOP: LazyLock<Typesetting> = LazyLock::new(|| {
    let fonts: Vec<Font> = FONTS.into_iter().flat_map(|data| Font::iter(Bytes::new(data))).collect();
    Typesetting {
        library: LazyHash::new(Library::default()),
        book: LazyHash::new(FontBook::from_fonts(&fonts)),
        fonts,
    }
});

/// One report's files.
struct ReportWorld {
    main: FileId,
    source: Source,
    files: HashMap<FileId, Bytes>,
}

fn file(name: &str) -> Result<FileId, ReportError> {
    let path = VirtualPath::new(name).map_err(|error| ReportError::Layout(format!("{error:?}")))?;
    Ok(RootedPath::new(VirtualRoot::Project, path).intern())
}

impl ReportWorld {
    fn of(document: &Document) -> Result<Self, ReportError> {
        let wrong = |error: serde_json::Error| ReportError::Layout(error.to_string());
        let mut content = serde_json::to_value(document).map_err(wrong)?;
        let mut files = HashMap::new();
        for (section, part) in document.sections.iter().enumerate() {
            for (index, block) in part.blocks.iter().enumerate() {
                let Block::Picture(picture) = block else { continue };
                let name = format!("picture-{}.svg", files.len());
                content["sections"][section]["blocks"][index]["file"] = json!(name);
                files.insert(file(&name)?, Bytes::from_string(picture.svg.clone()));
            }
        }
        files.insert(file("content.json")?, Bytes::from_string(content.to_string()));
        let main = file("report.typ")?;
        Ok(Self { main, source: Source::new(main, TEMPLATE.to_owned()), files })
    }
}

impl World for ReportWorld {
    fn library(&self) -> &LazyHash<Library> {
        &SHOP.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &SHOP.book
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.main { Ok(self.source.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.files.get(&id).cloned().ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        SHOP.fonts.get(index).cloned()
    }

    // The same figures give the same file: no clock.
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

fn failure(errors: &[SourceDiagnostic]) -> ReportError {
    let all: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
    ReportError::Layout(all.join("; "))
}

/// The document as PDF.
pub fn write(document: &Document) -> Result<Vec<u8>, ReportError> {
    let world = ReportWorld::of(document)?;
    let laid_out = typst::compile::<PagedDocument>(&world).output.map_err(|errors| failure(&errors))?;
    let bytes = typst_pdf::pdf(&laid_out, &PdfOptions::default()).map_err(|errors| failure(&errors))?;
    // What typst remembers of this report is of no use for the next one.
    typst::comemo::evict(0);
    Ok(bytes)
}
