#!/usr/bin/env bash
# Pillow turns a 16-bit grey picture (mode I;16) by interpolating single bytes: the result is noise between 0 and 255.
#
# Guess before running: as for resize, either right or refused with "image has wrong mode".
# Lost by it: whoever straightens or augments pictures of a 10, 12 or 16-bit camera with Image.rotate or
# Image.transform and BILINEAR or BICUBIC trains on noise; nothing is raised, and the mode stays I;16. An even grey of
# 1000 becomes 232, its low byte. resize of the same picture is right, and so are NEAREST, quarter turns, and mode I.
# vigie turns pictures with code of its own and only in 8 bits; masks and parts prepared with Pillow come already
# broken, so a set whose 16-bit pictures hold nothing above 255 deserves a word from `vigie dataset check`.
. "$(dirname "$0")/lib.sh"
with_python pillow==13.0.0 numpy==2.4.6

python - <<'P'
import numpy as np
import PIL
from PIL import Image
from recorded import recorded

print("Pillow", PIL.__version__)
part = Image.fromarray(np.full((9, 9), 1000, np.uint16))
even = lambda picture: np.asarray(picture)[4, 4]
for turn in ("NEAREST", "BILINEAR", "BICUBIC"):
    print(f"grey 1000, mode {part.mode}, rotate(5, {turn}): centre", even(part.rotate(5, Image.Resampling[turn])))
for grey in (100, 255, 256, 300, 4095, 65535):
    turned = Image.fromarray(np.full((9, 9), grey, np.uint16)).rotate(5, Image.Resampling.BILINEAR)
    print(f"grey {grey}, rotate(5, BILINEAR): centre {even(turned)}, most anywhere {np.asarray(turned).max()}")
bilinear = part.rotate(5, Image.Resampling.BILINEAR)
moved = part.transform((9, 9), Image.Transform.AFFINE, (1, 0, 0.5, 0, 1, 0), Image.Resampling.BILINEAR)
recorded(even(bilinear) == 1000 % 256, "bilinear rotation leaves the low byte")
recorded(np.asarray(moved).max() < 256, "so does an affine transform by half a pixel")
recorded(even(part.rotate(5)) == 1000, "nearest is right")
recorded(np.all(np.asarray(part.resize((5, 5), Image.Resampling.BILINEAR)) == 1000), "bilinear resize is right")
recorded(even(part.convert("I").rotate(5, Image.Resampling.BILINEAR)) == 1000, "mode I is right")
P
