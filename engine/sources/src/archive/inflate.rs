//! Gzip (RFC 1952) around DEFLATE (RFC 1951), within a limit on what comes out.

/// What a gzip file begins with.
pub(super) const MAGIC: &[u8] = &[0x1f, 0x8b];

const CUT: &str = "it ends too early";
const BROKEN: &str = "it is no gzip file that can be read";
const BOMB: &str = "more comes out of it than is read of an archive";
const CHANGED: &str = "it is damaged: its sum is not that of what comes out";

/// How many bytes the fixed part of a header has.
const HEADER: usize = 10;
/// How many bytes follow what is packed: the sum and the length of what comes out.
const TRAILER: usize = 8;
/// Which parts follow the header.
const HEADER_SUM: u8 = 2;
const EXTRA: u8 = 4;
const NAME: u8 = 8;
const COMMENT: u8 = 16;

/// The sums of RFC 1952 of half a byte.
const SUMS: &[u32] = &[
    0x0000_0000,
    0x1db7_1064,
    0x3b6e_20c8,
    0x26d9_30ac,
    0x76dc_4190,
    0x6b6b_51f4,
    0x4db2_6158,
    0x5005_713c,
    0xedb8_8320,
    0xf00f_9344,
    0xd6d6_a3e8,
    0xcb61_b38c,
    0x9b64_c2b0,
    0x86d3_d2d4,
    0xa00a_e278,
    0xbdbd_f21c,
];

/// Lengths of copies: where each symbol begins, and how many bits follow it.
const LENGTHS: &[(u32, u32)] = &[
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

/// The same of how far back a copy begins.
const DISTANCES: &[(u32, u32)] = &[
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

/// The order in which the lengths of the code are given that codes are written in.
const ORDER: &[usize] = &[
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
];

/// What a gzip file holds, at most `max` bytes: of several that follow each other, what all of them hold.
pub(super) fn gzip(packed: &[u8], max: usize) -> Result<Vec<u8>, &'static str> {
    let mut out = Out {
        bytes: Vec::new(),
        max,
    };
    let mut rest = packed;
    loop {
        let begun = out.bytes.len();
        rest = inflate(body(rest)?, &mut out)?;
        let (trailer, after) = rest.split_at_checked(TRAILER).ok_or(CUT)?;
        let own = out.bytes.get(begun..).unwrap_or_default();
        if !is_trailer_of(own, trailer) {
            return Err(CHANGED);
        }
        if after.is_empty() {
            return Ok(out.bytes);
        }
        rest = after;
    }
}

/// Whether a trailer says what has come out.
fn is_trailer_of(out: &[u8], trailer: &[u8]) -> bool {
    // The length is that of its lowest bits.
    let length = out.len() as u64 & u64::from(u32::MAX);
    let said = trailer
        .iter()
        .rev()
        .fold(0_u64, |said, byte| (said << 8) | u64::from(*byte));
    said == (length << 32) | u64::from(sum(out))
}

/// The sum of RFC 1952.
fn sum(bytes: &[u8]) -> u32 {
    let halves = bytes.iter().flat_map(|byte| [byte & 0xf, byte >> 4]);
    !halves.fold(u32::MAX, |sum, half| {
        let index = (sum & 0xf) as usize ^ usize::from(half);
        (sum >> 4) ^ SUMS.get(index).copied().unwrap_or_default()
    })
}

/// What follows the header of a gzip file.
fn body(packed: &[u8]) -> Result<&[u8], &'static str> {
    let (header, mut rest) = packed.split_at_checked(HEADER).ok_or(CUT)?;
    let flags = match header {
        [0x1f, 0x8b, 8, flags, ..] => *flags,
        _ => return Err(BROKEN),
    };
    if flags & EXTRA != 0 {
        let (length, after) = rest.split_at_checked(2).ok_or(CUT)?;
        let length = length
            .iter()
            .rev()
            .fold(0_usize, |length, byte| (length << 8) | usize::from(*byte));
        rest = after.get(length..).ok_or(CUT)?;
    }
    for text in [NAME, COMMENT] {
        if flags & text != 0 {
            let end = rest.iter().position(|byte| *byte == 0).ok_or(CUT)?;
            rest = rest.get(end + 1..).ok_or(CUT)?;
        }
    }
    if flags & HEADER_SUM != 0 {
        rest = rest.get(2..).ok_or(CUT)?;
    }
    Ok(rest)
}

