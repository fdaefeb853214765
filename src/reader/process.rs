//! One reader from its start to its end, seen by the one who asks.
//!
//! The process is ended when its answer is there, when its time is over, or
//! when nobody waits any more, whichever comes first, and is always waited
//! for: none is left behind. Its last words are looked at and not repeated:
//! they may quote the file.

use std::{
    ffi::OsString,
    io::{self, BufReader, Read},
    os::unix::process::ExitStatusExt,
    process::{Child, ChildStderr, Command, ExitStatus, Stdio},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    time::Duration,
};

use super::{
    Confinement, Limits,
    check::Doubt,
    confine::FOLDERS,
    error::ReadError,
    handover::Handover,
    protocol::{self, Kind, LONGEST_ANSWER, Question, ReaderFault, Task},
};
use crate::ingest::IngestError;

/// Name of the hidden command that makes the program a reader.
pub const COMMAND: &str = "read-for-matbang";

/// How often an answer may begin anew: by columns, by texts and places, by numbers, and as a whole.
const MOST_PASSES: usize = 8;

/// Bytes that are kept of a reader's last words.
const LAST_WORDS: u64 = 16 << 10;

/// Settings of the libraries in a reader: no network, nothing written beside the file, nothing
/// trusted in a schema. Memory is asked for in small portions, so that the limit is exact.
const SETTINGS: [(&str, &str); 13] = [
    ("CPL_VSIL_CURL_ALLOWED_EXTENSIONS", "none"),
    ("GDAL_HTTP_CONNECTTIMEOUT", "1"),
    ("GDAL_HTTP_TIMEOUT", "1"),
    ("GDAL_HTTP_MAX_RETRY", "0"),
    ("GDAL_PAM_ENABLED", "NO"),
    ("GML_SKIP_RESOLVE_ELEMS", "ALL"),
    ("OGR_SQLITE_PRAGMA", "trusted_schema=OFF"),
    ("CPL_ALLOW_VSISTDIN", "NO"),
    ("PROJ_NETWORK", "OFF"),
    ("LC_ALL", "C.UTF-8"),
    ("MALLOC_ARENA_MAX", "2"),
    ("MIMALLOC_ARENA_RESERVE", "65536"),
    ("RUST_BACKTRACE", "0"),
];

/// Whoever waits for an answer can leave: the reader is ended then.
#[derive(Debug, Clone, Default)]
pub struct Cancellation(Arc<Mutex<Waiting>>);

#[derive(Debug, Default)]
struct Waiting {
    left: bool,
    reader: Option<Arc<Mutex<Child>>>,
}

impl Cancellation {
    /// Nobody waits any more.
    pub fn now(&self) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.left = true;
        if let Some(reader) = waiting.reader.take() {
            end(&reader);
        }
    }

    fn has_left(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).left
    }

    /// Watches over `reader` from now on; it is ended at once if nobody waits.
    fn watch(&self, reader: Option<&Arc<Mutex<Child>>>) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.reader = reader.cloned();
        if let Some(reader) = reader.filter(|_| waiting.left) {
            end(reader);
        }
    }
}

/// Ends a process; nothing happens if it has ended.
fn end(reader: &Mutex<Child>) {
    let _ = reader.lock().unwrap_or_else(PoisonError::into_inner).kill();
}

/// Is handed each frame of an answer.
pub type Take<'a> = &'a mut dyn FnMut(Kind, &[u8]) -> Result<(), Doubt>;

/// Has a reader do `task` with the file. Each frame of the answer goes to `take`.
///
/// # Errors
/// What the reader says of the file; how it ended without an answer; what `take` doubts.
pub fn ask(
    limits: &Limits,
    file: &Handover,
    task: Task,
    cancellation: &Cancellation,
    take: Take<'_>,
) -> Result<Confinement, ReadError> {
    let mut child = start(file).map_err(|error| ReadError::Start(error.to_string()))?;
    let (input, output, words) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let reader = Arc::new(Mutex::new(child));
    cancellation.watch(Some(&reader));
    let words = std::thread::spawn(move || last_words(words));
    let (over, too_long) = watch_the_clock(&reader, limits.clock());
    let mut input = input;
    // A reader that died at once says so when it is waited for.
    let _ = input.as_mut().map(|pipe| protocol::send(pipe, Kind::Question, &question(limits, file, task)));
    let heard = output.map_or(Ok(Heard::Nothing), |output| {
        listen(&mut BufReader::with_capacity(1 << 16, output), limits.memory, take)
    });
    drop(over);
    cancellation.watch(None);
    end(&reader);
    let status = reader.lock().unwrap_or_else(PoisonError::into_inner).wait();
    drop(input);
    let words = words.join().unwrap_or_default();
    let ended =
        Ended { left: cancellation.has_left(), too_long: too_long.load(Ordering::Relaxed), status, words };
    match heard {
        Ok(Heard::All(confinement)) => Ok(confinement),
        Ok(Heard::Fault(fault)) => Err(explained(limits, file, &fault)),
        Ok(Heard::Nothing) => Err(ended.why(limits, file)),
        Err(_) if ended.left || ended.too_long => Err(ended.why(limits, file)),
        Err(doubt) => Err(ReadError::Nonsense { file: file.file.clone(), what: doubt.0.to_owned() }),
    }
}

