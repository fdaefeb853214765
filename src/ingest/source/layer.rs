//! What a file says of one of its layers.

/// A layer of a file.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct LayerOutline {
    /// Name.
    pub name: String,
    /// Features, where the format tells.
    pub features: Option<u64>,
    /// Names of the columns.
    pub columns: Vec<String>,
    /// Whether features have a geometry.
    pub spatial: bool,
    /// Name of the CRS that the file states.
    pub crs: Option<String>,
}
