//! Work that nobody else is to wait behind: it has the processors when others leave them.

use tokio::sync::oneshot;

use super::problem::Problem;

/// How far such work steps back (`nice`): who records, reads a sheet or moves the map comes first.
const STEPS_BACK: i32 = 10;

/// Has this thread, and those that it starts, step back behind the others. On Linux each thread has a priority of its
/// own; one that has stepped back does not come forward again.
pub fn step_back() {
    if let Err(error) = rustix::process::setpriority_process(None, STEPS_BACK) {
        tracing::debug!(%error, "work in the background is as urgent as any other");
    }
}

/// Does long work on a thread of its own that has stepped back.
///
/// # Errors
/// 500 when no thread can be started or the work ends by a fault.
pub async fn in_background<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Problem> {
    let (reply, answer) = oneshot::channel();
    let thread = std::thread::Builder::new().name("background".to_owned());
    let start = thread.spawn(move || {
        step_back();
        // Who asked may have gone.
        drop(reply.send(work()));
    });
    start.map_err(|e| Problem::internal(&e))?;
    answer.await.map_err(|e| Problem::internal(&e))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn priority() -> i32 {
        rustix::process::getpriority_process(None).unwrap()
    }

    #[tokio::test]
    async fn work_steps_back_and_who_asks_does_not() {
        let before = priority();
        let inside =
            in_background(|| (priority(), std::thread::spawn(priority).join().unwrap())).await.unwrap();
        assert_eq!(inside, (before.max(STEPS_BACK), before.max(STEPS_BACK)));
        assert_eq!(priority(), before);
    }

    #[tokio::test]
    async fn work_that_ends_by_a_fault_is_answered() {
        assert!(in_background::<()>(|| panic!("a fault")).await.is_err());
    }
}
