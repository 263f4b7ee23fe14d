//! Days, as the catalogue writes them.

/// A day of the calendar: 2026-11-29 (ISO 8601, extended format).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Day {
    /// Since 0000-03-01 of the Gregorian calendar carried back.
    number: i64,
}

impl Day {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text.as_bytes() else {
            return None;
        };
        Self::new(
            number(&[y1, y2, y3, y4])?,
            number(&[m1, m2])?,
            number(&[d1, d2])?,
        )
    }

    /// `None` for a day that no month has.
    pub(crate) fn new(year: i64, month: i64, day: i64) -> Option<Self> {
        let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let last = match month {
            2 if is_leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        if !(1..=12).contains(&month) || !(1..=last).contains(&day) {
            return None;
        }
        // Years begin in March here, so that a leap day is the last of its year; 153 days make up five months from there.
        let year = if month < 3 { year - 1 } else { year };
        let month = (month + 9) % 12;
        let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
        Some(Self {
            number: year * 365 + leap_days + (153 * month + 2) / 5 + day - 1,
        })
    }

    /// Below 0 where that day is later.
    pub(crate) fn days_since(self, earlier: Self) -> i64 {
        self.number - earlier.number
    }
}

/// Of up to four decimal digits.
pub(crate) fn number(digits: &[u8]) -> Option<i64> {
    let is_number = (1..=4).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit);
    let number = digits
        .iter()
        .fold(0, |number, digit| 10 * number + i64::from(digit & 0xf));
    is_number.then_some(number)
}

#[cfg(test)]
mod tests {
    use super::Day;

    #[test]
    fn days_are_counted_across_months_years_and_leap_days() {
        let day = |text| Day::parse(text).unwrap();
        for (earlier, later, days) in [
            ("2026-11-28", "2026-11-29", 1),
            ("2026-08-31", "2026-11-29", 90),
            ("2025-12-31", "2026-01-01", 1),
            ("2024-02-28", "2024-03-01", 2),
            ("1900-02-28", "1900-03-01", 1),
            ("2000-02-28", "2000-03-01", 2),
            ("2026-11-29", "2026-11-23", -6),
            ("1970-01-01", "2026-11-29", 20_786),
        ] {
            let since = day(later).days_since(day(earlier));
            assert_eq!(since, days, "{earlier} to {later}");
        }
    }

    #[test]
    fn what_is_no_day_is_none() {
        for text in [
            "",
            "2026",
            "2026-13-01",
            "2026-00-10",
            "2026-02-29",
            "2026-04-31",
            "2026-11-00",
            "2026-11-29T00:00:00Z",
            "2026/11/29",
            "+026-11-29",
            "２０２６-11-29",
            "29.11.2026",
        ] {
            assert_eq!(Day::parse(text), None, "{text}");
        }
    }
}
