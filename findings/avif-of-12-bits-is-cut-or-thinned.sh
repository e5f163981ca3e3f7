#!/usr/bin/env bash
# 12-bit AVIF: OpenCV writes 16-bit pictures cut at 4095, and libvips reads back a quarter of the levels.
#
# Guess before running: imwrite scales uint16 to the 12 bits of the file, as its PNG and TIFF keep full range; readers
# return all 4096 levels on some scale.
# Lost by it: cv2.imwrite("part.avif", uint16, [IMWRITE_AVIF_DEPTH, 12]) of a part that uses 16 bits turns everything
# above a sixteenth of white into white, and returns True. A file that is right (0 .. 4095) comes back from libvips 8.18
# with 1024 levels, from Pillow with 256: hairline scratches are gone.
# vigie does not read AVIF. An archive of parts is better kept as 16-bit PNG or TIFF, which docs should say.
. "$(dirname "$0")/lib.sh"
with_python opencv-python-headless==5.0.0.93 pyvips==3.2.0 pyvips-binary==8.18.7 imagecodecs==2026.3.6 pillow==13.0.0 numpy==2.4.6

python - <<'P'
import cv2
import imagecodecs
import numpy as np
import PIL
import pyvips
from PIL import Image
from recorded import recorded

print("OpenCV", cv2.__version__, "imagecodecs", imagecodecs.__version__, "Pillow", PIL.__version__, "libvips",
      ".".join(str(pyvips.version(i)) for i in range(3)))
ramp = np.arange(4096, dtype=np.uint16).reshape(64, 64)
options = [cv2.IMWRITE_AVIF_DEPTH, 12, cv2.IMWRITE_AVIF_QUALITY, 100]


def readings(name, picture):
    print(f"{name}: imwrite says", cv2.imwrite("part.avif", np.dstack([picture] * 3), options))
    read = {"OpenCV": cv2.imread("part.avif", cv2.IMREAD_UNCHANGED),
            "imagecodecs": imagecodecs.avif_decode(open("part.avif", "rb").read()),
            "libvips": pyvips.Image.new_from_file("part.avif").numpy(),
            "Pillow": np.asarray(Image.open("part.avif"))}
    for reader, got in read.items():
        print(f"  {reader}: {got.dtype} {got.min()} .. {got.max()}, {len(np.unique(got))} levels")
    return {reader: len(np.unique(got)) for reader, got in read.items()}


low, full = readings("0 .. 4095", ramp), readings("0 .. 65520", ramp * 16)
recorded(low["OpenCV"] == low["imagecodecs"] == 4096, "0 .. 4095 is stored whole")
recorded(low["libvips"] == 1024 and low["Pillow"] == 256, "libvips returns 1024 levels of it, Pillow 256")
recorded(full["imagecodecs"] < 300, "16-bit values above 4095 are cut when written")
P
