//! What decisions are called.

use plumbline_core::finding::hex;
use ring::rand::{SecureRandom as _, SystemRandom};

/// A name that nothing else has: a random UUID. None if the system has no randomness to give.
pub(super) fn fresh() -> Option<String> {
    let mut bytes = [0; 16];
    SystemRandom::new().fill(&mut bytes).ok()?;
    // Version 4, variant 1.
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let mut text = String::with_capacity(36);
    for (at, byte) in bytes.into_iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push_str(&hex(&[byte]));
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::fresh;

    #[test]
    fn no_two_are_the_same() {
        let (one, other) = (fresh().unwrap(), fresh().unwrap());
        assert_ne!(one, other);
        assert_eq!(one.len(), 36);
        assert_eq!(one.split('-').count(), 5);
    }
}
