//! gzip (RFC 1952) with DEFLATE (RFC 1951), as much of it as text that repeats itself needs: one block in the fixed code,
//! and for each place the last one that began alike.

/// Nothing farther back can be pointed at.
const WINDOW: usize = 32 * 1024;
const SHORTEST: usize = 4;
const LONGEST: usize = 258;
/// How many places are remembered, by what they begin with.
const REMEMBERED: usize = 1 << 15;
/// What ends a block.
const END: u16 = 256;

/// The shortest length of each code from 257 on, and how many more bits say which one it is.
const LENGTHS: [(usize, u32); 29] = [
    (3, 0),
    (4, 0),
    (5, 0),
    (6, 0),
    (7, 0),
    (8, 0),
    (9, 0),
    (10, 0),
    (11, 1),
    (13, 1),
    (15, 1),
    (17, 1),
    (19, 2),
    (23, 2),
    (27, 2),
    (31, 2),
    (35, 3),
    (43, 3),
    (51, 3),
    (59, 3),
    (67, 4),
    (83, 4),
    (99, 4),
    (115, 4),
    (131, 5),
    (163, 5),
    (195, 5),
    (227, 5),
    (258, 0),
];

/// The same of each distance.
const DISTANCES: [(usize, u32); 30] = [
    (1, 0),
    (2, 0),
    (3, 0),
    (4, 0),
    (5, 1),
    (7, 1),
    (9, 2),
    (13, 2),
    (17, 3),
    (25, 3),
    (33, 4),
    (49, 4),
    (65, 5),
    (97, 5),
    (129, 6),
    (193, 6),
    (257, 7),
    (385, 7),
    (513, 8),
    (769, 8),
    (1025, 9),
    (1537, 9),
    (2049, 10),
    (3073, 10),
    (4097, 11),
    (6145, 11),
    (8193, 12),
    (12289, 12),
    (16385, 13),
    (24577, 13),
];

/// The bytes, compressed.
pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    // Deflated, without a name, a time or a system.
    let mut bits = Bits {
        bytes: vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255],
        held: 0,
        count: 0,
    };
    deflate(bytes, &mut bits);
    let mut packed = bits.finish();
    packed.extend(crc(bytes).to_le_bytes());
    // No batch is longer than this can say.
    let length = u32::try_from(bytes.len()).unwrap_or_default();
    packed.extend(length.to_le_bytes());
    packed
}

fn deflate(bytes: &[u8], bits: &mut Bits) {
    // The last block, in the fixed code.
    bits.put(1, 1);
    bits.put(1, 2);
    let mut places = vec![usize::MAX; REMEMBERED];
    let mut at = 0;
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        let before = remember(&mut places, rest, at);
        let length = before.map_or(0, |before| {
            common(bytes.get(before..).unwrap_or_default(), rest)
        });
        match before {
            Some(before) if length >= SHORTEST => {
                bits.repeat(length, at - before);
                at += length;
            }
            _ => {
                let byte = rest.first().copied().unwrap_or_default();
                bits.symbol(u16::from(byte));
                at += 1;
            }
        }
    }
    bits.symbol(END);
}

/// The last place that may begin as this one does, if it can be pointed at. From now on it is this one.
fn remember(places: &mut [usize], rest: &[u8], at: usize) -> Option<usize> {
    let begin = u32::from_le_bytes(*rest.first_chunk()?);
    let slot = usize::try_from(begin.wrapping_mul(0x9e37_79b1) >> 17).ok()?;
    let place = places.get_mut(slot)?;
    let before = std::mem::replace(place, at);
    (before < at && at - before <= WINDOW).then_some(before)
}

/// How many bytes two texts have in common at their beginning.
fn common(left: &[u8], right: &[u8]) -> usize {
    let pairs = left.iter().zip(right).take(LONGEST);
    pairs.take_while(|(left, right)| left == right).count()
}

/// Bits, of which the first is the lowest one of its byte.
struct Bits {
    bytes: Vec<u8>,
    held: u64,
    count: u32,
}

impl Bits {
    fn put(&mut self, value: u32, count: u32) {
        self.held |= u64::from(value) << self.count;
        self.count += count;
        while self.count >= 8 {
            self.flush();
            self.count -= 8;
        }
    }

    fn flush(&mut self) {
        let [lowest, ..] = self.held.to_le_bytes();
        self.bytes.push(lowest);
        self.held >>= 8;
    }

    /// Codes begin with their highest bit.
    fn code(&mut self, code: u32, count: u32) {
        self.put(code.reverse_bits() >> (32 - count), count);
    }

    fn symbol(&mut self, symbol: u16) {
        let symbol = u32::from(symbol);
        match symbol {
            0..144 => self.code(0x30 + symbol, 8),
            144..256 => self.code(0x190 + symbol - 144, 9),
            256..280 => self.code(symbol - 256, 7),
            _ => self.code(0xc0 + symbol - 280, 8),
        }
    }

    /// As many bytes as stand that far back.
    fn repeat(&mut self, length: usize, distance: usize) {
        let (code, more, bits) = coded(&LENGTHS, length);
        self.symbol(code + END + 1);
        self.put(more, bits);
        let (code, more, bits) = coded(&DISTANCES, distance);
        self.code(u32::from(code), 5);
        self.put(more, bits);
    }

    fn finish(mut self) -> Vec<u8> {
        if self.count > 0 {
            self.flush();
        }
        self.bytes
    }
}

/// The code of a number, and what is said in how many more bits.
fn coded(table: &[(usize, u32)], number: usize) -> (u16, u32, u32) {
    let code = table.partition_point(|(least, _)| *least <= number) - 1;
    let (least, bits) = table.get(code).copied().unwrap_or_default();
    (
        u16::try_from(code).unwrap_or_default(),
        u32::try_from(number - least).unwrap_or_default(),
        bits,
    )
}

fn crc(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            let is_odd = crc & 1 == 1;
            crc >>= 1;
            if is_odd {
                crc ^= 0xedb8_8320;
            }
        }
    }
    !crc
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::process::{Command, Stdio};

    use super::gzip;

    /// What the program `gzip` makes of it.
    fn unpacked(packed: &[u8]) -> Vec<u8> {
        let mut child = Command::new("gzip")
            .arg("-dc")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        let packed = packed.to_vec();
        let writer = std::thread::spawn(move || input.write_all(&packed).unwrap());
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        assert!(output.status.success());
        output.stdout
    }

    #[track_caller]
    fn check(bytes: &[u8]) {
        assert!(unpacked(&gzip(bytes)) == bytes, "{} bytes", bytes.len());
    }

    #[test]
    fn what_is_packed_is_unpacked_by_others() {
        check(b"");
        check(b"a");
        check("ein Prüfstein, ein Prüfstein".as_bytes());
        check(&(0..=255).collect::<Vec<u8>>());
        check(&vec![0; 100_000]);
        let mut state = 1_u32;
        let mut any = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_le_bytes()[3]
        };
        check(&(0..200_000).map(|_| any()).collect::<Vec<u8>>());
        check(&(0..200_000).map(|_| any() & 3).collect::<Vec<u8>>());
    }

    #[test]
    fn what_repeats_itself_becomes_small() {
        let line =
            b"{\"decision_id\":\"a\",\"path\":\"plumbline/admission\",\"verdict\":\"allow\"}\n";
        let text = line.repeat(1000);
        assert!(gzip(&text).len() < text.len() / 20);
    }
}
