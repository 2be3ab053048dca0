//! Text as it is compared where case does not matter.

use icu_casemap::CaseMapper;
use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};

/// `text` by full case folding and in NFC: two texts have one folded form exactly where they are a canonical caseless match
/// (Unicode 3.13, D145). Stores keep it beside the original, so that both compare alike.
#[must_use]
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let decomposed = DecomposingNormalizerBorrowed::new_nfd().normalize(text);
    let folded = CaseMapper::new().fold_string(&decomposed);
    ComposingNormalizerBorrowed::new_nfc().normalize(&folded).into_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spellings_that_differ_in_case_or_encoding_alone_are_one() {
        for (one, other) in [
            ("The Wire", "THE WIRE"),
            ("Straße", "STRASSE"),
            ("Élan", "e\u{301}LAN"),
            ("Σίσυφος", "ΣΊΣΥΦΟΣ"),
            ("がんばれ", "か\u{3099}んばれ"),
        ] {
            assert_eq!(fold(one), fold(other), "{one} {other}");
        }
    }

    #[test]
    fn names_of_which_a_letter_differs_are_several() {
        for (one, other) in [("Élan", "Elan"), ("Élan", "Lan"), ("Learn C", "Learn C++"), ("相棒", "孤独のグルメ")]
        {
            assert_ne!(fold(one), fold(other), "{one} {other}");
        }
    }

    proptest! {
        #[test]
        fn what_is_folded_stays_as_it_is(text in any::<String>()) {
            prop_assert_eq!(fold(&fold(&text)), fold(&text));
        }

        #[test]
        fn the_case_of_ascii_is_folded_as_that_of_other_letters(text in "[ -~]{0,20}") {
            let long_way = CaseMapper::new().fold_string(&text).into_owned();
            prop_assert_eq!(fold(&text), long_way);
        }
    }
}
