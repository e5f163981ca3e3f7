#!/usr/bin/env bash
# scikit-image reads a TIFF of three (or four) grey pages as one colour picture; of two or five it gives the pages.
#
# Guess before running: the pages one after another, as tifffile and imageio give them, or the first alone, as OpenCV
# and Pillow do.
# Lost by it: three shots, exposures or views of one part become red, green and blue of one picture: a defect seen in
# one shot is a faint tint. With another number of pages the same code has another shape.
# vigie: a TIFF with several pages must be refused or counted by page, never merged (pages are parts or views).
. "$(dirname "$0")/lib.sh"
with_python scikit-image==0.26.0 imageio==2.38.1 tifffile==2026.3.3 opencv-python-headless==5.0.0.93 pillow==13.0.0 numpy==2.4.6

python - <<'P'
import cv2
import imageio.v3
import numpy as np
import skimage
import skimage.io
import tifffile
from PIL import Image
from recorded import recorded

print("scikit-image", skimage.__version__, "tifffile", tifffile.__version__)
shapes = {}
for pages in (1, 2, 3, 4, 5):
    first, *rest = [Image.fromarray(np.full((40, 50), page, np.uint8)) for page in range(pages)]
    first.save("pages.tif", save_all=True, append_images=rest)
    assert len(tifffile.TiffFile("pages.tif").pages) == pages
    shapes[pages] = skimage.io.imread("pages.tif").shape
    print(f"{pages} pages: scikit-image {shapes[pages]}, tifffile {tifffile.imread('pages.tif').shape}, "
          f"imageio {imageio.v3.imread('pages.tif').shape}, OpenCV {cv2.imread('pages.tif', -1).shape}, "
          f"Pillow {np.asarray(Image.open('pages.tif')).shape}")
recorded(shapes[3] == (40, 50, 3) and shapes[4] == (40, 50, 4), "three and four pages become channels")
recorded(shapes[2] == (2, 40, 50) and shapes[5] == (5, 40, 50), "two and five stay pages")
P
