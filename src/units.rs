//! Money as integers, and numbers as people read them.
//!
//! A price is a whole number of picodollars (10⁻¹² US dollars) for one token: the vendor's "0.60 for
//! a million" is 600,000 of them. Sums are exact; rounding happens once, when an amount is shown.
//!
//! ```
//! use tilewise::units::Price;
//!
//! let price = Price::from_usd_per_million(0.60).unwrap();
//! assert_eq!(price.of(1_296).to_string(), "$0.00078");
//! assert_eq!(price.of(10_549).to_string(), "$0.0063");
//! assert!(Price::from_usd_per_million(-1.0).is_none());
//! ```

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::{fmt, iter::Sum, ops::Add};

const PICODOLLARS_PER_USD: u128 = 1_000_000_000_000;
/// Dollars for a million tokens, times this, are picodollars for one.
const PICODOLLARS_PER_TOKEN: f64 = 1_000_000.0;
/// Of an amount that is shown.
const LEAST_DECIMALS: u32 = 4;

/// The price of one token. In JavaScript and JSON: US dollars for one million tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Price {
    picodollars_per_token: u64,
}

impl Price {
    /// From the integer kept inside: US dollars for one million tokens, times 1,000,000.
    pub const fn from_picodollars_per_token(picodollars_per_token: u64) -> Self {
        Self {
            picodollars_per_token,
        }
    }

    /// From US dollars for one million tokens, to the nearest 0.000001; `None` for a negative, absurd
    /// (over a million dollars) or undefined number.
    pub fn from_usd_per_million(usd: f64) -> Option<Self> {
        // The range holds no NaN, and its upper end times a million is far below u64::MAX.
        (0.0..=1_000_000.0).contains(&usd).then(|| Self {
            picodollars_per_token: (usd * PICODOLLARS_PER_TOKEN).round() as u64,
        })
    }

    /// From US dollars for one token, as [`from_usd_per_million`](Self::from_usd_per_million).
    pub fn from_usd_per_token(usd: f64) -> Option<Self> {
        Self::from_usd_per_million(usd * 1_000_000.0)
    }

    /// US dollars for one million tokens.
    pub fn usd_per_million(self) -> f64 {
        self.picodollars_per_token as f64 / PICODOLLARS_PER_TOKEN
    }

    /// What this many tokens cost.
    pub fn of(self, tokens: u64) -> Usd {
        Usd {
            picodollars: u128::from(self.picodollars_per_token) * u128::from(tokens),
        }
    }
}

/// As people write a price: at least two decimals, as many as it has.
impl fmt::Display for Price {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = self.picodollars_per_token / 1_000_000;
        let fraction = format!("{:06}", self.picodollars_per_token % 1_000_000);
        let fraction = fraction.trim_end_matches('0');
        write!(f, "${whole}.{fraction:0<2}")
    }
}

impl Serialize for Price {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.usd_per_million())
    }
}

impl<'de> Deserialize<'de> for Price {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let usd = f64::deserialize(deserializer)?;
        Self::from_usd_per_million(usd).ok_or_else(|| {
            de::Error::custom("a price is US dollars for one million tokens, 0 to 1,000,000")
        })
    }
}

/// An exact amount of US dollars. In JavaScript and JSON: dollars as a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Usd {
    picodollars: u128,
}

impl Usd {
    /// 0 US dollars.
    pub const NOTHING: Self = Self { picodollars: 0 };

    /// The amount in whole picodollars (10⁻¹² US dollars).
    pub fn picodollars(self) -> u128 {
        self.picodollars
    }

    /// To the nearest picodollar; `None` for what is no amount of 0 or more.
    pub fn from_f64(usd: f64) -> Option<Self> {
        (usd >= 0.0).then(|| Self {
            picodollars: (usd * PICODOLLARS_PER_USD as f64).round() as u128,
        })
    }

    /// All its decimals, and no sign of the currency: `0.0012345`.
    pub fn exact(self) -> String {
        let dollars = self.picodollars / PICODOLLARS_PER_USD;
        let fraction = format!("{:012}", self.picodollars % PICODOLLARS_PER_USD);
        match fraction.trim_end_matches('0') {
            "" => dollars.to_string(),
            fraction => format!("{dollars}.{fraction}"),
        }
    }

    /// This amount so many times.
    pub fn times(self, count: u64) -> Self {
        Self {
            picodollars: self.picodollars.saturating_mul(u128::from(count)),
        }
    }

    /// As a sum on a bill: whole cents and grouped from a dollar on, below that as a single request is shown.
    pub fn in_cents(self) -> String {
        const CENT: u128 = PICODOLLARS_PER_USD / 100;
        if self.picodollars < PICODOLLARS_PER_USD {
            return self.to_string();
        }
        let cents = self.picodollars.saturating_add(CENT / 2) / CENT;
        let dollars = u64::try_from(cents / 100).unwrap_or(u64::MAX);
        format!("${}.{:02}", grouped(dollars), cents % 100)
    }

    /// The amount in dollars, to the precision of a double.
    pub fn as_f64(self) -> f64 {
        self.picodollars as f64 / PICODOLLARS_PER_USD as f64
    }
}

