//! How full each limit is.

use tilewise::catalog::Limits;
use tilewise::limits::LimitUse;
use tilewise::units;

/// One limit, and how much a request uses.
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

/// Every limit, in the order in which people meet them.
pub fn gauges(usage: &LimitUse, limits: &Limits, context_tokens: Option<u64>) -> [Gauge; 6] {
    let gauge = |name, used, allowed, unit| Gauge {
        name,
        used,
        allowed,
        unit,
    };
    let count = |name, used, allowed| gauge(name, used, allowed, Unit::Count);
    let bytes = |name, used, allowed| gauge(name, used, allowed, Unit::Bytes);
    let tokens = usage.input_tokens.saturating_add(usage.output_tokens);
    [
        bytes("Request body", usage.body_bytes, limits.max_body_bytes),
        count("Images", usage.images, limits.max_images),
        count("Videos", usage.videos, limits.max_videos),
        bytes("Media by URL", usage.media_bytes, limits.max_media_bytes),
        bytes(
            "Largest image by URL",
            usage.largest_image_bytes,
            limits.max_image_bytes,
        ),
        count("Context in tokens", tokens, context_tokens),
    ]
}

/// Those of which something is used, always in the same order, so that each stays in its place while others change.
pub fn used(gauges: impl IntoIterator<Item = Gauge>) -> Vec<Gauge> {
    gauges.into_iter().filter(|gauge| gauge.used > 0).collect()
}

impl Gauge {
    /// The used share, 0 to 1; 1 where more is used than allowed.
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
