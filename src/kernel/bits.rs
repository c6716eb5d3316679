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

/// `LANES[nibble]` has a lane of ones for each bit of `nibble` that is set, in order.
const LANES: [[u32; 4]; 16] = {
    let mut table = [[0; 4]; 16];
    let mut at = 0;
    while at < 64 {
        table[at / 4][at % 4] = (((at / 4) >> (at % 4)) as u32 & 1).wrapping_neg();
        at += 1;
    }
    table
};

/// Makes `out` the values, `plus` added, where their bit is set, and `unset` elsewhere.
pub fn pick(values: &[u32], plus: u32, unset: u32, bits: &BooleanBuffer, out: &mut Vec<u32>) {
    out.clear();
    out.resize(values.len(), unset);
    let words = bits.bit_chunks();
    let blocks = values.chunks(64).zip(out.chunks_mut(64));
    for ((values, out), word) in blocks.zip(words.iter_padded()) {
        let fours = values.chunks_exact(4).zip(out.chunks_exact_mut(4));
        for (at, (values, out)) in fours.enumerate() {
            let lanes = &LANES[(word >> (4 * at) & 15) as usize];
            for lane in 0..4 {
                out[lane] =
                    (values[lane].wrapping_add(plus) & lanes[lane]) | (unset & !lanes[lane]);
            }
        }
        for at in values.len() & !3..values.len() {
            if word >> at & 1 == 1 {
                out[at] = values[at].wrapping_add(plus);
            }
        }
    }
}

/// Makes `out` for each bit of `values` the second of `of` where it is not set and the third where it is; the first where
/// the bit of `known` is not set.
pub fn choose(
    values: &BooleanBuffer,
    known: Option<&BooleanBuffer>,
    [unknown, no, yes]: [u32; 3],
    out: &mut Vec<u32>,
) {
    out.resize(values.len().next_multiple_of(64), 0);
    let known = known.map(BooleanBuffer::bit_chunks);
    let mut known = known.iter().flat_map(|known| known.iter_padded());
    let words = values.bit_chunks();
    for (out, word) in out.chunks_exact_mut(64).zip(words.iter_padded()) {
        let known = known.next().unwrap_or(u64::MAX);
        for (at, out) in out.chunks_exact_mut(4).enumerate() {
            let value = &LANES[(word >> (4 * at) & 15) as usize];
            let known = &LANES[(known >> (4 * at) & 15) as usize];
            for lane in 0..4 {
                let chosen = (yes & value[lane]) | (no & !value[lane]);
                out[lane] = (chosen & known[lane]) | (unknown & !known[lane]);
            }
        }
    }
    out.truncate(values.len());
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

    #[test]
    fn bits_are_chosen_for_wherever_they_begin() {
        let values: BooleanBuffer = (0..300).map(|at| at % 5 < 2).collect();
        let known: BooleanBuffer = (0..300).map(|at| at % 7 < 3 || at % 64 == 63).collect();
        for (from, len) in [(0, 300), (1, 299), (13, 64), (63, 65), (200, 0), (5, 1)] {
            let (values, known) = (values.slice(from, len), known.slice(from, len));
            for known in [None, Some(&known)] {
                let mut chosen = vec![9; 7];
                choose(&values, known, [1, 20, 300], &mut chosen);
                let of =
                    |at: usize| match (known.is_none_or(|known| known.value(at)), values.value(at))
                    {
                        (false, _) => 1,
                        (true, false) => 20,
                        (true, true) => 300,
                    };
                let expected: Vec<u32> = (0..len).map(of).collect();
                assert_eq!(chosen, expected, "{from} {len}");
            }
        }
    }

    #[test]
    fn values_are_picked_by_their_bits_wherever_those_begin() {
        let bits: BooleanBuffer = (0..300).map(|at| at % 7 < 3 || at % 64 == 63).collect();
        let values: Vec<u32> = (0..300).map(|at| at * 3).collect();
        for (from, len) in [
            (0, 300),
            (1, 299),
            (13, 64),
            (63, 65),
            (200, 0),
            (5, 1),
            (9, 66),
        ] {
            let slice = bits.slice(from, len);
            let mut picked = vec![9];
            pick(&values[from..from + len], 1, 7, &slice, &mut picked);
            let expected: Vec<u32> = (from..from + len)
                .map(|at| if bits.value(at) { values[at] + 1 } else { 7 })
                .collect();
            assert_eq!(picked, expected, "{from} {len}");
        }
    }
}
