//! Text as plain values, alike wherever somebody writes them: in bodies, queries and tables.

use chrono::NaiveDate;

use crate::Invalid;

/// A whole number in decimal digits, with `-` before it where it is negative.
pub fn whole(text: &str) -> Result<i64, Invalid> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    text.parse().ok().filter(|_| plain).ok_or(Invalid::Malformed { expected: "a whole number" })
}

/// A number in decimal digits, with a point before decimals and `-` before it where it is negative, and perhaps an exponent:
/// what is written of a number in JSON (RFC 8259) is one.
pub fn decimal(text: &str) -> Result<f64, Invalid> {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let digits = mantissa.strip_prefix('-').unwrap_or(mantissa);
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, "0"));
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let plain =
        [whole, decimals, exponent].iter().all(|part| !part.is_empty() && part.bytes().all(|c| c.is_ascii_digit()));
    text.parse().ok().filter(|_| plain).ok_or(Invalid::Malformed { expected: "a number, such as 8.5" })
}

/// A day as RFC 3339 writes it (`full-date`).
pub fn date(text: &str) -> Result<NaiveDate, Invalid> {
    let form = |(place, byte): (usize, u8)| if matches!(place, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() };
    let full = text.len() == 10 && text.bytes().enumerate().all(form);
    let day = if full { text.parse().ok() } else { None };
    day.ok_or(Invalid::Malformed { expected: "a date, such as 2008-01-20" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_number_has_one_form() {
        assert_eq!((whole("7"), whole("-7"), whole("0")), (Ok(7), Ok(-7), Ok(0)));
        for text in ["", "-", "+7", "7.0", " 7", "7 ", "0x7", "99999999999999999999", "٧"] {
            assert!(whole(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_decimal_number_is_written_in_digits_and_a_point() {
        assert_eq!((decimal("8.5"), decimal("-7"), decimal("10.0")), (Ok(8.5), Ok(-7.0), Ok(10.0)));
        assert_eq!((decimal("1e-7"), decimal("1.5E+1")), (Ok(1e-7), Ok(15.0)));
        for text in ["", "-", ".", "8.", ".5", "8,5", "e1", "1e", "1e1e1", "1e1.5", "inf", "NaN", "+1", "1.2.3", " 1"] {
            assert!(decimal(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_date_has_ten_characters_and_exists() {
        assert!(date("2008-02-29").is_ok());
        for text in ["2007-02-29", "2008-2-29", "+2008-02-2", "2008/02/29", "2008-02-29T00:00:00Z", "", "ä008-02-2"] {
            assert!(date(text).is_err(), "{text:?}");
        }
    }
}
