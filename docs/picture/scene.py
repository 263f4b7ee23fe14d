"""Paints the landscape that the README's picture shows.

    python scene.py out.jpg
"""

import math
import random
import sys

from PIL import Image, ImageDraw, ImageFilter

WIDTH, HEIGHT = 1600, 1200
RANDOM = random.Random(7)


def mix(low, high, share):
    return tuple(round(a + (b - a) * share) for a, b in zip(low, high))


def ridge(base, rough):
    """Heights along a line of hills: a few waves of chance size."""
    waves = [(RANDOM.uniform(0.5, 6), RANDOM.uniform(0, 7), RANDOM.uniform(0.2, 1)) for _ in range(7)]
    return [
        base + rough * sum(size / turns * math.sin(turns * 3 * x / WIDTH + phase) for turns, phase, size in waves)
        for x in range(WIDTH)
    ]


image = Image.new("RGB", (WIDTH, HEIGHT))
draw = ImageDraw.Draw(image)
for y in range(HEIGHT):
    draw.line([(0, y), (WIDTH, y)], fill=mix((86, 138, 190), (252, 214, 170), min(1, y / 760)))
draw.ellipse([1060, 300, 1230, 470], fill=(255, 244, 214))
image = image.filter(ImageFilter.GaussianBlur(6))
draw = ImageDraw.Draw(image)
for layer in range(6):
    colour = mix((150, 160, 178), (24, 52, 48), layer / 5)
    line = ridge(600 + layer * 105, 60 + 14 * layer)
    draw.polygon([(0, HEIGHT), *enumerate(line), (WIDTH, HEIGHT)], fill=colour)
image.save(sys.argv[1], quality=88)