impl Add for Usd {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            picodollars: self.picodollars.saturating_add(other.picodollars),
        }
    }
}

impl Sum for Usd {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::default(), Add::add)
    }
}

/// As the provider's own table writes it: four decimals, rounded half up. Below a tenth of a cent two digits that count, so that
/// small amounts can be told apart; an amount that would still read as nothing says so.
impl fmt::Display for Usd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = match self.picodollars {
            1..1_000_000 => return f.write_str("<$0.000001"),
            1_000_000..10_000_000 => 7,
            10_000_000..100_000_000 => 6,
            100_000_000..1_000_000_000 => 5,
            _ => LEAST_DECIMALS,
        };
        let steps_per_usd = 10_u128.pow(decimals);
        let step = PICODOLLARS_PER_USD / steps_per_usd;
        let steps = self.picodollars.saturating_add(step / 2) / step;
        let decimals = decimals as usize;
        let fraction = format!("{:0decimals$}", steps % steps_per_usd);
        let fraction = fraction.trim_end_matches('0');
        let least = LEAST_DECIMALS as usize;
        write!(f, "${}.{fraction:0<least$}", steps / steps_per_usd)
    }
}

impl Serialize for Usd {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.as_f64())
    }
}

impl<'de> Deserialize<'de> for Usd {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let usd = f64::deserialize(deserializer)?;
        Self::from_f64(usd).ok_or_else(|| de::Error::custom("an amount of dollars is 0 or more"))
    }
}

/// Groups the digits of a whole number by thousands: `10,549`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    let mut rest = &*digits;
    while rest.len() > 3 {
        let (group, behind) = rest
            .split_at_checked((rest.len() - 1) % 3 + 1)
            .unwrap_or_default();
        text.push_str(group);
        text.push(',');
        rest = behind;
    }
    text + rest
}

/// With its noun, which takes an s unless there is one: `1 token`, `10,549 tokens`.
pub fn counted(count: u64, one: &str) -> String {
    let many = if count == 1 { "" } else { "s" };
    format!("{} {one}{many}", grouped(count))
}

/// A number of bytes in decimal units, as the provider's limits are read: `5.00 MB`.
pub fn bytes(bytes: u64) -> String {
    // In integers: formatting a double would bring tables of powers of ten into the binary.
    let tenths = |unit: u64| {
        let tenths = bytes.saturating_add(unit / 20) / (unit / 10);
        format!("{}.{}", tenths / 10, tenths % 10)
    };
    let hundredths = |unit: u64| {
        let hundredths = bytes.saturating_add(unit / 200) / (unit / 100);
        format!("{}.{:02}", hundredths / 100, hundredths % 100)
    };
    // Each bound is the first number that would round up to the next unit.
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..999_950 => format!("{} KB", tenths(1_000)),
        999_950..999_995_000 => format!("{} MB", hundredths(1_000_000)),
        _ => format!("{} GB", hundredths(1_000_000_000)),
    }
}

/// How long something lasts: `9.97 s`, and from a minute on `1:30` or `2:05:00`.
pub fn duration(seconds: f64) -> String {
    // A cast saturates, and makes 0 of what is no number.
    let whole = seconds.round() as u64;
    match whole {
        0..60 => format!("{} s", decimal(seconds)),
        60..3600 => format!("{}:{:02}", whole / 60, whole % 60),
        _ => format!("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60),
    }
}

/// Two decimals at most, and none that say nothing: `29.97`, `0.5`, `30`.
pub fn decimal(number: f64) -> String {
    let hundredths = (number * 100.0).round() as u64;
    let whole = grouped(hundredths / 100);
    match hundredths % 100 {
        0 => whole,
        part if part % 10 == 0 => format!("{whole}.{}", part / 10),
        part => format!("{whole}.{part:02}"),
    }
}

/// The highest count that a number of JavaScript holds exactly (ECMA-262, Number.MAX_SAFE_INTEGER).
pub const MAX_COUNT: u64 = (1 << 53) - 1;

/// Writes a count, no higher than JavaScript's numbers hold: a header may claim any size.
pub(crate) fn count<T, S>(count: &T, serializer: S) -> Result<S::Ok, S::Error>
where
    T: Copy + Into<Option<u64>>,
    S: Serializer,
{
    let count: Option<u64> = (*count).into();
    count
        .map(|count| count.min(MAX_COUNT))
        .serialize(serializer)
}

/// A part of a whole in whole percent, rounded; `None` where the whole is 0.
pub fn percent(part: u64, whole: u64) -> Option<u64> {
    let percent = u128::from(part) * 100 + u128::from(whole / 2);
    u64::try_from(percent.checked_div(u128::from(whole))?).ok()
}

/// As [`bytes`], but to the byte where rounding would make it read the same as `other`.
pub(crate) fn bytes_beside(amount: u64, other: u64) -> String {
    match bytes(amount) {
        same if amount != other && same == bytes(other) => format!("{} bytes", grouped(amount)),
        distinct => distinct,
    }
}
