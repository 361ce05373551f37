//! Networks that touch or overlap, put together.

use super::address::Address;
use super::network::{Network, covering, previous};

/// Addresses from one to another; a network while nothing has been put together.
#[derive(Debug, Clone, Copy)]
struct Range {
    first: Address,
    last: Address,
    network: Option<Network>,
}

/// The fewest networks that cover the same addresses.
pub(super) fn merged(networks: Vec<Network>) -> Vec<Network> {
    let mut ranges: Vec<Range> = networks
        .into_iter()
        .map(|network| Range {
            first: network.first(),
            last: network.last(),
            network: Some(network),
        })
        .collect();
    ranges.sort_by_key(|range| (range.last, range.first));
    let mut merged: Vec<Range> = Vec::with_capacity(ranges.len());
    while let Some(mut later) = ranges.pop() {
        // From the last range down: one that reaches the range before it takes it in.
        while let Some(earlier) = ranges
            .last()
            .copied()
            .filter(|earlier| previous(later.first) <= earlier.last)
        {
            ranges.pop();
            later = Range {
                first: earlier.first.min(later.first),
                last: later.last,
                network: None,
            };
        }
        merged.push(later);
    }
    merged.iter().flat_map(networks_of).collect()
}

fn networks_of(range: &Range) -> Vec<Network> {
    match range.network {
        Some(network) => vec![network],
        None => covering(range.first, range.last),
    }
}
