//! Files on their way into the store.

use serde_json::{Value, json};

use super::{
    operation::Operation,
    parameters::{path, text},
};
use crate::api::{
    ImportBegun, ImportDone, ImportOutline, ImportPreview, ImportRequest, PastImports, Schemas, StagedFiles,
    UndoRequest, Undone,
};
use crate::server::import_work::StagedWork;

const IMPORTS: &str = "imports";

fn bytes(_: &mut Schemas) -> Value {
    json!({ "type": "string", "format": "binary" })
}

pub fn imports() -> Operation {
    Operation::new(IMPORTS, "get_imports", "What was imported, newest first.")
        .answers::<PastImports>(200, "The answer.")
        .fails(&[400, 401, 403, 503])
}

pub fn begin_import() -> Operation {
    Operation::new(IMPORTS, "post_imports", "Begin an import.")
        .answers::<ImportBegun>(201, "Begun.")
        .fails(&[401, 403, 503, 507])
}

pub fn undo_import() -> Operation {
    Operation::new(
        IMPORTS,
        "post_imports_undo",
        "Withdraw the parcels of an import to which nothing has happened.",
    )
    .sends::<UndoRequest>()
    .answers::<Undone>(201, "Withdrawn.")
    .fails(&[400, 401, 403, 404, 415, 422, 503, 507])
}

pub fn import_outline() -> Operation {
    Operation::new(IMPORTS, "get_import", "What the file holds: layers and columns.")
        .asks(path("id", "The import.", text()))
        .answers::<ImportOutline>(200, "The answer.")
        .fails(&[400, 401, 403, 404, 422, 503, 507])
}

pub fn import_work() -> Operation {
    Operation::new(
        IMPORTS,
        "get_import_work",
        "What is being done with the file right now; answered at once, whatever is read.",
    )
    .asks(path("id", "The import.", text()))
    .answers::<StagedWork>(200, "The answer.")
    .fails(&[401, 403, 404, 503])
}

pub fn end_import() -> Operation {
    Operation::new(IMPORTS, "delete_import", "Forget a file that waits.")
        .asks(path("id", "The import.", text()))
        .done(204, "Forgotten.")
        .fails(&[401, 403, 404, 503])
}

pub fn upload_import() -> Operation {
    Operation::new(IMPORTS, "put_import_file", "Send one file; archives (.zip) are unpacked.")
        .asks(path("id", "The import.", text()))
        .asks(path("name", "Name of the file.", text()))
        .sends_as("application/octet-stream", bytes)
        .answers::<StagedFiles>(201, "Kept until it is imported.")
        .fails(&[400, 401, 403, 404, 413, 422, 503, 507])
}

pub fn preview_import() -> Operation {
    Operation::new(IMPORTS, "post_import_preview", "Read and check the file; store nothing.")
        .asks(path("id", "The import.", text()))
        .sends::<ImportRequest>()
        .answers::<ImportPreview>(200, "The answer.")
        .fails(&[400, 401, 403, 404, 415, 422, 503, 507])
}

pub fn commit_import() -> Operation {
    Operation::new(IMPORTS, "post_import_commit", "Store all of the file, or nothing.")
        .asks(path("id", "The import.", text()))
        .sends::<ImportRequest>()
        .answers::<ImportDone>(201, "Stored.")
        .refuses_features()
        .fails(&[400, 401, 403, 404, 415, 422, 503, 507])
}
