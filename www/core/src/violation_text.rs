//! What is wrong with a file, in the page's words: short in its row, and with what the page itself can do about it.

use tilewise::violation::{Violation, ViolationCode};

/// In one line, as a row has it; the inspector says the rest.
pub fn in_row(mut violation: Violation, is_image: bool) -> Violation {
    let short = match violation.code {
        ViolationCode::Rotated if is_image => "not seen upright",
        ViolationCode::Rotated => "may not be seen upright",
        ViolationCode::Animated => "only one frame is seen",
        ViolationCode::Downscaled => "seen smaller than it is",
        ViolationCode::Enlarged => "enlarged, at your cost",
        ViolationCode::SizeUnknown => "its bytes are not known",
        _ => return violation,
    };
    violation.message = short.into();
    violation.fix = None;
    violation
}

/// With the tab of the inspector that fixes it, where that is open to the file.
pub fn in_inspector(mut violation: Violation, can_resize: bool) -> Violation {
    if violation.code == ViolationCode::Rotated && can_resize {
        violation.fix = Some("“Resize & compress”, on the tab Resize, turns it upright.".into());
    }
    violation
}