/// Unpacks blocks up to the last one; what follows it is handed back.
fn inflate<'a>(packed: &'a [u8], out: &mut Out) -> Result<&'a [u8], &'static str> {
    let mut bits = Bits {
        bytes: packed,
        held: 0,
        count: 0,
    };
    loop {
        let is_last = bits.take(1)? == 1;
        match bits.take(2)? {
            0 => stored(&mut bits, out)?,
            1 => {
                let (lengths, distances) = fixed()?;
                block(&mut bits, out, &lengths, &distances)?;
            }
            2 => {
                let (lengths, distances) = dynamic(&mut bits)?;
                block(&mut bits, out, &lengths, &distances)?;
            }
            _ => return Err(BROKEN),
        }
        if is_last {
            // No byte is begun that is not of the block.
            return Ok(bits.bytes);
        }
    }
}

/// Bits, from the lowest of each byte on.
struct Bits<'a> {
    bytes: &'a [u8],
    /// Bits of a byte that was begun.
    held: u32,
    count: u32,
}

impl<'a> Bits<'a> {
    /// The next bits as a number, at most 16.
    fn take(&mut self, wanted: u32) -> Result<u32, &'static str> {
        while self.count < wanted {
            let (byte, rest) = self.bytes.split_first().ok_or(CUT)?;
            self.bytes = rest;
            self.held |= u32::from(*byte) << self.count;
            self.count += 8;
        }
        let value = self.held & ((1 << wanted) - 1);
        self.held >>= wanted;
        self.count -= wanted;
        Ok(value)
    }

    /// Whole bytes, from the next one on.
    fn whole(&mut self, length: usize) -> Result<&'a [u8], &'static str> {
        let (taken, rest) = self.bytes.split_at_checked(length).ok_or(CUT)?;
        self.bytes = rest;
        Ok(taken)
    }
}

/// What came out.
struct Out {
    bytes: Vec<u8>,
    max: usize,
}

impl Out {
    fn has_room(&self, more: usize) -> Result<(), &'static str> {
        if self.bytes.len().saturating_add(more) > self.max {
            return Err(BOMB);
        }
        Ok(())
    }
}

/// A Huffman code: how many symbols have each length, and the symbols in order.
struct Code {
    counts: [u32; 16],
    symbols: Vec<u16>,
}

impl Code {
    /// The code in which symbols have these lengths; 0 for those that do not occur.
    fn new(lengths: &[u8]) -> Result<Self, &'static str> {
        let mut counts = [0_u32; 16];
        for length in lengths {
            if let Some(count) = counts.get_mut(usize::from(*length)) {
                *count += 1;
            }
        }
        let mut left: u32 = 1;
        for count in counts.iter().skip(1) {
            left = (left << 1).checked_sub(*count).ok_or(BROKEN)?;
        }
        let symbols = (1..16u8).flat_map(|wanted| {
            let all = lengths.iter().zip(0u16..);
            all.filter(move |(length, _)| **length == wanted)
                .map(|(_, symbol)| symbol)
        });
        Ok(Self {
            counts,
            symbols: symbols.collect(),
        })
    }

    /// The next symbol: of each length the codes follow those of the shorter ones.
    fn decode(&self, bits: &mut Bits<'_>) -> Result<u16, &'static str> {
        let (mut code, mut first, mut index) = (0_u32, 0_u32, 0_u32);
        for count in self.counts.iter().skip(1).copied() {
            code |= bits.take(1)?;
            if code < first + count {
                let at = index + (code - first);
                return self.symbols.get(at as usize).copied().ok_or(BROKEN);
            }
            index += count;
            first = (first + count) << 1;
            code <<= 1;
        }
        Err(BROKEN)
    }
}

