"""Makes the samples of the page: everything in them is drawn here, so no one else's photo is shown.

    python samples.py out
"""

import math
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont, ImageOps

OUT = Path(sys.argv[1])

# Drawn at twice the size and made smaller, which smooths every edge.
FINE = 2


def colour(text):
    return tuple(int(text[at : at + 2], 16) for at in (1, 3, 5))


def blend(stops, share):
    """The colour at a place of a gradient, of stops that are evenly apart."""
    at = min(max(share, 0), 1) * (len(stops) - 1)
    low = min(int(at), len(stops) - 2)
    return tuple(round(a + (b - a) * (at - low)) for a, b in zip(stops[low], stops[low + 1]))


def ridge(chance, width, base, rough, sharp):
    """Heights along a line of hills: waves of chance size, of which the short ones are low."""
    waves = [(turns, chance.uniform(0, 7), chance.uniform(0.5, 1)) for turns in (1, 1.7, 2.9, 5.3, 9.1, 17, 31)]
    return [
        base
        + rough * sum(size / turns**sharp * math.sin(turns * 4 * x / width + phase) for turns, phase, size in waves)
        for x in range(width)
    ]


def scene(width, height, seed, sky, hills, sun, drift=0.0):
    """Hills before an evening sky; `drift` moves the sun along its way, from 0 to 1."""
    chance = random.Random(seed)
    width, height = width * FINE, height * FINE
    image = Image.new("RGB", (width, height))
    draw = ImageDraw.Draw(image)
    horizon = height * 0.62
    for y in range(height):
        draw.line([(0, y), (width, y)], fill=blend(sky, y / horizon))
    x, y = sun[0] * width, (sun[1] + drift) * height
    glow = np.hypot(*np.meshgrid(np.arange(width) - x, np.arange(height) - y)) / height
    glow = np.exp(-((glow / 0.28) ** 2))[..., None] * np.array([70, 52, 20])
    image = Image.fromarray(np.clip(np.asarray(image) + glow, 0, 255).astype(np.uint8))
    draw = ImageDraw.Draw(image)
    radius = 0.055 * height
    draw.ellipse([x - radius, y - radius, x + radius, y + radius], fill=(255, 246, 220))
    layers = 6
    for layer in range(layers):
        share = layer / (layers - 1)
        line = ridge(chance, width, height * (0.5 + 0.4 * share**1.2), height * (0.05 + 0.02 * share), 1.15)
        draw.polygon([(0, height), *enumerate(line), (width, height)], fill=blend(hills, share))
        if layer == layers - 2:
            forest(draw, chance, line, blend(hills, share), height)
    return image.resize((width // FINE, height // FINE), Image.LANCZOS)


def forest(draw, chance, line, fill, height):
    """Firs along a ridge, of its own colour."""
    at = 0
    while at < len(line):
        tall, x, foot = height * chance.uniform(0.015, 0.045), at, line[at] + 3 * FINE
        for step in range(3):
            wide, top = tall * (0.13 + 0.07 * step), foot - tall + tall * 0.25 * step
            draw.polygon([(x, top), (x - wide, top + tall * 0.5), (x + wide, top + tall * 0.5)], fill=fill)
        at += max(1, int(tall * chance.choice([0.3, 0.5, 0.9, 2.4])))


def grain(image, strength, seed):
    """The noise of a sensor, without which a gradient shows its steps."""
    noise = np.random.default_rng(seed).normal(0, strength, (image.height, image.width, 1))
    return Image.fromarray(np.clip(np.asarray(image) + noise, 0, 255).astype(np.uint8))


EVENING = [colour(text) for text in ("#3b5b8c", "#7f9cc0", "#f0c9a4", "#fbe3bd")]
EVENING_HILLS = [colour(text) for text in ("#a9a7b8", "#6f8394", "#3f6068", "#16302f")]
DAWN = [colour(text) for text in ("#46407a", "#9a6f9c", "#ee9f8c", "#ffd9a0")]
DAWN_HILLS = [colour(text) for text in ("#b58aa0", "#7d6a90", "#453f66", "#1b1a33")]


def landscape():
    image = grain(scene(1600, 1200, 7, EVENING, EVENING_HILLS, (0.69, 0.33)), 1.6, 1)
    image.save(OUT / "landscape.jpg", quality=80, optimize=True, progressive=True)


def phone():
    """An upright photo, stored on its side as phones do: orientation 6 of Exif 2.32, 4.6.4.A."""
    upright = grain(scene(900, 1200, 20, DAWN, DAWN_HILLS, (0.4, 0.36)), 1.6, 2)
    exif = Image.Exif()
    exif[0x0112] = 6
    upright.transpose(Image.ROTATE_90).save(OUT / "phone.jpg", quality=80, optimize=True, exif=exif)


def screenshot():
    """A window of a program that does not exist, with text small enough to be lost when it is made smaller."""
    width, height = 1440, 900
    image = Image.new("RGB", (width, height), colour("#f4f5f2"))
    draw = ImageDraw.Draw(image)
    face = lambda size, bold=False: ImageFont.truetype(f"DejaVuSans{'-Bold' if bold else ''}.ttf", size)
    ink, soft, line, green = map(colour, ("#1c2422", "#66706c", "#dcdfd9", "#1f6f5c"))
    draw.rectangle([0, 0, 240, height], fill=colour("#17302a"))
    draw.text((28, 28), "Orchard", font=face(22, True), fill="white")
    for index, name in enumerate(["Overview", "Harvest", "Trees", "Weather", "Stores", "Accounts"]):
        top = 96 + 46 * index
        if index == 1:
            draw.rounded_rectangle([14, top - 10, 226, top + 28], 8, fill=colour("#2b5348"))
        draw.text((30, top), name, font=face(15, index == 1), fill="white" if index == 1 else colour("#b9ccc5"))
    draw.text((280, 30), "Harvest", font=face(26, True), fill=ink)
    draw.text((280, 68), "Week 38, all orchards", font=face(14), fill=soft)
    cards = [("Picked", "18.4 t", "+6 % on last week"), ("Rejected", "3.1 %", "Limit 4 %"), ("Pickers", "42", "3 on leave"), ("Rain", "11 mm", "Thursday night")]
    for index, (name, figure, note) in enumerate(cards):
        left = 280 + 286 * index
        draw.rounded_rectangle([left, 110, left + 262, 220], 10, fill="white", outline=line)
        draw.text((left + 20, 126), name, font=face(14), fill=soft)
        draw.text((left + 20, 150), figure, font=face(28, True), fill=ink)
        draw.text((left + 20, 192), note, font=face(12), fill=green)
    draw.rounded_rectangle([280, 244, 1400, 520], 10, fill="white", outline=line)
    draw.text((300, 262), "Tonnes a day", font=face(15, True), fill=ink)
    days = [("Mon", 2.4), ("Tue", 3.1), ("Wed", 3.4), ("Thu", 1.2), ("Fri", 2.9), ("Sat", 3.6), ("Sun", 1.8)]
    for index, (day, tonnes) in enumerate(days):
        left, top = 340 + 148 * index, 480 - int(tonnes * 46)
        draw.rounded_rectangle([left, top, left + 76, 480], 6, fill=green if day != "Thu" else colour("#c98a3b"))
        draw.text((left + 38, top - 20), f"{tonnes}", font=face(13), fill=soft, anchor="ma")
        draw.text((left + 38, 490), day, font=face(13), fill=soft, anchor="ma")
    draw.rounded_rectangle([280, 544, 1400, 872], 10, fill="white", outline=line)
    columns = [(300, "Orchard"), (560, "Variety"), (780, "Picked"), (940, "Rejected"), (1120, "Last change")]
    for left, name in columns:
        draw.text((left, 562), name, font=face(13, True), fill=soft)
    rows = [
        ("North slope", "Boskoop", "4,210 kg", "2.8 %", "today, 16:42"),
        ("Mill meadow", "Elstar", "3,980 kg", "3.4 %", "today, 16:10"),
        ("Long field", "Cox Orange", "3,655 kg", "2.1 %", "today, 15:57"),
        ("Old wall", "Gravenstein", "2,940 kg", "4.6 %", "today, 15:31"),
        ("Brook side", "Topaz", "2,105 kg", "3.0 %", "today, 14:05"),
        ("South slope", "Jonagold", "1,510 kg", "2.6 %", "yesterday, 18:20"),
    ]
    for index, row in enumerate(rows):
        top = 598 + 44 * index
        draw.line([(300, top - 8), (1380, top - 8)], fill=line)
        for (left, name), cell in zip(columns, row):
            over = name == "Rejected" and float(cell.split()[0]) > 4
            draw.text((left, top + 4), cell, font=face(14, over), fill=colour("#a1260d") if over else ink)
    image.quantize(128).save(OUT / "screenshot.png", optimize=True)


def clip():
    """Four seconds of a sun that sets, as H.264 with its index in front."""
    rate, seconds = 24, 4
    with tempfile.TemporaryDirectory() as folder:
        for index in range(rate * seconds):
            drift = 0.22 * index / (rate * seconds)
            scene(640, 360, 11, DAWN, DAWN_HILLS, (0.34, 0.26), drift).save(f"{folder}/{index:03}.png")
        subprocess.run(
            ["ffmpeg", "-y", "-loglevel", "error", "-framerate", str(rate), "-i", f"{folder}/%03d.png"]
            # One thread and no version in the file: the same bytes each time.
            + ["-c:v", "libx264", "-crf", "24", "-pix_fmt", "yuv420p", "-threads", "1", "-fflags", "+bitexact"]
            + ["-flags:v", "+bitexact", "-movflags", "+faststart", OUT / "clip.mp4"],
            check=True,
        )


def small():
    """What the page shows of each before it is taken: a frame of the video, the others upright."""
    folder = OUT / "small"
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as frames:
        frame = f"{frames}/frame.png"
        subprocess.run(["ffmpeg", "-y", "-loglevel", "error", "-i", OUT / "clip.mp4", "-frames:v", "1", frame], check=True)
        sources = {name: OUT / name for name in ("landscape.jpg", "phone.jpg", "screenshot.png")}
        for name, source in {**sources, "clip.mp4": frame}.items():
            image = ImageOps.exif_transpose(Image.open(source)).convert("RGB")
            ImageOps.fit(image, (320, 240), Image.LANCZOS, centering=(0.5, 0.3)).save(
                folder / f"{name}.jpg", quality=72, optimize=True, progressive=True
            )


OUT.mkdir(parents=True, exist_ok=True)
for make in (landscape, phone, screenshot, clip, small):
    make()
