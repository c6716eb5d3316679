//! From a bit a row to a byte a row.

use arrow_buffer::BooleanBuffer;

/// `SPREAD[byte]` has a byte of 1 for each bit of `byte` that is set, in order.
const SPREAD: [u64; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut bit = 0;
        while bit < 8 {
            table[byte] |= ((byte >> bit & 1) as u64) << (8 * bit);
            bit += 1;
        }
        byte += 1;
    }
    table
};

/// Makes `out` a byte for each bit: `set` where it is set, else `unset`.
pub fn expand(bits: &BooleanBuffer, set: u8, unset: u8, out: &mut Vec<u8>) {
    const EVERY: u64 = 0x0101_0101_0101_0101;
    out.resize(bits.len().next_multiple_of(64), 0);
    let words = bits.bit_chunks();
    for (bytes, word) in out.chunks_exact_mut(64).zip(words.iter_padded()) {
        for (bytes, byte) in bytes.chunks_exact_mut(8).zip(word.to_le_bytes()) {
            let ones = SPREAD[usize::from(byte)];
            let eight = (ones * u64::from(set)) | ((ones ^ EVERY) * u64::from(unset));
            bytes.copy_from_slice(&eight.to_le_bytes());
        }
    }
    out.truncate(bits.len());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bit_becomes_its_byte_wherever_the_bits_begin() {
        let bits: BooleanBuffer = (0..300).map(|at| at % 7 < 3 || at % 64 == 63).collect();
        for (from, len) in [(0, 300), (1, 299), (13, 64), (63, 65), (200, 0), (5, 1)] {
            let slice = bits.slice(from, len);
            let mut bytes = vec![9];
            expand(&slice, 0xff, 3, &mut bytes);
            let expected: Vec<u8> = slice.iter().map(|bit| if bit { 0xff } else { 3 }).collect();
            assert_eq!(bytes, expected, "{from} {len}");
        }
    }
}
