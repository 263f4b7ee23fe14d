"""Makes a photograph as a phone does: 12 megapixels, over 5 MB, stored on its side.

    python photograph.py out.jpg
"""

import sys

from PIL import Image

WIDTH, HEIGHT = 4032, 3024

light = Image.linear_gradient("L").resize((WIDTH, HEIGHT))
shade = Image.radial_gradient("L").resize((WIDTH, HEIGHT))
# The noise of a sensor is what makes such files large.
noise = [Image.effect_noise((WIDTH, HEIGHT), 40) for _ in range(3)]
bands = [Image.blend(base, grain, 0.4) for base, grain in zip((light, shade, light), noise)]
exif = Image.Exif()
exif[0x0112] = 6
Image.merge("RGB", bands).save(sys.argv[1], quality=92, exif=exif)
