//! From the bytes of a text (or a whole number) to the small number under which its reading is kept.
//!
//! Texts of at most 15 bytes are packed into one integer and looked up in an open table; longer ones go through a
//! hash map. Nothing is dropped within a batch; [`Texts::is_full`] tells the owner to begin anew before the next.

use rustc_hash::FxHashMap;

/// The most texts kept from batch to batch.
const MAX_KEPT: usize = 32_768;
const LONGEST_PACKED: usize = 15;
const FREE: u32 = u32::MAX;

/// A growing numbering of texts.
#[derive(Clone, Debug)]
pub struct Texts {
    keys: Vec<u128>,
    ids: Vec<u32>,
    packed: usize,
    long: FxHashMap<Box<[u8]>, u32>,
}

impl Default for Texts {
    fn default() -> Self {
        Texts {
            keys: vec![0; 64],
            ids: vec![FREE; 64],
            packed: 0,
            long: FxHashMap::default(),
        }
    }
}

impl Texts {
    /// Whether so many texts are kept that it is better to begin anew.
    pub fn is_full(&self) -> bool {
        self.packed + self.long.len() > MAX_KEPT
    }

    /// The number of a text; a new one gets what `make` gives.
    #[inline]
    pub fn id_of(&mut self, text: &[u8], make: impl FnOnce() -> u32) -> u32 {
        if text.len() <= LONGEST_PACKED {
            self.packed(pack(text), make)
        } else if let Some(&id) = self.long.get(text) {
            id
        } else {
            let id = make();
            self.long.insert(text.into(), id);
            id
        }
    }

    /// The number of a whole number; a table holds either texts or numbers.
    #[inline]
    pub fn id_of_integer(&mut self, integer: i128, make: impl FnOnce() -> u32) -> u32 {
        self.packed(integer.cast_unsigned(), make)
    }

    #[inline]
    fn packed(&mut self, key: u128, make: impl FnOnce() -> u32) -> u32 {
        let mask = self.ids.len() - 1;
        let mut at = slot(key) & mask;
        while self.ids[at] != FREE {
            if self.keys[at] == key {
                return self.ids[at];
            }
            at = (at + 1) & mask;
        }
        let id = make();
        self.keys[at] = key;
        self.ids[at] = id;
        self.packed += 1;
        if self.packed * 2 > self.ids.len() {
            self.grow();
        }
        id
    }

    fn grow(&mut self) {
        let size = self.ids.len() * 4;
        let keys = std::mem::replace(&mut self.keys, vec![0; size]);
        let ids = std::mem::replace(&mut self.ids, vec![FREE; size]);
        for (key, id) in keys.into_iter().zip(ids).filter(|(_, id)| *id != FREE) {
            let mut at = slot(key) & (size - 1);
            while self.ids[at] != FREE {
                at = (at + 1) & (size - 1);
            }
            self.keys[at] = key;
            self.ids[at] = id;
        }
    }
}

/// Where the search for a key begins: a multiplicative hash of both halves, high bits folded down.
#[inline]
fn slot(key: u128) -> usize {
    const K: u64 = 0x9e37_79b9_7f4a_7c15;
    let (low, high) = (key as u64, (key >> 64) as u64);
    let mixed = (low.wrapping_mul(K) ^ high).wrapping_mul(K);
    (mixed ^ (mixed >> 32)) as usize
}

/// At most 15 bytes and their count in one integer; different texts give different integers.
#[inline]
fn pack(text: &[u8]) -> u128 {
    let length = text.len();
    let eight = |at: usize| {
        text.get(at..at + 8)
            .map_or(0, |b| u64::from_le_bytes(fixed(b)))
    };
    let four = |at: usize| {
        text.get(at..at + 4)
            .map_or(0, |b| u32::from_le_bytes(fixed(b)))
    };
    let (low, high) = match length {
        0 => (0, 0),
        1..=3 => {
            let byte = |at: usize| u64::from(text[at]) << (8 * at);
            (byte(0) | byte(length / 2) | byte(length - 1), 0)
        }
        4..=7 => {
            let (head, tail) = (u64::from(four(0)), u64::from(four(length - 4)));
            (head | tail << (8 * (length - 4)), 0)
        }
        8 => (eight(0), 0),
        _ => (eight(0), eight(length - 8) >> (8 * (16 - length))),
    };
    u128::from(low) | u128::from(high | (length as u64) << 56) << 64
}

#[inline]
fn fixed<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut array = [0; N];
    array.copy_from_slice(bytes);
    array
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_table_of_many_texts_keeps_them_apart() {
        let mut texts = Texts::default();
        for round in 0..2 {
            for number in 0..50_000u32 {
                let text = format!("{:.*}", (number % 20) as usize, f64::from(number) / 7.0);
                let text = format!("{number}:{text}");
                let id = texts.id_of(text.as_bytes(), || {
                    assert_eq!(round, 0, "{text}");
                    number
                });
                assert_eq!(id, number);
            }
        }
        assert!(texts.is_full());
    }

    proptest! {
        #[test]
        fn packing_keeps_texts_apart(a in "[ab\\x00]{0,15}", b in "[ab\\x00]{0,15}") {
            prop_assert_eq!(pack(a.as_bytes()) == pack(b.as_bytes()), a == b);
        }
    }
}
