//! What GDAL complains about, thread by thread.
//!
//! GDAL tells many failures only through its error handler. Ours keeps the
//! last messages of each thread, so that a reader can ask what went wrong in
//! its own work, and nothing is printed behind the command line's back.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::Write;
use std::sync::Once;

use gdal::errors::CplErrType;

/// Messages kept for one thread; older ones are of no use to anyone.
const KEPT: usize = 16;

thread_local! {
    static MESSAGES: RefCell<VecDeque<Message>> = const { RefCell::new(VecDeque::new()) };
}

/// One complaint.
#[derive(Debug, Clone)]
pub struct Message {
    /// Whether something was not done, rather than done with doubts.
    pub failure: bool,
    /// GDAL's words.
    pub text: String,
}

/// Sends GDAL's messages to their thread's list; once for the process.
pub fn listen() {
    static INSTALL: Once = Once::new();
    INSTALL.call_once(|| {
        gdal::config::set_error_handler(|class, _, text| {
            if matches!(class, CplErrType::Fatal) {
                // GDAL ends the process after this: the words are for whoever started it.
                let _ = writeln!(std::io::stderr(), "{text}");
            }
            let failure = matches!(class, CplErrType::Failure | CplErrType::Fatal);
            let message = Message { failure, text: text.trim().to_owned() };
            MESSAGES.with_borrow_mut(|messages| {
                if messages.len() == KEPT {
                    messages.pop_front();
                }
                messages.push_back(message);
            });
        });
    });
}

/// Takes this thread's messages; none remain.
pub fn take() -> Vec<Message> {
    MESSAGES.take().into()
}

/// Takes this thread's messages and returns the last one's words.
pub fn take_last() -> Option<String> {
    take().pop().map(|message| message.text)
}

/// Takes this thread's messages and returns the first failure's words.
pub fn take_failure() -> Option<String> {
    take().into_iter().find(|message| message.failure).map(|message| message.text)
}
