#!/usr/bin/env bash
# PFM, the plain float picture: OpenCV divides by the scale in the header, Pillow ignores it, imageio returns 8 bits.
#
# Guess before running: all give the floats as stored; the scale's size is ignored by all, its sign is the byte order.
# Lost by it: height maps and anomaly maps are exchanged as PFM. With a header scale of -2 OpenCV's heights are half of
# Pillow's, so a limit of .1 mm means .2; imageio.v3.imread (through OpenCV) rounds and clips to 0 .. 255, so a map of
# 0 .. 1 is only 0 or 1.
# vigie does not read PFM. If it does, it must refuse a scale other than 1 and -1, or say what it made of it.
. "$(dirname "$0")/lib.sh"
with_python pillow==13.0.0 opencv-python-headless==5.0.0.93 imageio==2.38.1 numpy==2.4.6

python - <<'P'
import cv2
import imageio
import imageio.v3
import numpy as np
import PIL
from PIL import Image
from recorded import recorded

print("Pillow", PIL.__version__, "OpenCV", cv2.__version__, "imageio", imageio.__version__)
heights = np.array([[2, 3, -4, 5], [0, 0.25, 0.5, 1]], "<f4")  # top row first
read = {}
for scale in (1, 2):
    name = f"scale{scale}.pfm"
    with open(name, "wb") as file:
        file.write(b"Pf\n4 2\n-%d.0\n" % scale + heights[::-1].tobytes())  # the format stores the lowest row first
    read[scale] = (np.asarray(Image.open(name)), cv2.imread(name, cv2.IMREAD_UNCHANGED), imageio.v3.imread(name))
    for library, picture in zip(("Pillow", "OpenCV", "imageio"), read[scale]):
        print(f"scale -{scale}, {library}: {picture.dtype} {picture.tolist()}")
pillow, opencv, eight = read[2]
recorded(np.array_equal(read[1][0], heights) and np.array_equal(read[1][1], heights), "at scale 1 Pillow and OpenCV agree")
recorded(np.array_equal(pillow, heights), "Pillow ignores the scale")
recorded(np.array_equal(opencv, heights / 2), "OpenCV divides by it")
recorded(eight.dtype == np.uint8, "imageio makes 8 bits of it")
P
