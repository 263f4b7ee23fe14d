//! What a request costs that is made again and again.

use crate::units::Usd;

/// Requests of the same kind, spread over time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Volume {
    /// How many are sent each day; 1,000 by default.
    pub requests_a_day: u64,
}

impl Volume {
    /// Of a month, so that every month costs the same.
    pub const DAYS_A_MONTH: u64 = 30;

    /// US dollars of a day, where one request costs this much.
    pub fn a_day(self, request: Usd) -> Usd {
        request.times(self.requests_a_day)
    }

    /// US dollars of [`DAYS_A_MONTH`](Self::DAYS_A_MONTH) days, where one request costs this much.
    pub fn a_month(self, request: Usd) -> Usd {
        self.a_day(request).times(Self::DAYS_A_MONTH)
    }
}

impl Default for Volume {
    fn default() -> Self {
        Self {
            requests_a_day: 1_000,
        }
    }
}
