//! Which families there are, and the parameters of their rules, as `src/rule` names them.

/// A family, and its parameters; those that may be 0, which means none, behind a question mark.
type Row = (&'static str, &'static [&'static str]);

const QWEN: &[&str] = &[
    "tile_px",
    "min_pixels",
    "max_pixels",
    "max_ratio",
    "markers_per_image",
    "?sample_fps",
    "?min_frames",
    "?max_frames",
    "?frames_per_chunk",
    "?min_video_pixels",
    "?max_video_pixels",
];

const KIMI: &[&str] = &[
    "patch_px",
    "merge",
    "max_patches_per_image",
    "max_patches_per_side",
    "?max_patches_per_frame",
    "?sample_fps",
    "?frames_per_chunk",
    "markers_per_image",
    "?markers_per_chunk",
    "?digits_per_token",
];

const MISTRAL: &[&str] = &["patch_px", "merge", "max_side"];

const FLAT: &[&str] = &["tokens_per_image", "?markers_per_image"];

const FAMILIES: [Row; 25] = [
    ("kimi-k2.5", KIMI),
    ("kimi-k3", KIMI),
    ("qwen2.5-vl", QWEN),
    ("qwen3-vl", QWEN),
    (
        "glm-4.5v",
        &[
            "tile_px",
            "min_pixels",
            "max_pixels",
            "max_ratio",
            "frames_per_image",
            "markers_per_image",
        ],
    ),
    (
        "glm-5.3-flash",
        &[
            "tile_px",
            "min_tokens",
            "max_tokens",
            "markers_per_image",
            "sample_fps",
            "max_frames",
            "frames_per_chunk",
            "max_video_tokens",
        ],
    ),
    (
        "deepseek-v4.1-flash",
        &["patch_px", "merge", "min_pixels", "max_tokens"],
    ),
    (
        "muse-spark",
        &[
            "tile_px",
            "max_tokens",
            "markers_per_image",
            "sample_fps",
            "max_frames",
            "frames_per_chunk",
            "max_tokens_per_chunk",
        ],
    ),
    ("gemma-3", FLAT),
    (
        "gemma-4",
        &[
            "patch_px",
            "pool",
            "max_tokens",
            "markers_per_image",
            "max_frames",
            "max_tokens_per_frame",
        ],
    ),
    (
        "llama-4",
        &[
            "tile_px",
            "max_tiles",
            "tokens_per_tile",
            "markers_per_image",
        ],
    ),
    (
        "internvl3",
        &[
            "tile_px",
            "max_tiles",
            "tokens_per_tile",
            "markers_per_image",
        ],
    ),
    ("pixtral", MISTRAL),
    ("mistral", MISTRAL),
    (
        "minimax-m3",
        &[
            "tile_px",
            "min_pixels",
            "max_pixels",
            "max_ratio",
            "?min_side",
            "markers_per_image",
            "sample_fps",
            "min_frames",
            "max_frames",
            "frames_per_chunk",
            "max_frame_pixels",
        ],
    ),
    (
        "step3",
        &[
            "global_px",
            "window_px",
            "max_side",
            "tokens_of_global",
            "tokens_per_window",
            "markers_per_window",
            "markers_per_image",
        ],
    ),
    (
        "nemotron",
        &[
            "patch_px",
            "min_patches",
            "max_patches",
            "reserved_tokens",
            "markers_per_image",
        ],
    ),
    (
        "openai-tiles",
        &[
            "tile_px",
            "max_side",
            "max_short_side",
            "base_tokens",
            "tokens_per_tile",
        ],
    ),
    (
        "openai-patches",
        &[
            "patch_px",
            "tokens_per_100_patches",
            "low_max_side",
            "?low_max_patches",
            "high_max_side",
            "?high_max_patches",
            "?original_max_side",
            "?original_max_patches",
            "?auto_is_original",
        ],
    ),
    ("claude", &["tile_px", "max_side", "max_tokens"]),
    (
        "gemini-2",
        &[
            "small_px",
            "tokens_per_tile",
            "min_tile_px",
            "max_tile_px",
            "low_tokens",
            "medium_tokens",
            "sample_fps",
            "tokens_per_frame",
            "low_tokens_per_frame",
        ],
    ),
    (
        "gemini-3",
        &[
            "patch_px",
            "pool",
            "low_tokens",
            "medium_tokens",
            "high_tokens",
            "ultra_high_tokens",
            "sample_fps",
            "tokens_per_frame",
            "high_tokens_per_frame",
        ],
    ),
    ("grok", &["tokens_per_tile", "max_tiles"]),
    ("nova-1", &["min_tokens", "max_tokens"]),
    ("nova-2", FLAT),
];

/// The names of all families.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    FAMILIES.iter().map(|(name, _)| *name)
}

/// The names of a family's parameters, and whether each may be none; `None` for a family that is not known.
pub(super) fn parameters_of(family: &str) -> Option<impl Iterator<Item = (&'static str, bool)>> {
    let (_, parameters) = FAMILIES.iter().find(|(name, _)| *name == family)?;
    let split = |name: &&'static str| match name.strip_prefix('?') {
        Some(optional) => (optional, true),
        None => (*name, false),
    };
    Some(parameters.iter().map(split))
}
