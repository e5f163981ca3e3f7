#!/usr/bin/env bash
# pyvips saves a 16-bit grey numpy array as an 8-bit PNG in which every value above 255 is white.
#
# Guess before running: uint16 in, 16-bit PNG out, as with a colour array.
# Lost by it: a part of a 12-bit camera becomes an all-white picture; bitdepth=16 gives 16 bits of the same white. Colour
# arrays, TIFF and JPEG of the same array are right, so the fault shows only where grey PNGs are written. The array is
# taken as 8-bit grey ("b-w"); copy(interpretation="grey16") before saving keeps it.
# vigie reads such pictures as white parts, all alike: `vigie dataset check` should name sets of which most pixels are
# saturated, and docs on preparing parts should name the interpretation.
. "$(dirname "$0")/lib.sh"
with_python opencv-python-headless==5.0.0.93 pyvips==3.2.0 pyvips-binary==8.18.7 numpy==2.4.6

python - <<'P'
import cv2
import numpy as np
import pyvips
from recorded import recorded

print("libvips", ".".join(str(pyvips.version(i)) for i in range(3)))
greys = np.array([0, 1, 255, 256, 1000, 4095], np.uint16)
grey = pyvips.Image.new_from_array(np.tile(greys, (6, 1)))
colour = pyvips.Image.new_from_array(np.dstack([np.tile(greys, (6, 1))] * 3))
print("format", grey.format, "interpretation", grey.interpretation, "- colour:", colour.interpretation)


def saved(what, image, name, **options):
    image.write_to_file(name, **options)
    row = cv2.imread(name, cv2.IMREAD_UNCHANGED).reshape(6, 6, -1)[0, :, 0]
    print(f"{what}: {row.dtype} {row.tolist()}")
    return row


plain = saved("grey PNG", grey, "plain.png")
deep = saved("grey PNG, bitdepth=16", grey, "deep.png", bitdepth=16)
tiff = saved("grey TIFF", grey, "part.tif")
rgb = saved("colour PNG", colour, "colour.png")
told = saved("grey PNG as grey16", grey.copy(interpretation="grey16"), "told.png")
recorded(plain.dtype == np.uint8 and plain[2:].tolist() == [255] * 4, "grey PNG: 8 bits, all above 255 white")
recorded(deep[2:].tolist() == [65535] * 4, "bitdepth=16: 16 bits, all above 255 white")
recorded(all(np.array_equal(row, greys) for row in (tiff, rgb, told)), "TIFF, colour and grey16 keep the values")
P
