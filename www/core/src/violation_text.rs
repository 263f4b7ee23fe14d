//! What is wrong with a file, in the page's words: short in its row, and with what the page itself can do about it.

use tilewise::violation::{Violation, ViolationCode};

/// In one line, as a row has it; the inspector says the rest.
pub fn in_row(mut violation: Violation, is_image: bool) -> Violation {
    let short = match violation.code {
        ViolationCode::Rotated if is_image => "stored turned, the model will not see it upright",
        ViolationCode::Rotated => "turned by players, the model may not see it upright",
        ViolationCode::Animated => "animated, the model sees one frame",
        ViolationCode::Downscaled => "the model sees it smaller",
        ViolationCode::Enlarged => "the model enlarges it, at your cost",
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
