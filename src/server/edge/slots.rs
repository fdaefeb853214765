//! How many connections an address may hold.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

/// Connections of one address: a whole office behind one router has room.
const OF_ADDRESS: usize = 512;
/// Connections in all.
const IN_ALL: usize = 16_384;

/// The places that are taken.
#[derive(Debug, Default)]
pub struct Slots {
    taken: Mutex<(usize, HashMap<IpAddr, usize>)>,
}

/// A place; free again when dropped.
#[derive(Debug)]
pub struct Slot {
    slots: Arc<Slots>,
    address: IpAddr,
}

impl Slots {
    /// A place for a connection from `address`; none when it holds as many as it may. `shared` says that many
    /// people come from there: then only the whole is bounded.
    pub fn take(self: &Arc<Self>, address: IpAddr, shared: bool) -> Option<Slot> {
        let address = network(address);
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let held = taken.1.get(&address).copied().unwrap_or_default();
        if taken.0 >= IN_ALL || (held >= OF_ADDRESS && !shared) {
            return None;
        }
        taken.0 += 1;
        taken.1.insert(address, held + 1);
        Some(Slot { slots: Arc::clone(self), address })
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut taken = self.slots.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.0 = taken.0.saturating_sub(1);
        if let Some(held) = taken.1.get_mut(&self.address) {
            *held = held.saturating_sub(1);
            if *held == 0 {
                taken.1.remove(&self.address);
            }
        }
    }
}

/// Who has one IPv6 address has all of its network of 64 bits.
pub fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(six) => match six.to_ipv4_mapped() {
            Some(four) => IpAddr::V4(four),
            None => IpAddr::V6((u128::from(six) & !u128::from(u64::MAX)).into()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_so_many_places_and_a_shared_one_more() {
        let slots = Arc::<Slots>::default();
        let (one, other) = ("10.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap());
        let mut held: Vec<_> = (0..OF_ADDRESS).map(|_| slots.take(one, false).unwrap()).collect();
        assert!(slots.take(one, false).is_none());
        assert!(slots.take(one, true).is_some());
        assert!(slots.take(other, false).is_some());
        held.pop();
        assert!(slots.take(one, false).is_some());
        drop(held);
        assert!(slots.taken.lock().unwrap().1.is_empty());
    }

    #[test]
    fn a_network_of_ipv6_is_one_address() {
        let network = |text: &str| network(text.parse().unwrap());
        assert_eq!(network("2001:db8::1"), network("2001:db8::ffff:1"));
        assert_ne!(network("2001:db8::1"), network("2001:db8:0:1::1"));
        assert_eq!(network("::ffff:10.0.0.1"), network("10.0.0.1"));
    }
}
