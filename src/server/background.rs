//! Work on other threads: what may block, and what nobody else is to wait behind.

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

/// Work whose answer goes its own way, so that tasks and threads are compiled for one kind of it. Made for each kind they
/// were a twelfth of what there is to compile.
type Work = Box<dyn FnOnce() + Send>;

/// Does work that may block on one of the threads that are kept for that.
///
/// # Errors
/// 500 when the work ends by a fault.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
    let (reply, answer) = oneshot::channel();
    // Who asked may have gone.
    let work: Work = Box::new(move || drop(reply.send(work())));
    tokio::task::spawn_blocking(work).await.map_err(|e| Problem::internal(&e))?;
    answer.await.map_err(|e| Problem::internal(&e))
}

/// Does long work on a thread of its own that has stepped back.
///
/// # Errors
/// 500 when no thread can be started or the work ends by a fault.
pub async fn in_background<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Problem> {
    let (reply, answer) = oneshot::channel();
    begin(Box::new(move || drop(reply.send(work())))).map_err(|e| Problem::internal(&e))?;
    answer.await.map_err(|e| Problem::internal(&e))
}

fn begin(work: Work) -> std::io::Result<()> {
    let thread = std::thread::Builder::new().name("background".to_owned());
    let start = thread.spawn(move || {
        step_back();
        work();
    });
    start.map(drop)
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
        assert!(blocking::<()>(|| panic!("a fault")).await.is_err());
    }
}
