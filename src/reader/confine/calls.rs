//! Which calls can be made: seccomp, on x86-64, ARM64 and RISC-V.
//!
//! A list of what reading needs. Whatever is not on it (sockets, other programs
//! and processes, mounts, clocks, keys …) looks to the caller as if this kernel
//! did not know it, which libraries are used to: they try an older call, or
//! report an error. Numbers that only exist on older architectures are on the
//! list of those.

use std::collections::BTreeMap;

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen as Length, SeccompCmpOp as Is, SeccompCondition,
    SeccompFilter, SeccompRule,
};

/// Files, memory, threads, time: calls that harm nobody behind the walls of [`super::places`].
const ALLOWED: [i64; 78] = [
    libc::SYS_brk,
    libc::SYS_chdir,
    libc::SYS_clock_getres,
    libc::SYS_clock_gettime,
    libc::SYS_clock_nanosleep,
    libc::SYS_close,
    libc::SYS_dup,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_faccessat,
    libc::SYS_faccessat2,
    libc::SYS_fadvise64,
    libc::SYS_fchmod,
    libc::SYS_fcntl,
    libc::SYS_fdatasync,
    libc::SYS_flock,
    libc::SYS_fstat,
    libc::SYS_fstatfs,
    libc::SYS_fsync,
    libc::SYS_ftruncate,
    libc::SYS_futex,
    libc::SYS_get_mempolicy,
    libc::SYS_get_robust_list,
    libc::SYS_getcpu,
    libc::SYS_getcwd,
    libc::SYS_getdents64,
    libc::SYS_getegid,
    libc::SYS_geteuid,
    libc::SYS_getgid,
    libc::SYS_getpid,
    libc::SYS_getppid,
    libc::SYS_getrandom,
    libc::SYS_getresgid,
    libc::SYS_getresuid,
    libc::SYS_getrusage,
    libc::SYS_gettid,
    libc::SYS_gettimeofday,
    libc::SYS_getuid,
    libc::SYS_lseek,
    libc::SYS_madvise,
    libc::SYS_membarrier,
    libc::SYS_mincore,
    libc::SYS_mkdirat,
    libc::SYS_mmap,
    libc::SYS_mprotect,
    libc::SYS_mremap,
    libc::SYS_munmap,
    libc::SYS_nanosleep,
    libc::SYS_newfstatat,
    libc::SYS_openat,
    libc::SYS_ppoll,
    libc::SYS_pread64,
    libc::SYS_preadv,
    libc::SYS_pwrite64,
    libc::SYS_pwritev,
    libc::SYS_read,
    libc::SYS_readlinkat,
    libc::SYS_readv,
    libc::SYS_renameat2,
    libc::SYS_restart_syscall,
    libc::SYS_rseq,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sched_getaffinity,
    libc::SYS_sched_yield,
    libc::SYS_set_robust_list,
    libc::SYS_set_tid_address,
    libc::SYS_sigaltstack,
    libc::SYS_statfs,
    libc::SYS_statx,
    libc::SYS_sysinfo,
    libc::SYS_times,
    libc::SYS_umask,
    libc::SYS_uname,
    libc::SYS_unlinkat,
    libc::SYS_write,
    libc::SYS_writev,
];

/// The same under older numbers.
#[cfg(target_arch = "x86_64")]
const OLDER: [i64; 13] = [
    libc::SYS_access,
    libc::SYS_arch_prctl,
    libc::SYS_dup2,
    libc::SYS_getrlimit,
    libc::SYS_lstat,
    libc::SYS_mkdir,
    libc::SYS_open,
    libc::SYS_poll,
    libc::SYS_readlink,
    libc::SYS_rename,
    libc::SYS_rmdir,
    libc::SYS_stat,
    libc::SYS_unlink,
];
#[cfg(not(target_arch = "x86_64"))]
const OLDER: [i64; 0] = [];

/// Confines this thread and the threads that it starts.
///
/// # Errors
/// When the kernel or the processor has no seccomp.
pub fn restrict() -> Result<(), seccompiler::Error> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> =
        ALLOWED.into_iter().chain(OLDER).map(|call| (call, Vec::new())).collect();
    // Threads, but no processes; `clone3` hides its flags, so that libraries must do without.
    let thread = libc::CLONE_THREAD as u64;
    rules.insert(libc::SYS_clone, only(0, Length::Qword, Is::MaskedEq(thread), thread)?);
    // A signal to itself, as `abort` sends it, and to nobody else.
    rules.insert(libc::SYS_tgkill, only(0, Length::Dword, Is::Eq, u64::from(std::process::id()))?);
    // Limits are looked at, not set.
    rules.insert(libc::SYS_prlimit64, only(2, Length::Qword, Is::Eq, 0)?);
    // Names of threads and of memory, and questions; no changes of what the process is.
    let names = [libc::PR_SET_NAME, libc::PR_GET_NAME, libc::PR_SET_VMA, libc::PR_GET_THP_DISABLE];
    let names = names.into_iter().map(|name| only(0, Length::Dword, Is::Eq, name as u64));
    rules.insert(libc::SYS_prctl, names.collect::<Result<Vec<_>, _>>()?.concat());
    // Whether something is a terminal.
    rules.insert(libc::SYS_ioctl, only(1, Length::Dword, Is::Eq, libc::TCGETS)?);
    let unknown = SeccompAction::Errno(libc::ENOSYS as u32);
    let processor = std::env::consts::ARCH.try_into()?;
    let filter = SeccompFilter::new(rules, unknown, SeccompAction::Allow, processor)?;
    let program: BpfProgram = filter.try_into()?;
    seccompiler::apply_filter(&program)
}

/// A rule about one argument.
fn only(argument: u8, length: Length, is: Is, value: u64) -> Result<Vec<SeccompRule>, seccompiler::Error> {
    let condition = SeccompCondition::new(argument, length, is, value)?;
    Ok(vec![SeccompRule::new(vec![condition])?])
}
