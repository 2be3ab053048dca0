//! The fonts that texts are set in: those that the binary holds, and more that its operator gives.
//!
//! Fonts of the system are never looked at, so that a scene is the same picture everywhere.

use std::sync::Arc;

use parley::fontique::{Blob, Collection, CollectionOptions, SourceCache};
use parley::{FontContext, FontFamilyName, GenericFamily};
use sha2::{Digest as _, Sha256};
use showrunner_domain::file;
use skrifa::outline::OutlineGlyphCollection;
use skrifa::raw::{FileRef, TableProvider};
use skrifa::{FontRef, MetadataProvider};
use thiserror::Error;

use crate::digest::written;

/// The family of emoji, whose glyphs are outlines in colours.
pub(crate) const EMOJI: &str = "Twemoji Mozilla";

/// What the binary holds, in the order in which signs are looked for. `fonts/README.md` says where they come from.
const EMBEDDED: [&[u8]; 15] = [
    include_bytes!("../fonts/Inter.ttf"),
    include_bytes!("../fonts/NotoSansHebrew.ttf"),
    include_bytes!("../fonts/NotoSansArabic.ttf"),
    include_bytes!("../fonts/NotoSansArmenian.ttf"),
    include_bytes!("../fonts/NotoSansGeorgian.ttf"),
    include_bytes!("../fonts/NotoSansDevanagari.ttf"),
    include_bytes!("../fonts/NotoSansBengali.ttf"),
    include_bytes!("../fonts/NotoSansGurmukhi.ttf"),
    include_bytes!("../fonts/NotoSansTamil.ttf"),
    include_bytes!("../fonts/NotoSansThai.ttf"),
    include_bytes!("../fonts/NotoSansLao.ttf"),
    include_bytes!("../fonts/NotoSansKhmer.ttf"),
    include_bytes!("../fonts/NotoSansHangul.otf"),
    include_bytes!("../fonts/DroidSansFallbackFull.ttf"),
    include_bytes!("../fonts/TwemojiColr.ttf"),
];

/// A font to use beside those that the binary holds: OpenType or TrueType, alone or in a collection.
#[derive(Debug, Clone)]
pub struct NamedFont {
    /// What to call it where it is of no use, as the name of its file.
    pub name: String,
    /// The bytes of its file.
    pub bytes: Vec<u8>,
}

/// Why a font is of no use.
#[derive(Debug, Error)]
#[error("{name} cannot be used as a font: {reason}")]
pub struct FontError {
    /// What it was called.
    pub name: String,
    /// What is wrong with it.
    pub reason: String,
}

/// All fonts.
pub(crate) struct Fonts {
    collection: Collection,
    /// Their families, in the order in which signs are looked for.
    families: Vec<String>,
    /// The digest of their bytes.
    digest: file::Sha256,
}

impl Fonts {
    /// The fonts that the binary holds and `more`, which come before those of emoji.
    pub(crate) fn new(more: Vec<NamedFont>) -> Result<Self, FontError> {
        let mut collection = Collection::new(CollectionOptions { shared: false, system_fonts: false });
        let (mut families, mut digest) = (Vec::new(), Sha256::new());
        let mut add = |bytes: Arc<dyn AsRef<[u8]> + Send + Sync>| {
            digest.update(Sha256::digest(bytes.as_ref()));
            for (family, _) in collection.register_fonts(Blob::new(bytes), None) {
                let name = collection.family_name(family).unwrap_or_default().to_owned();
                if !families.contains(&name) {
                    families.push(name);
                }
            }
        };
        for font in EMBEDDED {
            add(Arc::new(font));
        }
        for NamedFont { name, bytes } in more {
            check(&bytes).map_err(|reason| FontError { name, reason })?;
            add(Arc::new(bytes));
        }
        let emoji = collection.family_id(EMOJI);
        collection.set_generic_families(GenericFamily::Emoji, emoji.into_iter());
        families.sort_by_key(|family| family == EMOJI);
        Ok(Self { collection, families, digest: written(digest) })
    }

    /// The digest of all of their bytes.
    pub(crate) fn digest(&self) -> &str {
        self.digest.as_str()
    }

    /// What lays text out in these fonts.
    pub(crate) fn context(&self) -> FontContext {
        FontContext { collection: self.collection.clone(), source_cache: SourceCache::default() }
    }

    /// The families to look for signs in where `wanted` was asked for.
    pub(crate) fn stack(&self, wanted: &str) -> Vec<FontFamilyName<'static>> {
        let names = std::iter::once(wanted).chain(self.families.iter().map(String::as_str));
        names.map(|name| FontFamilyName::Named(name.to_owned().into())).collect()
    }
}

/// Whether all of a font is there, with what text is set by.
fn check(bytes: &[u8]) -> Result<(), String> {
    let file = FileRef::new(bytes).map_err(|_| "it is neither OpenType nor TrueType".to_owned())?;
    for font in file.fonts() {
        let font: FontRef<'_> = font.map_err(|error| error.to_string())?;
        for table in font.table_directory().table_records() {
            if font.table_data(table.tag()).is_none() {
                return Err(format!("it is cut off within its table {}", table.tag()));
            }
        }
        let missing = |error: skrifa::raw::ReadError| error.to_string();
        font.head().and(font.hhea().map(drop)).and(font.maxp().map(drop)).map_err(missing)?;
        font.name().map(drop).and(font.cmap().map(drop)).map_err(missing)?;
        let outlines: OutlineGlyphCollection<'_> = font.outline_glyphs();
        if outlines.format().is_none() {
            return Err("it has no outlines".to_owned());
        }
    }
    Ok(())
}
