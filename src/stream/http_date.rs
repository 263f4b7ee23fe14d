//! Dates in the headers of an answer.

use crate::day::{Day, number};

/// Milliseconds since 1970, in any of the three forms (RFC 9110, section 5.6.7): each word says by itself what it is, and
/// the day stands before the year.
pub(super) fn date_ms(date: &str) -> Option<f64> {
    let (mut day, mut month, mut year, mut seconds) = (None, None, None, None);
    let words = date.as_bytes().split(|byte| b" ,-".contains(byte));
    for word in words.filter(|word| !word.is_empty()) {
        if let Some(index) = MONTHS.iter().position(|month| *month == word) {
            month = Some(index as i64 + 1);
        } else if let Some(number) = number(word) {
            match (day, year) {
                (None, _) => day = Some(number),
                (_, None) => year = Some(full_year(number)),
                _ => return None,
            }
        } else if let Some(time) = seconds_of(word) {
            seconds = Some(time);
        } else if word != b"GMT" && !is_weekday(word) {
            return None;
        }
    }
    let days = Day::new(year?, month?, day?)?.days_since(Day::new(1970, 1, 1)?);
    Some((days * 24 * 60 * 60 + seconds?) as f64 * 1000.0)
}

const MONTHS: [&[u8]; 12] = [
    b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec",
];

/// A time of the day, which may have a leap second.
fn seconds_of(word: &[u8]) -> Option<i64> {
    let &[h1, h2, b':', m1, m2, b':', s1, s2] = word else {
        return None;
    };
    let (hour, minute, second) = (number(&[h1, h2])?, number(&[m1, m2])?, number(&[s1, s2])?);
    let is_time = hour < 24 && minute < 60 && second <= 60;
    is_time.then_some((hour * 60 + minute) * 60 + second)
}

/// In three letters or in full.
fn is_weekday(word: &[u8]) -> bool {
    let known: [&[u8]; 7] = [b"Mon", b"Tue", b"Wed", b"Thu", b"Fri", b"Sat", b"Sun"];
    word.get(..3).is_some_and(|start| known.contains(&start))
        && (word.len() == 3 || word.ends_with(b"day"))
}

/// Of two digits in the form that RFC 850 had: no server answers from before 1970.
fn full_year(year: i64) -> i64 {
    match year {
        0..70 => 2000 + year,
        70..100 => 1900 + year,
        _ => year,
    }
}

#[cfg(test)]
mod tests {
    use super::date_ms;
    use proptest::prelude::*;
    use std::time::{Duration, UNIX_EPOCH};

    #[test]
    fn all_forms_of_a_date_are_read() {
        for date in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
        ] {
            assert_eq!(date_ms(date), Some(784_111_777_000.0), "{date}");
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for date in [
            "",
            "soon",
            "120",
            "Sun, 06 Nov 1994",
            "Sun, 06 1994 08:49:37 GMT",
            "Sun, 31 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 8:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:3\u{fb} GMT",
            "Sun, 06 Nov 1994 08:49:37 -0800",
            "Sun, 06 Nov 1994 08:49:37 +0200",
            "Sun, 06 Nov 1994 08:49:37 PST",
            "Sun, 06 Nov 1994 24:00:00 GMT",
            "Sun, 06 Nov 1994 08:60:00 GMT",
        ] {
            assert_eq!(date_ms(date), None, "{date}");
        }
    }

    proptest! {
        #[test]
        fn a_date_is_read_as_it_was_written(seconds in 0..253_402_300_800_u64) {
            let date = httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(seconds));
            prop_assert_eq!(date_ms(&date), Some(seconds as f64 * 1000.0));
        }
    }
}
