//! What a service mounts, in both spellings, and what of it outlives the container.

use super::interpolate::{Interpolated, interpolate, put, separators, why};
use super::isolation::truth;
use super::service::Service;
use crate::estate::Model;
use crate::tree::{NodeId, Origin, View};

const HOST_PATH: &str = "host_path";
const VOLUME: &str = "volume";
const TMPFS: &str = "tmpfs";

/// `volumes[]` and `state`.
pub(super) fn volumes(model: &mut Model, service: &Service<'_>) {
    let mounts = mounts(service);
    if !mounts.is_empty() {
        model.list("volumes", service.view.id(), |model| {
            mounts.iter().for_each(|mount| mount.volume(model));
        });
    }
    model.object(Some("state"), service.view.id(), |model| {
        let lasting: Vec<&Mount> = mounts.iter().filter(|mount| mount.lasts()).collect();
        let origin = lasting
            .first()
            .map_or(service.default(), |mount| Origin::Derived {
                from: mount.from,
            });
        let maybe = mounts.iter().find_map(|mount| {
            let why = mount.read_only.as_ref().err()?;
            mount.is_kept().then_some((why, mount.from))
        });
        match maybe.filter(|_| lasting.is_empty()) {
            Some((why, from)) => model.unknown("persistent", why, from),
            None => model.truth("persistent", !lasting.is_empty(), origin),
        }
        if !lasting.is_empty() {
            model.list("mounts", service.view.id(), |model| {
                lasting.iter().for_each(|mount| mount.state(model));
            });
        }
    });
}

/// The path in the container that an item of `volumes` is mounted at.
pub(super) fn target(item: View<'_>) -> Option<String> {
    Mount::of(item)?.target
}

fn mounts(service: &Service<'_>) -> Vec<Mount> {
    let mut mounts: Vec<Mount> = service.items("volumes").filter_map(Mount::of).collect();
    for mount in &mut mounts {
        mount.follow(service);
    }
    mounts.extend(service.items("tmpfs").filter_map(Mount::temporary));
    mounts
}

/// One mount; its texts are as they are written.
struct Mount {
    /// None where only a variable can tell.
    kind: Option<String>,
    source: Option<String>,
    target: Option<String>,
    /// Or why nobody can know whether it is.
    read_only: Result<bool, String>,
    from: NodeId,
}

impl Mount {
    fn of(item: View<'_>) -> Option<Self> {
        if item.is_mapping() {
            return Some(Self::long(item));
        }
        let written = item.raw()?;
        Some(match interpolate(written) {
            Interpolated::Known(text) => Self::short(&text, item.id()),
            Interpolated::Unknown(_) | Interpolated::Invalid => Self::short(written, item.id()),
        })
    }

    /// `source:target:options`, of which only the target must be there.
    fn short(text: &str, from: NodeId) -> Self {
        let mut sections = sections(text).into_iter();
        let first = sections.next();
        let (source, target) = match sections.next() {
            Some(target) => (first, Some(target)),
            None => (None, first),
        };
        let options = sections.next().unwrap_or_default();
        Self {
            kind: kind_of(source),
            source: source.map(str::to_owned),
            target: target.map(str::to_owned),
            read_only: match interpolate(options) {
                Interpolated::Unknown(variable) => Err(why(variable)),
                Interpolated::Known(_) | Interpolated::Invalid => {
                    Ok(options.split(',').any(|option| option == "ro"))
                }
            },
            from,
        }
    }

    fn long(view: View<'_>) -> Self {
        let part = |key: &str| view.get(key).and_then(View::raw).map(str::to_owned);
        let source = part("source");
        let kind = match view.get("type").and_then(View::raw) {
            Some("bind" | "npipe") => Some(HOST_PATH.to_owned()),
            Some(kind) => Some(kind.to_owned()),
            None => kind_of(source.as_deref()),
        };
        Self {
            kind,
            source,
            target: part("target"),
            read_only: view.get("read_only").map_or(Ok(false), truth),
            from: view.id(),
        }
    }

    /// An item of `tmpfs`: a path and options.
    fn temporary(item: View<'_>) -> Option<Self> {
        let text = item.raw()?;
        let end = separators(text, ':').first().copied().unwrap_or(text.len());
        Some(Self {
            kind: Some(TMPFS.to_owned()),
            source: None,
            target: text.get(..end).map(str::to_owned),
            read_only: Ok(false),
            from: item.id(),
        })
    }

