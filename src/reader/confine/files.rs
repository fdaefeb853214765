//! Which files can be reached: Landlock, since Linux 5.13.

use std::path::{Path, PathBuf};

use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetError,
    RulesetStatus, Scope, path_beneath_rules,
};

/// Where libraries and their data stand: GDAL loads character sets and plug-ins when it needs
/// them, PROJ its database.
const SYSTEM: [&str; 14] = [
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/usr/local/lib",
    "/etc/ld.so.cache",
    "/usr/share/gdal",
    "/usr/share/proj",
    "/usr/local/share/gdal",
    "/usr/local/share/proj",
    "/usr/share/zoneinfo",
    "/dev/null",
    "/dev/zero",
    "/dev/urandom",
];

/// Variables that name other folders of libraries or data.
pub const FOLDERS: [&str; 5] = ["GDAL_DATA", "PROJ_DATA", "PROJ_LIB", "GDAL_DRIVER_PATH", "LD_LIBRARY_PATH"];

/// What the rules are about; where a kernel knows less, as much as it knows.
const LEVEL: ABI = ABI::V6;

/// Confines this thread: whether the kernel can.
pub fn restrict(folder: &Path, given: &[&Path]) -> Result<bool, RulesetError> {
    let read = AccessFs::ReadFile | AccessFs::ReadDir;
    let write = read
        | AccessFs::WriteFile
        | AccessFs::Truncate
        | AccessFs::MakeReg
        | AccessFs::MakeDir
        | AccessFs::RemoveFile
        | AccessFs::RemoveDir;
    let named = FOLDERS.iter().filter_map(std::env::var_os);
    let named: Vec<PathBuf> =
        named.flat_map(|value| std::env::split_paths(&value).collect::<Vec<_>>()).collect();
    let named = named.iter().filter(|path| path.is_absolute() && path.as_path() != Path::new("/"));
    let readable =
        SYSTEM.iter().map(Path::new).chain(named.map(PathBuf::as_path)).chain(given.iter().copied());
    let readable: Vec<&Path> = readable.collect();
    let status = Ruleset::default()
        .handle_access(AccessFs::from_all(LEVEL))?
        .handle_access(BitFlags::from(AccessNet::BindTcp) | AccessNet::ConnectTcp)?
        .scope(Scope::from_all(LEVEL))?
        .create()?
        .add_rules(path_beneath_rules(readable, read))?
        .add_rules(path_beneath_rules([folder.join("in")], read))?
        .add_rules(path_beneath_rules([folder.join("tmp")], write))?
        .restrict_self()?;
    Ok(status.ruleset != RulesetStatus::NotEnforced)
}
