//! The same work on many items, on all processors.

/// `items` through `work`, in order.
pub fn map<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let share = items.len().div_ceil(threads).max(1);
    if threads == 1 || items.len() < 256 {
        return items.iter().map(work).collect();
    }
    std::thread::scope(|scope| {
        let work = &work;
        let parts: Vec<_> = items
            .chunks(share)
            .map(|part| scope.spawn(move || part.iter().map(work).collect::<Vec<R>>()))
            .collect();
        parts
            .into_iter()
            .flat_map(|part| part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_order_stays() {
        let numbers: Vec<u32> = (0..10_000).collect();
        assert_eq!(super::map(&numbers, |n| n * 2)[9_999], 19_998);
        assert!(super::map(&numbers, |n| *n).is_sorted());
    }
}
