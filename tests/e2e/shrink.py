"""Leaves PNG files with 256 colours, which is a third of the bytes; what letters and lines look like stays the same.

    python shrink.py image.png ...
"""

import sys

from PIL import Image

for path in sys.argv[1:]:
    with Image.open(path) as image:
        if image.mode == "P":
            continue
        few = image.convert("RGB").quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    few.save(path, optimize=True)
