//! Sorting by a heap. The standard library's sorts are quicker on what is long, and 1.4 KB (brotli) of a download for each
//! type that is sorted.

use std::collections::BinaryHeap;

/// Equal items in any order.
pub(crate) fn ascending<T: Ord>(items: Vec<T>) -> Vec<T> {
    BinaryHeap::from(items).into_sorted_vec()
}

/// By a number of each; those that have the same stay in their order.
pub(crate) fn by_number<T>(items: Vec<T>, number: impl Fn(&T) -> usize) -> Vec<T> {
    let places = items.iter().enumerate();
    let places = ascending(places.map(|(at, item)| (number(item), at)).collect());
    let mut items: Vec<_> = items.into_iter().map(Some).collect();
    let mut take = |at: usize| items.get_mut(at)?.take();
    let in_order = places.into_iter().filter_map(|(_, at)| take(at));
    in_order.collect()
}
