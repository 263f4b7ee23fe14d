//! Days for people.

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// `23 Nov 2026` of `2026-11-23`, which no line breaks apart; other text as it is.
pub fn in_words(day: &str) -> String {
    let parts: Vec<&str> = day.split('-').collect();
    let [year, month, day_of_month] = parts.as_slice() else {
        return day.to_owned();
    };
    let month = month.parse::<usize>().ok();
    let name = month.and_then(|month| MONTHS.get(month.checked_sub(1)?));
    match (name, day_of_month.parse::<u8>()) {
        (Some(name), Ok(number)) => format!("{number}\u{a0}{name}\u{a0}{year}"),
        _ => day.to_owned(),
    }
}
