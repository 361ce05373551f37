//! Networks: an address and how many of its bits are fixed.

use std::fmt;

use super::address::{Address, VERSION_4, read};

/// A network. The address may have bits beyond the prefix, as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Network {
    address: Address,
    /// How many bits are fixed, of all 128.
    prefix: u32,
}

impl Network {
    /// The network of a text such as `10.0.0.0/8`, with no bits beyond the prefix.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = text.split_once('/')?;
        let written = read(address)
            .ok()
            .filter(|written| written.zone.is_empty())?;
        let prefix = decimal(prefix)?;
        let prefix = if written.dotted {
            prefix.checked_add(96)?
        } else {
            prefix
        };
        (prefix <= 128).then(|| Self::new(written.address, prefix))
    }

    /// The network of the fixed bits of an address.
    pub(super) fn new(address: Address, prefix: u32) -> Self {
        Self {
            address: Address(address.0 & !host_bits(prefix)),
            prefix,
        }
    }

    /// The network that an address of version 4 had when there were classes; the address stays as it is.
    pub(super) fn of_class(address: Address) -> Option<Self> {
        let prefix = match (address.0 & 0xffff_ffff) >> 24 {
            0..0x80 => 8,
            0x80..0xc0 => 16,
            _ => 24,
        };
        address.is_v4().then_some(Self {
            address,
            prefix: 96 + prefix,
        })
    }

    pub(super) fn first(&self) -> Address {
        Address(self.address.0 & !host_bits(self.prefix))
    }

    pub(super) fn last(&self) -> Address {
        Address(self.address.0 | host_bits(self.prefix))
    }

    fn is_v4(&self) -> bool {
        self.prefix >= 96 && self.address.is_v4()
    }

    /// Whether an address is in the network; the versions must be the same.
    pub(super) fn contains(&self, address: Address) -> bool {
        self.is_v4() == address.is_v4() && address >= self.first() && address <= self.last()
    }

    /// How many addresses there are; nothing for more than fit into 128 bits.
    pub(super) fn size(&self) -> Option<u128> {
        host_bits(self.prefix).checked_add(1)
    }

    /// The addresses from the first to the last.
    pub(super) fn addresses(&self) -> impl Iterator<Item = Address> {
        (self.first().0..=self.last().0).map(Address)
    }
}

/// Go's spelling.
impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let prefix = if self.is_v4() {
            self.prefix - 96
        } else {
            self.prefix
        };
        write!(f, "{}/{prefix}", self.address)
    }
}

/// The bits that a prefix leaves open.
fn host_bits(prefix: u32) -> u128 {
    u128::MAX.checked_shr(prefix).unwrap_or(0)
}

fn decimal(text: &str) -> Option<u32> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// The fewest networks that cover all addresses from one to another.
pub(super) fn covering(first: Address, last: Address) -> Vec<Network> {
    let widest = if first.is_v4() && last.is_v4() { 96 } else { 0 };
    let mut networks = Vec::new();
    let mut next = Some(first.0);
    while let Some(start) = next.filter(|start| *start <= last.0) {
        let mut prefix = 128;
        while prefix > widest && fits(start, prefix - 1, last.0) {
            prefix -= 1;
        }
        networks.push(Network {
            address: Address(start),
            prefix,
        });
        next = (start | host_bits(prefix)).checked_add(1);
    }
    networks
}

/// Whether a network begins at an address and ends before another does.
fn fits(start: u128, prefix: u32, last: u128) -> bool {
    let open = host_bits(prefix);
    start & open == 0 && start | open <= last
}

/// The address before another; there is none before the first of each version.
pub(super) fn previous(address: Address) -> Address {
    if address.0 == 0 || address.0 == VERSION_4 {
        address
    } else {
        Address(address.0 - 1)
    }
}