/// A block that is not packed.
fn stored(bits: &mut Bits<'_>, out: &mut Out) -> Result<(), &'static str> {
    // The rest of the byte that was begun means nothing.
    (bits.held, bits.count) = (0, 0);
    let length = bits.take(16)?;
    if length ^ bits.take(16)? != 0xffff {
        return Err(BROKEN);
    }
    let bytes = bits.whole(length as usize)?;
    out.has_room(bytes.len())?;
    out.bytes.extend_from_slice(bytes);
    Ok(())
}

/// The codes that need not be written.
fn fixed() -> Result<(Code, Code), &'static str> {
    let runs = [(8, 144), (9, 112), (7, 24), (8, 8)];
    let lengths = runs.map(|(length, times)| vec![length; times]).concat();
    Ok((Code::new(&lengths)?, Code::new(&[5; 30])?))
}

/// Codes that are written before what they pack.
fn dynamic(bits: &mut Bits<'_>) -> Result<(Code, Code), &'static str> {
    let lengths = bits.take(5)? as usize + 257;
    let distances = bits.take(5)? as usize + 1;
    let given = bits.take(4)? as usize + 4;
    let mut of_lengths = [0; 19];
    for place in ORDER.iter().take(given) {
        let length = bits.take(3)?;
        if let Some(slot) = of_lengths.get_mut(*place) {
            *slot = u8::try_from(length).unwrap_or_default();
        }
    }
    let code = Code::new(&of_lengths)?;
    let mut all: Vec<u8> = Vec::new();
    while all.len() < lengths + distances {
        let (length, times) = match code.decode(bits)? {
            16 => (*all.last().ok_or(BROKEN)?, 3 + bits.take(2)?),
            17 => (0, 3 + bits.take(3)?),
            18 => (0, 11 + bits.take(7)?),
            length => (u8::try_from(length).unwrap_or_default(), 1),
        };
        all.extend(std::iter::repeat_n(length, times as usize));
    }
    if all.len() > lengths + distances {
        return Err(BROKEN);
    }
    let (lengths, distances) = all.split_at_checked(lengths).ok_or(BROKEN)?;
    Ok((Code::new(lengths)?, Code::new(distances)?))
}

/// Bytes, and copies of what came out before, until the block ends.
fn block(
    bits: &mut Bits<'_>,
    out: &mut Out,
    lengths: &Code,
    distances: &Code,
) -> Result<(), &'static str> {
    loop {
        let symbol = lengths.decode(bits)?;
        if let Ok(byte) = u8::try_from(symbol) {
            out.has_room(1)?;
            out.bytes.push(byte);
            continue;
        }
        let Some(symbol) = symbol.checked_sub(257) else {
            return Ok(());
        };
        let length = measure(LENGTHS, symbol, bits)?;
        let symbol = distances.decode(bits)?;
        let distance = measure(DISTANCES, symbol, bits)?;
        let from = out.bytes.len().checked_sub(distance).ok_or(BROKEN)?;
        out.has_room(length)?;
        for at in from..from + length {
            let byte = *out.bytes.get(at).ok_or(BROKEN)?;
            out.bytes.push(byte);
        }
    }
}