fn start(file: &Handover) -> io::Result<Child> {
    // This very program, also where its file was replaced by a newer one meanwhile.
    let itself = std::path::Path::new("/proc/self/exe");
    let program = if itself.exists() { itself.to_owned() } else { std::env::current_exe()? };
    let temporary: OsString = file.folder().join("tmp").into();
    let kept = FOLDERS.iter().filter_map(|name| Some((*name, std::env::var_os(name)?)));
    Command::new(program)
        .arg(COMMAND)
        .env_clear()
        .envs(SETTINGS)
        .envs(kept)
        .envs(["TMPDIR", "CPL_TMPDIR", "SQLITE_TMPDIR"].map(|name| (name, temporary.clone())))
        .current_dir(file.folder())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
}

fn question(limits: &Limits, file: &Handover, task: Task) -> Question {
    let (folder, name, given) = file.described();
    let seconds = limits.processor.as_secs().max(1);
    Question { task, folder, name, given, memory: limits.memory, seconds, bounds: limits.bounds }
}

/// Keeps the beginning of what a reader says on standard error, and lets it say the rest.
fn last_words(pipe: Option<ChildStderr>) -> String {
    let Some(mut pipe) = pipe else { return String::new() };
    let mut words = Vec::new();
    let _ = (&mut pipe).take(LAST_WORDS).read_to_end(&mut words);
    let _ = io::copy(&mut pipe, &mut io::sink());
    String::from_utf8_lossy(&words).into_owned()
}

/// Ends the reader after `time`, unless the sender that comes back is dropped before; the flag tells which.
fn watch_the_clock(reader: &Arc<Mutex<Child>>, time: Duration) -> (mpsc::Sender<()>, Arc<AtomicBool>) {
    let (over, ending) = mpsc::channel();
    let (reader, too_long) = (Arc::clone(reader), Arc::new(AtomicBool::new(false)));
    let flag = Arc::clone(&too_long);
    std::thread::spawn(move || {
        if ending.recv_timeout(time) == Err(mpsc::RecvTimeoutError::Timeout) {
            flag.store(true, Ordering::Relaxed);
            end(&reader);
        }
    });
    (over, too_long)
}

/// What came through the pipe.
enum Heard {
    /// A whole answer.
    All(Confinement),
    /// The file can't be read.
    Fault(ReaderFault),
    /// It ended before.
    Nothing,
}

/// Listens until the answer is whole; an answer may be as long as the memory that was allowed for it.
fn listen(pipe: &mut dyn Read, most: u64, take: Take<'_>) -> Result<Heard, Doubt> {
    let (mut bytes, mut total, mut anew, mut confinement) = (Vec::new(), 0_u64, 0, None);
    loop {
        let kind = match protocol::receive(pipe, LONGEST_ANSWER, &mut bytes) {
            Ok(Some(kind)) => kind,
            Err(error) if error.kind() == io::ErrorKind::Other => return Err(Doubt("a frame that is none")),
            Ok(None) | Err(_) => return Ok(Heard::Nothing),
        };
        total += bytes.len() as u64;
        if total > most {
            return Err(Doubt("an answer without end"));
        }
        let doubt = |_| Doubt("a frame that is none");
        match kind {
            Kind::Confined => confinement = Some(protocol::read(&bytes).map_err(doubt)?),
            Kind::Failed => return protocol::read(&bytes).map(Heard::Fault).map_err(doubt),
            Kind::Done => {
                return confinement.map(Heard::All).ok_or(Doubt("an answer from outside the walls"));
            }
            Kind::Question => return Err(Doubt("a question")),
            Kind::Anew => {
                total = 0;
                anew += 1;
                if anew > MOST_PASSES {
                    return Err(Doubt("an answer that begins again and again"));
                }
                take(kind, &bytes)?;
            }
            Kind::Progress | Kind::Records | Kind::Findings | Kind::Report => take(kind, &bytes)?,
        }
    }
}

/// The reader's words about the file.
fn explained(limits: &Limits, file: &Handover, fault: &ReaderFault) -> ReadError {
    if fault.code == "memory" {
        return memory(limits, file);
    }
    let code = IngestError::CODES.into_iter().find(|code| *code == fault.code).unwrap_or("damaged");
    let words = file.plain(&fault.words.chars().take(LAST_WORDS as usize).collect::<String>());
    ReadError::File { code, words, wrong_usage: fault.wrong_usage }
}

fn memory(limits: &Limits, file: &Handover) -> ReadError {
    ReadError::Memory { file: file.file.clone(), megabytes: limits.memory >> 20, more: limits.more }
}

/// How a reader ended that gave no answer.
struct Ended {
    left: bool,
    too_long: bool,
    status: io::Result<ExitStatus>,
    words: String,
}

impl Ended {
    fn why(&self, limits: &Limits, file: &Handover) -> ReadError {
        let time = |time: Duration| ReadError::Time {
            file: file.file.clone(),
            seconds: time.as_secs(),
            more: limits.more,
        };
        if self.left {
            return ReadError::Left;
        }
        if self.too_long {
            return time(limits.clock());
        }
        let lower = self.words.to_ascii_lowercase();
        let starved = [
            "memory allocation",
            "failed to spawn thread",
            "out of memory",
            "cannot allocate",
            "bad_alloc",
            "allocation failed",
        ]
        .iter()
        .any(|word| lower.contains(word));
        let status = match &self.status {
            Ok(status) => *status,
            Err(error) => return ReadError::Start(error.to_string()),
        };
        match status.signal() {
            Some(libc::SIGXCPU) => time(limits.processor),
            // Not by us: the system was short of memory.
            Some(libc::SIGKILL) => memory(limits, file),
            _ if starved => memory(limits, file),
            Some(signal) => died(file, format!("signal {signal}")),
            None => died(file, format!("status {}", status.code().unwrap_or_default())),
        }
    }
}

fn died(file: &Handover, how: String) -> ReadError {
    ReadError::Died { file: file.file.clone(), how }
}
