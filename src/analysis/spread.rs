//! Work about many parcels, on all processors.

/// Parcels below which another thread costs more than it helps.
const FEWEST: usize = 1024;

/// What `find` finds in each run of `parcels`, in their order. O(parcels) over the processors.
pub fn spread<T: Send>(parcels: &[u32], find: impl Fn(&[u32]) -> Vec<T> + Sync) -> Vec<T> {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let run = parcels.len().div_ceil(threads).max(FEWEST);
    let find = &find;
    std::thread::scope(|scope| {
        let running: Vec<_> = parcels.chunks(run).map(|run| scope.spawn(move || find(run))).collect();
        let join = |thread: std::thread::ScopedJoinHandle<'_, Vec<T>>| {
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        running.into_iter().flat_map(join).collect()
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_order_is_that_of_the_parcels() {
        let parcels: Vec<u32> = (0..10_000).collect();
        let even = super::spread(&parcels, |run| run.iter().copied().filter(|n| n % 2 == 0).collect());
        assert_eq!(even, (0..10_000).step_by(2).collect::<Vec<u32>>());
        assert!(super::spread(&[], <[u32]>::to_vec).is_empty());
    }
}
