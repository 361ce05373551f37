//! Decisions on standard output, a line each.

use std::io::{self, Write as _};

pub(super) fn write(lines: &[u8]) -> io::Result<()> {
    let mut output = io::stdout().lock();
    output.write_all(lines)?;
    output.flush()
}