/// A number of a table, with the bits that follow its symbol.
fn measure(table: &[(u32, u32)], symbol: u16, bits: &mut Bits<'_>) -> Result<usize, &'static str> {
    let (base, more) = *table.get(usize::from(symbol)).ok_or(BROKEN)?;
    Ok((base + bits.take(more)?) as usize)
}

#[cfg(test)]
mod tests {
    use super::{BOMB, CHANGED, gzip};

    /// A block with codes that need not be written.
    const FIXED: &[u8] = &[
        0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x2b, 0xc8, 0xcf, 0xc9, 0x4c,
        0xae, 0x54, 0x28, 0x40, 0xa6, 0x00, 0xeb, 0x2c, 0x5b, 0x63, 0x14, 0x00, 0x00, 0x00,
    ];
    /// A block that is not packed, behind a name.
    const STORED: &[u8] = &[
        0x1f, 0x8b, 0x08, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x6e, 0x00, 0x01, 0x06, 0x00,
        0xf9, 0xff, 0x73, 0x74, 0x6f, 0x72, 0x65, 0x64, 0x0b, 0xf9, 0x43, 0x56, 0x06, 0x00, 0x00,
        0x00,
    ];
    /// A block with its own codes.
    const DYNAMIC: &[u8] = &[
        0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x15, 0x8e, 0xc1, 0x01, 0xc0,
        0x30, 0x08, 0x02, 0x57, 0x61, 0x04, 0x51, 0x6b, 0x74, 0xff, 0xc5, 0x0a, 0x2f, 0x12, 0x05,
        0xbc, 0x00, 0xd1, 0x38, 0x70, 0x90, 0x1f, 0x6a, 0xd0, 0x87, 0x69, 0x2c, 0xc1, 0x08, 0x30,
        0xa5, 0xdd, 0xda, 0xca, 0x71, 0xb2, 0xc8, 0x93, 0x9f, 0x74, 0x0f, 0x95, 0x2d, 0xbf, 0xd2,
        0xf2, 0x75, 0x4b, 0xb7, 0xf1, 0xe5, 0xe1, 0x7b, 0x83, 0x91, 0x6f, 0xa4, 0x4f, 0xff, 0xa7,
        0xf9, 0x6a, 0x7f, 0xf2, 0xdd, 0xb8, 0x57, 0x41, 0x86, 0x1a, 0x48, 0x55, 0xd1, 0x9d, 0x4c,
        0x95, 0xb3, 0x7c, 0xa5, 0x7d, 0xee, 0xf3, 0xdd, 0x31, 0xc0, 0x98, 0xe4, 0x89, 0x88, 0xdb,
        0x66, 0x10, 0x61, 0x86, 0x29, 0x68, 0xe2, 0x8c, 0x43, 0x56, 0x34, 0xb2, 0x83, 0x22, 0x53,
        0x22, 0xc7, 0xaf, 0xe7, 0xd9, 0x7a, 0x7b, 0xf2, 0x95, 0x13, 0xa5, 0x7e, 0x43, 0x8b, 0xbc,
        0xd4, 0x57, 0xbd, 0xfc, 0x01, 0x40, 0xdc, 0xce, 0x24, 0xfd, 0x00, 0x00, 0x00,
    ];
    /// A thousand times the same letter.
    const MANY: &[u8] = &[
        0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x4b, 0x4c, 0x1c, 0x05, 0xa3,
        0x60, 0x14, 0x0c, 0x77, 0x00, 0x00, 0x03, 0xda, 0x38, 0x9a, 0xe8, 0x03, 0x00, 0x00,
    ];

    #[test]
    fn every_kind_of_block_is_read() {
        assert_eq!(gzip(FIXED, 100).unwrap(), b"policy policy policy");
        assert_eq!(gzip(STORED, 100).unwrap(), b"stored");
        let squares: Vec<String> = (0..60).map(|root| (root * root).to_string()).collect();
        assert_eq!(gzip(DYNAMIC, 1000).unwrap(), squares.join(" ").as_bytes());
        assert_eq!(gzip(MANY, 1000).unwrap(), [b'a'; 1000]);
    }

    #[test]
    fn what_follows_a_file_is_read_too_and_must_be_one() {
        let both = [STORED, FIXED].concat();
        assert_eq!(gzip(&both, 100).unwrap(), b"storedpolicy policy policy");
        assert_eq!(gzip(&both, 25), Err(BOMB));
        assert!(gzip(&[STORED, b"more"].concat(), 100).is_err());
    }

    #[test]
    fn what_comes_out_is_what_went_in() {
        for at in STORED.len() - 14..STORED.len() {
            let mut changed = STORED.to_vec();
            changed[at] ^= 1;
            assert_eq!(gzip(&changed, 100), Err(CHANGED), "{at}");
        }
    }

    #[test]
    fn what_comes_out_stays_within_its_limit() {
        assert_eq!(gzip(MANY, 999), Err(BOMB));
        assert_eq!(gzip(STORED, 5), Err(BOMB));
    }

    #[test]
    fn what_is_cut_or_broken_is_an_error() {
        for whole in [FIXED, STORED, DYNAMIC, MANY] {
            for length in 0..whole.len() {
                assert!(gzip(&whole[..length], 1000).is_err(), "{length}");
            }
            for at in 0..whole.len() {
                for bit in 0..8 {
                    let mut broken = whole.to_vec();
                    broken[at] ^= 1 << bit;
                    // Whatever it says, it comes to an end.
                    drop(gzip(&broken, 10_000));
                }
            }
        }
    }
}
