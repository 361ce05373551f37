//! Archives of `tar`: files by their paths. Whatever is neither a file nor a folder, and every path that could lead out,
//! is an error.

use std::collections::BTreeMap;

use crate::held::Content;

const BLOCK: usize = 512;
/// The most files that an archive may hold.
const MAX_FILES: usize = 100_000;
const CUT: &str = "it ends within a file";

/// What a path that begins with `/` means.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Absolute {
    /// It leads out.
    LeadsOut,
    /// It begins at the root of the archive.
    AtTheRoot,
}

/// The files of an archive.
pub(super) fn files(
    archive: &[u8],
    absolute: Absolute,
) -> Result<BTreeMap<String, Content>, String> {
    let mut files = BTreeMap::new();
    let mut rest = archive;
    // What an entry before says of the path of the next one.
    let mut named: Option<String> = None;
    while !rest.is_empty() {
        let whole = rest.split_at_checked(BLOCK);
        let (header, after) = whole.ok_or("it is no archive of `tar`, or a part of one")?;
        if header.iter().all(|byte| *byte == 0) {
            break;
        }
        if field(header, 257, 5) != b"ustar" {
            return Err("it is no archive of `tar`".to_owned());
        }
        let length = number(field(header, 124, 12)).ok_or("it holds a file without a length")?;
        let (bytes, after) = after.split_at_checked(length).ok_or(CUT)?;
        let padding = length.next_multiple_of(BLOCK) - length;
        rest = after.get(padding..).ok_or(CUT)?;
        let path = named.take().unwrap_or_else(|| path_of(header));
        match field(header, 156, 1) {
            b"0" | b"\0" => {
                let path = inside(&path, absolute)?;
                if files.len() == MAX_FILES {
                    return Err(format!("it holds more than {MAX_FILES} files"));
                }
                if files.contains_key(&path) {
                    return Err(format!("it holds `{}` twice", path.escape_debug()));
                }
                files.insert(path, Content::Bytes(bytes.to_vec()));
            }
            b"5" | b"g" => {}
            b"L" => named = Some(text(bytes)),
            b"x" => named = extended(bytes),
            _ => {
                let path = path.escape_debug();
                return Err(format!("`{path}` in it is a link or a device"));
            }
        }
    }
    Ok(files)
}

/// Some bytes of a header.
fn field(header: &[u8], from: usize, length: usize) -> &[u8] {
    header.get(from..from + length).unwrap_or_default()
}

/// A text up to the first byte 0.
fn text(bytes: &[u8]) -> String {
    let text = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
    String::from_utf8_lossy(text).into_owned()
}

/// An octal number.
fn number(bytes: &[u8]) -> Option<usize> {
    let digits = text(bytes);
    usize::from_str_radix(digits.trim(), 8).ok()
}

fn path_of(header: &[u8]) -> String {
    let (prefix, name) = (text(field(header, 345, 155)), text(field(header, 0, 100)));
    // GNU's format has times where the other one has a prefix.
    if prefix.is_empty() || field(header, 257, 6) == b"ustar " {
        name
    } else {
        format!("{prefix}/{name}")
    }
}

/// The path that an extended header gives the next entry: lines of a length, a key and a value.
fn extended(bytes: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.lines();
    lines.find_map(|line| {
        let (_, setting) = line.split_once(' ')?;
        setting.strip_prefix("path=").map(str::to_owned)
    })
}

/// A path that stays where it is put.
fn inside(path: &str, absolute: Absolute) -> Result<String, String> {
    let parts: Vec<&str> = path
        .split('/')
        .filter(|part| !matches!(*part, "" | "."))
        .collect();
    let leads_out = path.starts_with('/') && absolute == Absolute::LeadsOut;
    if leads_out || parts.is_empty() || parts.contains(&"..") {
        let path = path.escape_debug();
        return Err(format!("`{path}` in it leads out of it"));
    }
    Ok(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::{Absolute, Content, files};

    /// An archive of entries: a path, a type, and what is in it.
    fn archive(entries: &[(&str, u8, &str)]) -> Vec<u8> {
        let mut all = Vec::new();
        for (path, kind, text) in entries {
            let mut header = vec![0; 512];
            header[..path.len()].copy_from_slice(path.as_bytes());
            let length = format!("{:011o}", text.len());
            header[124..135].copy_from_slice(length.as_bytes());
            header[156] = *kind;
            header[257..263].copy_from_slice(b"ustar\0");
            all.extend(header);
            all.extend(text.as_bytes());
            all.resize(all.len().next_multiple_of(512), 0);
        }
        all.resize(all.len() + 1024, 0);
        all
    }

    #[track_caller]
    fn refused(entries: &[(&str, u8, &str)], said: &str) {
        match files(&archive(entries), Absolute::LeadsOut) {
            Ok(found) => panic!("{found:?}"),
            Err(reason) => assert!(reason.contains(said), "{reason}"),
        }
    }

    #[test]
    fn files_are_found_by_their_paths() {
        let entries = [
            ("./", b'5', ""),
            ("./a.yaml", b'0', "one"),
            ("global", b'g', "19 path=elsewhere\n"),
            ("b/c.rego", 0, ""),
            ("x", b'x', "15 path=d/e.yaml\n"),
            ("short", b'0', "long"),
        ];
        let found = files(&archive(&entries), Absolute::LeadsOut).unwrap();
        let paths: Vec<&String> = found.keys().collect();
        assert_eq!(paths, ["a.yaml", "b/c.rego", "d/e.yaml"]);
        assert!(matches!(&found["a.yaml"], Content::Bytes(bytes) if bytes == b"one"));
    }

    #[test]
    fn what_leads_out_or_is_no_file_is_refused() {
        refused(&[("../a", b'0', "")], "`../a` in it leads out of it");
        refused(&[("/etc/a", b'0', "")], "leads out of it");
        refused(&[("a/../../b", b'0', "")], "leads out of it");
        refused(
            &[("x", b'x', "11 path=/a\n"), ("a", b'0', "")],
            "leads out of it",
        );
        for kind in [b'1', b'2', b'3', b'4', b'6', b'7'] {
            refused(&[("a", kind, "")], "`a` in it is a link or a device");
        }
        refused(&[("a", b'0', ""), ("./a", b'0', "")], "it holds `a` twice");
    }

    #[test]
    fn a_path_may_begin_at_the_root_and_leads_out_of_it_nowhere() {
        let at_the_root = |path| files(&archive(&[(path, b'0', "")]), Absolute::AtTheRoot);
        let found = at_the_root("/a/b.rego").unwrap();
        assert!(found.contains_key("a/b.rego"), "{found:?}");
        for path in ["/../a", "/a/../../b", "/"] {
            assert!(at_the_root(path).is_err(), "{path}");
        }
    }

    #[test]
    fn what_is_cut_or_no_archive_is_an_error() {
        let whole = archive(&[("a", b'0', "text")]);
        let read = |archive: &[u8]| files(archive, Absolute::LeadsOut);
        assert!(read(&whole[..600]).is_err());
        assert!(read(&whole[..100]).is_err());
        assert!(read(&[1; 512]).is_err());
        let mut lying = whole;
        lying[124..135].copy_from_slice(b"77777777777");
        assert!(read(&lying).is_err());
    }
}
