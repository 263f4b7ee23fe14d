//! The axis of the comparison's bars: logarithmic, since the dearest model may cost hundreds of times what the cheapest does.

use tilewise::units::Usd;

/// From one power of ten of dollars to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Axis {
    first: i32,
    last: i32,
}

/// A mark of the axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// Where it is, 0 to 1.
    pub share: f64,
    /// `$0.001`.
    pub text: String,
}

/// So much of a power of ten is left before the shortest bar ends, so that it is seen.
const SHORTEST: f64 = 0.25;

impl Axis {
    /// For these dollars, two of each bar; `None` where no price is known.
    pub fn of(ends: impl IntoIterator<Item = [Option<Usd>; 2]>) -> Option<Self> {
        let ends = ends.into_iter().flatten();
        let powers = ends.flatten().filter_map(power);
        let (least, most) = powers.fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), it| {
            (least.min(it), most.max(it))
        });
        let first = (least - SHORTEST).floor();
        let last = most.ceil().max(first + 1.0);
        (least <= most).then_some(Self {
            first: first as i32,
            last: last as i32,
        })
    }

    /// How many powers of ten it spans.
    pub fn decades(&self) -> i32 {
        self.last - self.first
    }

    /// Where an amount is, 0 to 1.
    pub fn share(&self, usd: Usd) -> f64 {
        let Some(power) = power(usd) else { return 0.0 };
        ((power - f64::from(self.first)) / f64::from(self.decades())).clamp(0.0, 1.0)
    }

    /// Each power of ten.
    pub fn marks(&self) -> Vec<Mark> {
        let mark = |power: i32| {
            let usd = Usd::from_f64(10_f64.powi(power))?;
            Some(Mark {
                share: self.share(usd),
                text: format!("${}", usd.exact()),
            })
        };
        (self.first..=self.last).filter_map(mark).collect()
    }
}

/// Of ten; `None` of nothing.
fn power(usd: Usd) -> Option<f64> {
    Some(usd.as_f64().log10()).filter(|power| power.is_finite())
}
