"""Writes video_tokens.json: 1,000 random videos, and how Kimi's own processor and the provider's page count them.

    python make_video_tokens.py > video_tokens.json

It says again, in Python and with numpy's arithmetic, what src/rule says in Rust. The processor is
moonshotai/Kimi-K2.5, `media_utils.py` and `kimi_k25_vision_processing.py`.
"""

import json
import math
import random
from datetime import datetime, timezone
from decimal import ROUND_HALF_UP, Decimal

RANDOM = random.Random(4)
PATCH, MERGE, CHUNK, DEFAULT_FPS = 14, 2, 4, 2
MAX_PATCHES_PER_FRAME, MAX_PATCHES_PER_SIDE = 4096, 512
# Begin, the word, content, end; and a time stamp: 00 : 00 : 00 . 000, each a token.
MARKERS = 4 + 7
STAMPS_KEPT = 5

SIZES = [(1920, 1080), (1280, 720), (640, 480), (3840, 2160), (1080, 1920), (854, 480), (720, 576), (176, 144)]
RATES = [(24000, 1001), (24, 1), (25, 1), (30000, 1001), (30, 1), (50, 1), (60000, 1001), (60, 1), (15, 1), (1, 1), (1, 2)]
SAMPLE_RATES = [0.25, 0.5, 1.0, 1.5, 3.0, 4.7, 8.0, 24.0, 120.0]


def random_video():
    size = RANDOM.choice(SIZES) if RANDOM.random() < 0.4 else (RANDOM.randint(1, 8000), RANDOM.randint(1, 8000))
    rate = RANDOM.choice(RATES) if RANDOM.random() < 0.7 else (RANDOM.randint(1, 120_000), RANDOM.randint(1, 2000))
    # Most videos are short; half frames fall where frames and rate are small.
    frames = RANDOM.choice([RANDOM.randint(1, 40), RANDOM.randint(1, 3000), RANDOM.randint(1, 400_000)])
    duration_ms = max(1, round(frames * rate[1] / rate[0] * 1000))
    known = RANDOM.choices(["all", "no rate", "no frames", "duration", "nothing"], [70, 10, 10, 9, 1])[0]
    return {
        "width": size[0],
        "height": size[1],
        "frames": frames if known in ("all", "no rate") else None,
        # As a fraction, so that nobody rounds on the way.
        "rate": rate if known in ("all", "no frames") else None,
        "durationMs": duration_ms if known != "nothing" else None,
        "sampleFps": RANDOM.choice(SAMPLE_RATES) if RANDOM.random() < 0.5 else None,
    }


def linspace(stop, count):
    """numpy.linspace(0, stop, count), rounded as numpy rounds."""
    if count == 1:
        return [0]
    step = stop / (count - 1)
    return [round(index * step) for index in range(count - 1)] + [stop]


def sampled_times(video):
    """Seconds at which a sampled frame begins; None where the frames are not known."""
    sample_fps = video["sampleFps"] or DEFAULT_FPS
    seconds = video["durationMs"] / 1000 if video["durationMs"] else None
    frames = video["frames"]
    fps = video["rate"][0] / video["rate"][1] if video["rate"] else None
    if fps is None and frames and seconds:
        fps = frames / seconds
    if fps is None:
        # The processor always knows; tilewise assumes that the video is no slower than the sampling.
        if seconds is None:
            return None
        return [index / sample_fps for index in range(max(round(seconds * sample_fps), 1))]
    if frames is None:
        frames = max(1, int(Decimal(seconds * fps).quantize(0, ROUND_HALF_UP)))
    count = max(round(frames * min(sample_fps, fps) / fps), 1)
    return [index / fps for index in linspace(frames - 1, count)]


def time_stamp(seconds):
    clock = datetime.fromtimestamp(seconds, tz=timezone.utc).strftime("%H:%M:%S")
    return f"{clock}.{int((seconds % 1) * 1000):03d}"


def frame_tokens(width, height):
    most = MAX_PATCHES_PER_SIDE * PATCH
    scale = min(
        1.0,
        math.sqrt(MAX_PATCHES_PER_FRAME / (max(1.0, width // PATCH) * max(1.0, height // PATCH))),
        most / width,
        most / height,
    )
    tiles = [-(-min(max(1, int(side * scale)), most) // (PATCH * MERGE)) for side in (width, height)]
    return tiles[0] * tiles[1]


def counted(video):
    times = sampled_times(video)
    if times is None:
        return {**video, "sampled": None}
    width, height = video["width"], video["height"]
    starts = times[::CHUNK]
    kept = sorted({0, len(starts) - 1, *(RANDOM.randrange(len(starts)) for _ in range(STAMPS_KEPT - 2))})
    return {
        **video,
        "sampled": len(times),
        "published": max(1, width // PATCH) * max(1, height // PATCH) * len(times),
        "processor": frame_tokens(width, height) * len(starts),
        "markers": MARKERS * len(starts),
        # Chunk, and the time stamp before it.
        "stamps": [[chunk, time_stamp(starts[chunk])] for chunk in kept],
    }


rows = [json.dumps(counted(random_video()), separators=(",", ":")) for _ in range(1000)]
print("[\n" + ",\n".join(rows) + "\n]")
