//! References to container images, taken apart as container engines do.
//!
//! The grammar is that of `distribution/reference`: what a reference leaves out is filled in, so that `nginx` and
//! `docker.io/library/nginx` are the same image to every rule.

/// An image reference with nothing left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// The host, in lower case, with its port: `docker.io`, `registry.example.com:5000`.
    pub registry: String,
    /// The path below the host: `library/nginx`.
    pub repository: String,
    /// The tag, if one is given.
    pub tag: Option<String>,
    /// The digest, if one is given: `sha256:...`.
    pub digest: Option<String>,
}

const DEFAULT_REGISTRY: &str = "docker.io";

impl Image {
    /// Takes a reference apart.
    pub fn parse(reference: &str) -> Self {
        let (rest, digest) = match reference.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest.to_owned())),
            None => (reference, None),
        };
        // A colon in the last segment begins a tag; in an earlier one it belongs to the host's port.
        let (path, tag) = match rest.rsplit_once(':') {
            Some((path, tag)) if !tag.contains('/') => (path, Some(tag.to_owned())),
            _ => (rest, None),
        };
        let (registry, repository) = split_host(path);
        Self {
            registry,
            repository,
            tag,
            digest,
        }
    }

    /// Host and path: `registry.example.com/shop/web`.
    pub fn name(&self) -> String {
        format!("{}/{}", self.registry, self.repository)
    }
}

/// The first segment is a host if it looks like one; else the image is one of the default registry.
fn split_host(path: &str) -> (String, String) {
    let is_host = |segment: &str| {
        segment.contains(['.', ':'])
            || segment == "localhost"
            || segment.chars().any(char::is_uppercase)
    };
    match path.split_once('/') {
        Some((host, repository)) if is_host(host) => {
            let host = host.to_lowercase();
            let docker = host == DEFAULT_REGISTRY
                || host == "index.docker.io"
                || host == "registry-1.docker.io";
            if docker {
                (DEFAULT_REGISTRY.to_owned(), library(repository))
            } else {
                (host, repository.to_owned())
            }
        }
        _ => (DEFAULT_REGISTRY.to_owned(), library(path)),
    }
}

fn library(repository: &str) -> String {
    if repository.contains('/') {
        repository.to_owned()
    } else {
        format!("library/{repository}")
    }
}

#[cfg(test)]
mod tests {
    use super::Image;

    #[track_caller]
    fn check(reference: &str, name: &str, tag: Option<&str>, digest: Option<&str>) {
        let image = Image::parse(reference);
        assert_eq!(
            (
                image.name().as_str(),
                image.tag.as_deref(),
                image.digest.as_deref()
            ),
            (name, tag, digest),
            "{reference}"
        );
    }

    #[test]
    fn a_short_name_is_an_image_of_the_default_registry() {
        check("nginx", "docker.io/library/nginx", None, None);
        check(
            "index.docker.io/nginx:1.27",
            "docker.io/library/nginx",
            Some("1.27"),
            None,
        );
        check(
            "bitnami/redis:7",
            "docker.io/bitnami/redis",
            Some("7"),
            None,
        );
    }

    #[test]
    fn a_port_is_no_tag() {
        check("localhost:5000/a/b", "localhost:5000/a/b", None, None);
        check(
            "registry.example.com:5000/web:1",
            "registry.example.com:5000/web",
            Some("1"),
            None,
        );
    }

    #[test]
    fn a_digest_is_kept_beside_the_tag() {
        check(
            "ghcr.io/a/b:1@sha256:ab",
            "ghcr.io/a/b",
            Some("1"),
            Some("sha256:ab"),
        );
        check(
            "ghcr.io/a/b@sha256:ab",
            "ghcr.io/a/b",
            None,
            Some("sha256:ab"),
        );
    }

    #[test]
    fn the_host_is_compared_in_lower_case() {
        check(
            "Registry.Example.com/web",
            "registry.example.com/web",
            None,
            None,
        );
    }
}
