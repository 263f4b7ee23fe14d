"""Looks at prepared images with Pillow.

    python judge_prepared.py list.json

Each entry of the list has a `source`, an `output`, and the `width`, `height` and `format` that were
promised; where bytes were no part of the goal and no transparency is involved, `compare` is true, and the
output must look like what Pillow's own Lanczos makes of the source. Prints what is wrong, one line each.
"""

import json
import sys
import warnings

import numpy
from PIL import Image, ImageOps

# By Wang, Bovik, Sheikh and Simoncelli (2004), on brightness, over windows of 8×8.
WINDOW = 8
LEAST_SIMILARITY = 0.98

# Kinds that Pillow does not read: there is nothing to compare with.
UNREAD = ("big-tiff-big-endian", "bmp/2-bit.bmp", "two-more-then-alpha")
# Pillow takes an orientation from XMP, or one that is no short integer, which others do not.
TURNED_OTHERWISE = ("exif-and-ff", "orientation-long", "xmp-only", "xmp.webp")


def upright(path):
    image = Image.open(path)
    image.load()
    # TIFF is turned as it is read.
    if image.format != "TIFF":
        image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I"):
        # 16 bits to 8, which convert() would cut off.
        image = Image.fromarray((numpy.asarray(image).astype(float) / 257).round().astype("uint8"))
    return image


def brightness(image):
    return numpy.asarray(image.convert("RGB").convert("L"), dtype=float)


def similarity(a, b):
    def means(values):
        sums = numpy.pad(values.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
        n = WINDOW
        return (sums[n:, n:] - sums[:-n, n:] - sums[n:, :-n] + sums[:-n, :-n]) / n**2

    mean_a, mean_b = means(a), means(b)
    var_a, var_b = means(a * a) - mean_a**2, means(b * b) - mean_b**2
    covariance = means(a * b) - mean_a * mean_b
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    return float(
        (
            (2 * mean_a * mean_b + c1)
            * (2 * covariance + c2)
            / ((mean_a**2 + mean_b**2 + c1) * (var_a + var_b + c2))
        ).mean()
    )


def judge(entry):
    image = Image.open(entry["output"])
    image.load()
    promised = (entry["width"], entry["height"])
    if image.size != promised or image.format.lower() != entry["format"]:
        yield f"{image.format} {image.size} in place of {entry['format']} {promised}"
    if image.getexif() or image.info.get("exif") or image.info.get("xmp"):
        yield "metadata"
    if "icc_profile" in image.info:
        yield "a profile, though the colours are sRGB"
    if not entry["compare"] or min(promised) < WINDOW:
        return
    if any(name in entry["source"] for name in UNREAD + TURNED_OTHERWISE):
        return
    source = upright(entry["source"]).convert("RGB")
    expected = source if source.size == promised else source.resize(promised, Image.Resampling.LANCZOS)
    found = similarity(brightness(expected), brightness(image))
    judge.compared += 1
    if found < LEAST_SIMILARITY:
        yield f"similarity {found:.3f}"


judge.compared = 0
warnings.simplefilter("ignore")
for entry in json.load(open(sys.argv[1])):
    try:
        complaints = list(judge(entry))
    except OSError as error:
        complaints = [str(error)]
    for complaint in complaints:
        print(f"{entry['source']} → {entry['goal']}: {complaint}")
print(f"{judge.compared} compared")
