//! The system's certificate authorities, for `sslrootcert=system`.
//!
//! OpenSSL is built into this binary and would look for them where it was built. So the connection URI gets the file
//! in which the system keeps them, with the strict mode that libpq takes `system` for.

use std::borrow::Cow;
use std::path::Path;

const SYSTEM: &str = "sslrootcert=system";

/// `url`, with the system's authorities by their file where it asks for them.
pub(super) fn with_system_roots(url: &str) -> Cow<'_, str> {
    match openssl_probe::probe().cert_file {
        Some(file) if url.contains(SYSTEM) => with_roots(url, &file).map_or(Cow::Borrowed(url), Cow::Owned),
        _ => Cow::Borrowed(url),
    }
}

/// `None` where libpq has to refuse the mode itself, or the path does not fit into a URI as it is.
fn with_roots(url: &str, file: &Path) -> Option<String> {
    let path = file.to_str()?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '-' | '_');
    if !path.chars().all(plain) {
        return None;
    }
    let named = format!("sslrootcert={path}");
    match (url.contains("sslmode="), url.contains("sslmode=verify-full")) {
        (true, true) => Some(url.replace(SYSTEM, &named)),
        (true, false) => None,
        (false, _) => Some(url.replace(SYSTEM, &format!("{named}&sslmode=verify-full"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_systems_authorities_are_named_by_their_file_and_the_mode_stays_strict() {
        let with = |url| with_roots(url, Path::new("/etc/ssl/certs/ca-certificates.crt"));
        let file = "sslrootcert=/etc/ssl/certs/ca-certificates.crt";
        assert_eq!(
            with("postgres://db/app?sslrootcert=system").as_deref(),
            Some(format!("postgres://db/app?{file}&sslmode=verify-full").as_str())
        );
        assert_eq!(
            with("postgres://db/app?sslmode=verify-full&sslrootcert=system").as_deref(),
            Some(format!("postgres://db/app?sslmode=verify-full&{file}").as_str())
        );
        assert_eq!(with("postgres://db/app?sslmode=require&sslrootcert=system"), None, "libpq refuses this itself");
    }

    #[test]
    fn other_uris_stay_as_they_are() {
        let url = "postgres://db/app?sslmode=require";
        assert_eq!(with_system_roots(url), url);
    }
}
