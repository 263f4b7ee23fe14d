import os
import sys

from PIL import Image

for name in os.listdir(sys.argv[1]):
    with Image.open(os.path.join(sys.argv[1], name)) as image:
        print(image.width, image.height, sep="\t")
