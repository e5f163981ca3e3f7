#!/usr/bin/env bash
# The mask of a labelled polygon: Pillow cuts the points' fractions off, so it moves half a pixel up and left, and is not
# mirrored when its points are; Pillow and OpenCV draw small defects a fifth to a quarter too large.
#
# Guess before running: points are rounded and nothing moves; the border that is known to be drawn makes little of it.
# Lost by it: labelling tools give points with fractions, and masks are drawn with Pillow or OpenCV. For defects
# about 10 pixels wide Pillow's mask has 1.20 times the area, OpenCV's 1.27 times, and 20 pixels of Pillow's mask change
# when the label is mirrored instead of the mask: label and picture augmented apart move against each other. IoU
# of regions and AUPRO of small defects change with the library that drew the truth. scikit-image and pycocotools (points
# moved by .5) keep area and place.
# vigie takes masks as pictures. If it reads polygons, it should take a pixel when its centre lies inside, and every
# pixel that a thinner one touches; docs on metrics should say that two papers' numbers may differ by this alone.
. "$(dirname "$0")/lib.sh"
with_python pillow==13.0.0 opencv-python-headless==5.0.0.93 scikit-image==0.26.0 pycocotools==2.0.11 shapely==2.2.0 numpy==2.4.6

python - <<'P'
from importlib.metadata import version

import cv2
import numpy as np
from PIL import Image, ImageDraw
from pycocotools import mask
from shapely.geometry import Polygon
from skimage.draw import polygon
from recorded import recorded

print(", ".join(f"{name} {version(name)}" for name in ("pillow", "opencv-python-headless", "scikit-image", "pycocotools")))
SIDE = 41


def pillow(points):
    picture = Image.new("L", (SIDE, SIDE))
    ImageDraw.Draw(picture).polygon([tuple(map(float, point)) for point in points], fill=1)
    return np.asarray(picture)


def opencv(points):
    picture = np.zeros((SIDE, SIDE), np.uint8)
    return cv2.fillPoly(picture, [np.rint(points).astype(np.int32)], 1)


def scikit(points):
    picture = np.zeros((SIDE, SIDE), np.uint8)
    picture[polygon(points[:, 1], points[:, 0], picture.shape)] = 1
    return picture


def coco(points):  # its pixel centres lie at .5
    return mask.decode(mask.merge(mask.frPyObjects([(points + 0.5).ravel().tolist()], SIDE, SIDE)))


random, seen = np.random.default_rng(0), {}
for _ in range(300):
    angles = np.sort(random.uniform(0, 2 * np.pi, 8))
    points = 20 + random.uniform(4, 6) * np.stack([np.cos(angles), np.sin(angles)], 1)
    true = Polygon(points)
    if true.area < 20:
        continue
    for draw in (pillow, opencv, scikit, coco):
        drawn = draw(points)
        rows, columns = np.nonzero(drawn)
        mirrored = draw(np.stack([SIDE - 1 - points[:, 0], points[:, 1]], 1))
        seen.setdefault(draw.__name__, []).append((columns.mean() - true.centroid.x, rows.mean() - true.centroid.y,
                                                   drawn.sum() / true.area, np.mean(drawn[:, ::-1] != mirrored) * SIDE**2))
mean = {name: np.mean(values, 0) for name, values in seen.items()}
for name, (right, down, area, changed) in mean.items():
    print(f"{name}: moved right by {right:.2f}, down by {down:.2f}; {area:.2f} of the area; "
          f"{changed:.1f} pixels change when the points are mirrored")
recorded(np.all(mean["pillow"][:2] < -0.4), "Pillow's masks move half a pixel up and left")
recorded(mean["pillow"][3] > 10, "and are not mirrored with their points")
recorded(min(mean["pillow"][2], mean["opencv"][2]) > 1.15, "Pillow and OpenCV draw small defects too large")
recorded(all(abs(mean[name][2] - 1) < 0.05 for name in ("scikit", "coco")), "scikit-image and pycocotools keep the area")
P