    /// A volume whose driver binds a path of the machine is one: `driver_opts: {type: none, o: bind, device: /srv}`.
    fn follow(&mut self, service: &Service<'_>) {
        let named = self.source.as_deref().filter(|_| self.is(VOLUME));
        let options = named.and_then(|name| service.beside(&["volumes", name, "driver_opts"]));
        let option = |key: &str| options?.get(key).and_then(View::raw);
        let binds = option("o").is_some_and(|o| {
            let mut words = o.split(',');
            words.any(|word| matches!(word.trim(), "bind" | "rbind"))
        });
        if let Some(device) = option("device").filter(|_| binds) {
            self.source = Some(device.to_owned());
            self.kind = Some(HOST_PATH.to_owned());
        }
    }

    fn is(&self, kind: &str) -> bool {
        self.kind.as_deref() == Some(kind)
    }

    /// Whether what is written there is still there after the container is replaced.
    fn lasts(&self) -> bool {
        self.is_kept() && self.read_only == Ok(false)
    }

    /// Whether what is mounted outlives the container.
    fn is_kept(&self) -> bool {
        self.source.is_some() && !self.is(TMPFS)
    }

    fn volume(&self, model: &mut Model) {
        let from = self.from;
        let source = self.source.as_deref();
        let of_volume = source.filter(|_| self.is(VOLUME));
        model.object(None, from, |model| {
            match of_volume.or(self.target.as_deref()) {
                Some(name) => put(model, "name", name, from),
                None => model.text("name", "_", Origin::Default { under: from }),
            }
            self.kind(model);
            if let Some(path) = source.filter(|_| self.is(HOST_PATH)) {
                model.object(Some("source"), from, |model| put(model, "path", path, from));
            }
            match &self.read_only {
                Ok(read_only) => model.truth("read_only", *read_only, Origin::Derived { from }),
                Err(why) => model.unknown("read_only", why, from),
            }
        });
    }

    fn state(&self, model: &mut Model) {
        let from = self.from;
        model.object(None, from, |model| {
            self.kind(model);
            for (key, text) in [("path", &self.target), ("source", &self.source)] {
                if let Some(text) = text {
                    put(model, key, text, from);
                }
            }
        });
    }

    fn kind(&self, model: &mut Model) {
        let from = self.from;
        match &self.kind {
            Some(kind) => put(model, "kind", kind, from),
            None => {
                let variable = match interpolate(self.source.as_deref().unwrap_or_default()) {
                    Interpolated::Unknown(variable) => why(variable),
                    Interpolated::Known(_) | Interpolated::Invalid => return,
                };
                model.unknown("kind", &variable, from);
            }
        }
    }
}

/// A path of the machine, or the name of a volume; none where a variable stands at its beginning.
fn kind_of(source: Option<&str>) -> Option<String> {
    let Some(written) = source else {
        return Some(VOLUME.to_owned());
    };
    let path = match interpolate(written) {
        Interpolated::Known(text) => is_path(&text),
        Interpolated::Unknown(_) if written.starts_with('$') => return None,
        Interpolated::Unknown(_) | Interpolated::Invalid => is_path(written),
    };
    Some(if path { HOST_PATH } else { VOLUME }.to_owned())
}

/// As `compose-go/format` tells paths from names, also those of Windows.
fn is_path(source: &str) -> bool {
    source.starts_with(['.', '/', '~']) || source.starts_with(r"\\") || has_drive(source)
}

fn has_drive(text: &str) -> bool {
    let mut characters = text.chars();
    characters
        .next()
        .is_some_and(|letter| letter.is_ascii_alphabetic())
        && characters.next() == Some(':')
}

/// The sections between colons that belong neither to a variable nor to a drive of Windows.
fn sections(text: &str) -> Vec<&str> {
    if text.len() <= 2 {
        return vec![text];
    }
    let mut sections = Vec::new();
    let mut start = 0;
    for at in separators(text, ':') {
        let section = text.get(start..at).unwrap_or_default();
        let drive =
            section.len() == 1 && section.chars().all(|letter| letter.is_ascii_alphabetic());
        if !drive {
            sections.push(section);
            start = at + 1;
        }
    }
    sections.extend(text.get(start..));
    sections
}

#[cfg(test)]
mod tests {
    use super::{is_path, sections};

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        assert_eq!(sections(text), expected, "{text}");
    }

    #[test]
    fn a_colon_of_a_drive_or_a_variable_separates_nothing() {
        check("/a", &["/a"]);
        check("a:/b", &["a:/b"]);
        check("data:/b:ro", &["data", "/b", "ro"]);
        check(r"C:\a:/b", &[r"C:\a", "/b"]);
        check("${A:-./x}:/b", &["${A:-./x}", "/b"]);
    }

    #[test]
    fn paths_are_told_from_names() {
        for path in ["/a", "./a", "~/a", "../a", r"C:\a", r"\\.\pipe\a"] {
            assert!(is_path(path), "{path}");
        }
        for name in ["data", "a.b", "c", ""] {
            assert!(!is_path(name), "{name}");
        }
    }
}
