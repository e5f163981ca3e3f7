#!/usr/bin/env bash
# albumentations makes a 16-bit part one even grey in some transforms and 7 times brighter in another, without a word.
#
# Guess before running: transforms for 8 bits raise on uint16; brightness stays near the part's own greys.
# Lost by it: 12-bit parts (0 .. 4095 in uint16) augmented with MedianBlur or Downscale come back as float32, all 255;
# ImageCompression and RandomFog give all 1.0; RandomBrightnessContrast adds a share of 65535, so a part of 1500 to 3000
# leaves the range that the camera has. As float32 with those greys, blur, sharpening and brightness return all 1.0. A
# network then learns from empty pictures; only some transforms (CLAHE) refuse.
# vigie augments 8-bit pictures of its own reading only. Whoever prepares sets with albumentations must divide by the
# camera's largest grey first; pictures of one single grey deserve a word from `vigie dataset check`.
. "$(dirname "$0")/lib.sh"
with_python albumentations==2.0.8 opencv-python-headless==4.11.0.86 numpy==2.2.6

NO_ALBUMENTATIONS_UPDATE=1 python - <<'P' 2>&1
import numpy as np
import albumentations as A
from recorded import recorded

print("albumentations", A.__version__)
part = np.full((64, 64, 3), 1500, np.uint16)
part[20:40, 20:40] = 3000


def tried(name, transform, image):
    try:
        out = A.Compose([transform], seed=1)(image=image)["image"]
    except Exception as error:
        print(f"  {name}: {type(error).__name__}")
        return None
    print(f"  {name}: {out.dtype} {out.min():g} .. {out.max():g}")
    return out


empty = lambda out: out is not None and out.min() == out.max()
print("uint16, 1500 .. 3000")
median = tried("MedianBlur", A.MedianBlur(p=1), part)
small = tried("Downscale", A.Downscale(p=1), part)
jpeg = tried("ImageCompression", A.ImageCompression(p=1), part)
fog = tried("RandomFog", A.RandomFog(p=1), part)
bright = tried("RandomBrightnessContrast", A.RandomBrightnessContrast(p=1), part)
tried("CLAHE", A.CLAHE(p=1), part)
print("float32, 1500 .. 3000")
floats = {name: tried(name, getattr(A, name)(p=1), part.astype(np.float32))
          for name in ("GaussianBlur", "MotionBlur", "RandomBrightnessContrast", "Sharpen", "Rotate")}
recorded(all(empty(out) for out in (median, small, jpeg, fog)), "four transforms of uint16 return an empty picture")
recorded(bright is not None and bright.min() > 4095, "brightness leaves the range of a 12-bit camera")
recorded(all(empty(floats[name]) for name in ("GaussianBlur", "MotionBlur", "RandomBrightnessContrast", "Sharpen")),
         "float32 beyond 1 is cut to an empty picture")
recorded(floats["Rotate"] is not None and floats["Rotate"].max() == 3000, "Rotate keeps it")
P
