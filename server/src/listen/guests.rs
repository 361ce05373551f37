//! Who is connected, so that nobody takes all places.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Places: so many for all, and so many for one address.
#[derive(Debug)]
pub(super) struct Guests {
    for_all: usize,
    for_one: usize,
    seated: Mutex<Seated>,
}

#[derive(Debug, Default)]
struct Seated {
    all: usize,
    each: HashMap<IpAddr, usize>,
}

/// A place that is taken until it is dropped.
#[derive(Debug)]
pub(super) struct Guest {
    guests: Arc<Guests>,
    address: IpAddr,
}

impl Guests {
    pub(super) fn new(for_all: usize, for_one: usize) -> Arc<Self> {
        Arc::new(Self {
            for_all,
            for_one,
            seated: Mutex::default(),
        })
    }

    /// A place, if there is one. This machine has as many as there are: behind its address may be a proxy of all others.
    pub(super) fn seat(self: &Arc<Self>, address: IpAddr) -> Option<Guest> {
        let address = address.to_canonical();
        let mut seated = self.lock();
        let own = seated.each.get(&address).copied().unwrap_or_default();
        let is_bounded = !address.is_loopback();
        if seated.all >= self.for_all || (is_bounded && own >= self.for_one) {
            return None;
        }
        seated.all += 1;
        seated.each.insert(address, own + 1);
        Some(Guest {
            guests: Arc::clone(self),
            address,
        })
    }

    fn lock(&self) -> MutexGuard<'_, Seated> {
        self.seated.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        let mut seated = self.guests.lock();
        seated.all = seated.all.saturating_sub(1);
        if let Some(own) = seated.each.get_mut(&self.address) {
            *own = own.saturating_sub(1);
            if *own == 0 {
                seated.each.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn one_address_does_not_take_all_places() {
        let guests = Guests::new(3, 2);
        let _seated = [(); 2].map(|()| guests.seat(address("10.0.0.1")).unwrap());
        assert!(guests.seat(address("10.0.0.1")).is_none());
        assert!(guests.seat(address("::ffff:10.0.0.1")).is_none());
        assert!(guests.seat(address("10.0.0.2")).is_some());
    }

    #[test]
    fn a_place_is_free_again_when_its_guest_has_gone() {
        let guests = Guests::new(1, 1);
        let guest = guests.seat(address("10.0.0.1"));
        assert!(guests.seat(address("10.0.0.2")).is_none());
        drop(guest);
        assert!(guests.seat(address("10.0.0.2")).is_some());
        assert!(guests.lock().each.is_empty());
    }

    #[test]
    fn this_machine_takes_what_there_is() {
        let guests = Guests::new(2, 1);
        let _seated = [(); 2].map(|()| guests.seat(address("127.0.0.1")).unwrap());
        assert!(guests.seat(address("127.0.0.1")).is_none());
    }
}
