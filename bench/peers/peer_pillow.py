"""Pillow at its best: a draft decode near the largest width, then a cascade. peer_pillow.py <b|c> <folder> <photograph>..."""
import sys

from PIL import Image, ImageOps

widths = (1920, 1280, 640, 320)
wanted, folder, *files = sys.argv[1:]
for file in files:
    image = Image.open(file)
    image.draft("RGB", (widths[0], widths[0] * image.height // image.width))
    image = ImageOps.exif_transpose(image)
    ratio = image.height / image.width
    boxes = [(f"w{w}", w, round(w * ratio)) for w in widths]
    boxes += [("h150", round(150 / ratio), 150), ("w150", 150, round(150 * ratio)), ("box50", 50, round(50 * ratio))]
    for name, width, height in boxes:
        image = image.resize((width, height), Image.Resampling.LANCZOS)
        image.save(f"{folder}/{name}.jpg", quality=78, subsampling="4:2:0")
        if wanted == "c" and name in ("w1920", "w1280", "w640", "w320"):
            image.save(f"{folder}/{name}.webp", quality=78, method=2)
