//! How much of the machine can be used: `setrlimit`.
//!
//! The number of processes has no limit of its own: the kernel counts all that
//! the account has, so that a bound low enough to help would stop honest
//! reading. Starting any is forbidden by [`super::calls`] instead.

use std::io;

use rlimit::Resource;

/// Bytes of one temporary file.
const LARGEST_FILE: u64 = 1 << 30;
/// Files open at once: an Esri geodatabase has some hundred.
const OPEN_FILES: u64 = 512;
/// Address space beside the memory that is used: stacks, files that are mapped, room that allocators reserve.
const UNUSED: u64 = 2 << 30;

/// Confines this process to `memory` bytes beside what it has already, and to `seconds` on the processors.
///
/// # Errors
/// When the system does not take a limit.
pub fn restrict(memory: u64, seconds: u64) -> io::Result<()> {
    let (space, data) = used();
    lower(Resource::AS, space.saturating_add(memory).saturating_add(UNUSED))?;
    lower(Resource::DATA, data.saturating_add(memory))?;
    // At the first the process is told to end, at the second it is ended.
    let (_, hard) = Resource::CPU.get()?;
    Resource::CPU.set(seconds.min(hard), (seconds + 1).min(hard))?;
    lower(Resource::FSIZE, LARGEST_FILE)?;
    lower(Resource::NOFILE, OPEN_FILES)?;
    lower(Resource::CORE, 0)
}

/// Sets a limit, unless it is lower already.
fn lower(resource: Resource, limit: u64) -> io::Result<()> {
    let (_, hard) = resource.get()?;
    let limit = limit.min(hard);
    resource.set(limit, limit)
}

/// Bytes of address space and of data that the process has, from `/proc`; 0 where there is none.
fn used() -> (u64, u64) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let bytes = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
        Some(kilobytes << 10)
    };
    (bytes("VmSize:").unwrap_or(0), bytes("VmData:").unwrap_or(0))
}
