//! Levels of high dynamic range (ITU-R BT.2100-2) as those of sRGB, for which a white page is the brightest there is.

/// How samples tell light.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Transfer {
    Pq,
    Hlg,
}

/// Luminance of a white page in cd/m² (ITU-R BT.2408-7, table 1): brighter light becomes white.
const WHITE: f64 = 203.0;

impl Transfer {
    /// By its code point in ITU-T H.273, table 3.
    pub(super) fn of(code: u8) -> Option<Self> {
        match code {
            16 => Some(Self::Pq),
            18 => Some(Self::Hlg),
            _ => None,
        }
    }

    /// For each sample of 8 bits, that of sRGB.
    pub(super) fn levels(self) -> [u8; 256] {
        std::array::from_fn(|sample| {
            let light = self.luminance(sample as f64 / 255.0) / WHITE;
            // A cast of a double saturates.
            (encoded(light.min(1.0)) * 255.0).round() as u8
        })
    }

    /// In cd/m².
    fn luminance(self, sample: f64) -> f64 {
        match self {
            // Table 4.
            Self::Pq => {
                const M1: f64 = 2610.0 / 16384.0;
                const M2: f64 = 2523.0 / 4096.0 * 128.0;
                const C1: f64 = 3424.0 / 4096.0;
                const C2: f64 = 2413.0 / 4096.0 * 32.0;
                const C3: f64 = 2392.0 / 4096.0 * 32.0;
                let power = sample.powf(1.0 / M2);
                10_000.0 * ((power - C1).max(0.0) / (C2 - C3 * power)).powf(1.0 / M1)
            }
            // Table 5, on a display of 1,000 cd/m².
            Self::Hlg => {
                const A: f64 = 0.178_832_77;
                const B: f64 = 1.0 - 4.0 * A;
                const SYSTEM_GAMMA: f64 = 1.2;
                let c = 0.5 - A * (4.0 * A).ln();
                let scene = if sample <= 0.5 {
                    sample * sample / 3.0
                } else {
                    (((sample - c) / A).exp() + B) / 12.0
                };
                1_000.0 * scene.powf(SYSTEM_GAMMA)
            }
        }
    }
}

/// IEC 61966-2-1, 5.2.
fn encoded(light: f64) -> f64 {
    if light <= 0.003_130_8 {
        light * 12.92
    } else {
        1.055 * light.powf(1.0 / 2.4) - 0.055
    }
}
