//! What a PNG says of its colours (W3C PNG, third edition, section 4.3: of several ways the first that is there counts).

use super::bright::Transfer;
use super::colour::{Measured, Profile};
use moxcms::{CicpProfile, ColorProfile};
use png::{Info, ScaledFloat};
use std::io::Cursor;

/// `None` where it is sRGB, or nothing is said.
pub(super) fn profile(file: &[u8]) -> Option<Profile> {
    let reader = png::Decoder::new(Cursor::new(file)).read_info().ok()?;
    let info = reader.info();
    if let Some(coded) = by_code_points(info) {
        return Some(coded);
    }
    if let Some(profile) = &info.icc_profile {
        return Some(Profile::Icc(profile.to_vec()));
    }
    match info.srgb {
        Some(_) => None,
        None => by_measurement(info),
    }
}

/// `cICP`: code points of ITU-T H.273. Ones that are not known, or of another matrix than RGB's, say nothing.
fn by_code_points(info: &Info<'_>) -> Option<Profile> {
    let code = info.coding_independent_code_points?;
    /// That of sRGB (ITU-T H.273, table 3).
    const SRGB: u8 = 13;
    let bright = Transfer::of(code.transfer_function);
    let transfer = match bright {
        Some(_) => SRGB,
        None => code.transfer_function,
    };
    let code = CicpProfile {
        color_primaries: code.color_primaries.try_into().ok()?,
        transfer_characteristics: transfer.try_into().ok()?,
        matrix_coefficients: code.matrix_coefficients.try_into().ok()?,
        full_range: code.is_video_full_range_image,
    };
    let profile = ColorProfile::new_from_cicp(code);
    let is_known = profile.red_trc.is_some() && code.full_range;
    is_known.then(|| match bright {
        Some(transfer) => Profile::Bright(transfer, Box::new(profile)),
        None => Profile::Made(Box::new(profile)),
    })
}

/// `cHRM` and `gAMA`: what one of them leaves open is sRGB's.
fn by_measurement(info: &Info<'_>) -> Option<Profile> {
    let scaled = |value: ScaledFloat| f64::from(value.into_scaled()) / 100_000.0;
    let point = |(x, y): (ScaledFloat, ScaledFloat)| (scaled(x), scaled(y));
    let srgb = Measured::SRGB;
    let measured = Measured {
        gamma: match info.gama_chunk.map(scaled) {
            Some(gamma) if gamma > 0.0 => Some(1.0 / gamma),
            _ => None,
        },
        ..match info.chrm_chunk {
            Some(chromaticities) => Measured {
                white: point(chromaticities.white),
                red: point(chromaticities.red),
                green: point(chromaticities.green),
                blue: point(chromaticities.blue),
                gamma: None,
            },
            None => srgb,
        }
    };
    if measured.is_near(&srgb) {
        None
    } else {
        measured.profile()
    }
}
