//! How full each limit is.

use super::LimitUse;
use crate::catalog::Limits;
use crate::units;

/// One limit, and what a request uses of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Gauge {
    /// What is limited: `Images`, `Request body`.
    pub name: &'static str,
    pub used: u64,
    /// `None` where no limit is known.
    pub allowed: Option<u64>,
    unit: Unit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Count,
    Bytes,
}

impl Gauge {
    /// The used share, 0 to 1; full where more is used than allowed.
    pub fn share(&self) -> f64 {
        match self.allowed {
            Some(0) if self.used > 0 => 1.0,
            Some(0) | None => 0.0,
            Some(allowed) => (self.used as f64 / allowed as f64).min(1.0),
        }
    }

    pub fn is_exceeded(&self) -> bool {
        self.allowed.is_some_and(|allowed| self.used > allowed)
    }

    /// `3 of 96`, `1.20 MB of 5.00 MB`.
    pub fn text(&self) -> String {
        let show = |amount| match self.unit {
            Unit::Count => units::grouped(amount),
            Unit::Bytes => units::bytes(amount),
        };
        match self.allowed {
            Some(allowed) => format!("{} of {}", show(self.used), show(allowed)),
            None => format!("{}, no limit known", show(self.used)),
        }
    }
}

impl LimitUse {
    /// Every limit, in the order in which people meet them.
    pub fn gauges(&self, limits: &Limits, context_tokens: Option<u64>) -> [Gauge; 6] {
        let gauge = |name, used, allowed, unit| Gauge {
            name,
            used,
            allowed,
            unit,
        };
        let tokens = self.input_tokens.saturating_add(self.output_tokens);
        [
            gauge(
                "Request body",
                self.body_bytes,
                limits.max_body_bytes,
                Unit::Bytes,
            ),
            gauge("Images", self.images, limits.max_images, Unit::Count),
            gauge("Videos", self.videos, limits.max_videos, Unit::Count),
            gauge(
                "Media by URL",
                self.media_bytes,
                limits.max_media_bytes,
                Unit::Bytes,
            ),
            gauge(
                "Largest image by URL",
                self.largest_image_bytes,
                limits.max_image_bytes,
                Unit::Bytes,
            ),
            gauge("Context in tokens", tokens, context_tokens, Unit::Count),
        ]
    }
}
