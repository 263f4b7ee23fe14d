"""Makes the icons of the installed page from icon.svg, with rsvg-convert.

    python icons.py icon.svg out
"""

import re
import subprocess
import sys
from pathlib import Path

SOURCE, OUT = Path(sys.argv[1]), Path(sys.argv[2])


def draw(svg, size, name):
    command = ["rsvg-convert", "--width", str(size), "--height", str(size), "--output", str(OUT / name)]
    subprocess.run(command, input=svg.encode(), check=True)


def maskable(svg):
    """The corners filled, and the figure within the circle that no mask cuts, of 80 % of the width
    (Web Application Manifest, "Icon masks and safe zone")."""
    ground = re.search(r'<rect width="32" height="32" rx="6" fill="(#\w+)" />', svg)
    whole = f'<rect width="32" height="32" fill="{ground[1]}" />'
    # The corners of the tiles lie 14.1 from the middle, the circle's edge 12.8.
    inner = svg[ground.end() : svg.index("</svg>")]
    moved = f'<g transform="translate(16 16) scale(0.85) translate(-16 -16)">{inner}</g>'
    return svg[: ground.start()] + whole + moved + "</svg>"


OUT.mkdir(parents=True, exist_ok=True)
icon = SOURCE.read_text()
draw(icon, 192, "192.png")
draw(icon, 512, "512.png")
draw(maskable(icon), 512, "maskable.png")
