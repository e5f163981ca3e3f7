#!/usr/bin/env bash
# One NaN in a height map ruins far more than the filter's window: running sums carry it to the end of rows and columns.
#
# Guess before running: a 5 x 5 mean of a map with one missing pixel (NaN) has 25 missing pixels.
# Lost by it: depth cameras mark what they cannot see as NaN. OpenCV's blur and boxFilter lose 180 of 4096 pixels,
# scipy's uniform_filter 1296, its zoom by cubic splines all, its maximum_filter and median_filter none (the hole is
# filled in with a height that nobody measured), and OpenCV's dilate and medianBlur keep it at 1. cv2.reduce with
# REDUCE_MAX is NaN or not by where the hole lies. NaN compares false with every threshold: such a part passes.
# vigie refuses a float TIFF with a NaN and names the pixel. If it takes height maps, holes need a mask of their own
# before any filter, and a score that is not a number must reject.
. "$(dirname "$0")/lib.sh"
with_python opencv-python-headless==5.0.0.93 scipy==1.17.1 numpy==2.4.6

python - <<'P'
import cv2
import numpy as np
import scipy
from scipy import ndimage
from recorded import recorded

print("OpenCV", cv2.__version__, "scipy", scipy.__version__)
heights = np.arange(4096, dtype=np.float32).reshape(64, 64) / 4096
heights[30, 30] = np.nan
lost = {name: int(np.isnan(made).sum()) for name, made in {
    "cv2.GaussianBlur 5x5": cv2.GaussianBlur(heights, (5, 5), 0),
    "cv2.blur 5x5": cv2.blur(heights, (5, 5)),
    "cv2.medianBlur 5": cv2.medianBlur(heights, 5),
    "cv2.dilate 5x5": cv2.dilate(heights, np.ones((5, 5))),
    "scipy uniform_filter 5": ndimage.uniform_filter(heights, 5),
    "scipy maximum_filter 5": ndimage.maximum_filter(heights, 5),
    "scipy median_filter 5": ndimage.median_filter(heights, 5),
    "scipy zoom 0.5, order 1": ndimage.zoom(heights, 0.5, order=1),
    "scipy zoom 0.5, order 3": ndimage.zoom(heights, 0.5, order=3),
}.items()}
for name, count in lost.items():
    print(f"{name}: {count} missing")


def largest(row, column):
    hole = np.nan_to_num(heights)
    hole[row, column] = np.nan
    return float(cv2.reduce(cv2.reduce(hole, 0, cv2.REDUCE_MAX), 1, cv2.REDUCE_MAX)[0, 0])


print("cv2.reduce REDUCE_MAX, hole at (0, 0):", largest(0, 0), "at (5, 7):", largest(5, 7))
recorded(lost["cv2.GaussianBlur 5x5"] == 25, "a Gaussian loses its window")
recorded(lost["cv2.blur 5x5"] > 100, "OpenCV's mean loses much more")
recorded(lost["scipy uniform_filter 5"] > 1000, "scipy's mean loses about a third")
recorded(lost["scipy zoom 0.5, order 3"] == 32 * 32, "scipy's cubic zoom loses all")
recorded(lost["scipy maximum_filter 5"] == 0 and lost["scipy median_filter 5"] == 0, "scipy's ranks fill the hole in")
recorded(np.isnan(largest(0, 0)) and not np.isnan(largest(5, 7)), "OpenCV's largest value depends on where the hole is")
P
