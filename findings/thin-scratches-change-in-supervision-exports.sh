#!/usr/bin/env bash
# A scratch one pixel wide does not survive supervision's exports: YOLO makes it a full square, VOC and COCO nothing.
#
# Guess before running: masks come back as they were, a scratch of one pixel is perhaps left out with a word.
# Lost by it: a diagonal scratch of 45 pixels comes back from YOLO as 2025 pixels and from Pascal VOC, in silence, as
# none; a straight one becomes a COCO annotation with area 0 and no polygon (a warning is given), which pycocotools
# cannot decode. The polygon runs through pixel centres, so a line has no inside. Training learns clean surface as
# defect, or the defect as clean surface, and pixel metrics follow. Even a blob loses its right and lower edge where
# pycocotools fills the same polygon (of 2 x 2 pixels 1 is left).
# vigie reads and writes masks as pictures and never through polygons. If it ever takes such files, a polygon covers
# every pixel that it touches, and an annotation with area 0 is named.
. "$(dirname "$0")/lib.sh"
with_python supervision==0.31.2 pycocotools==2.0.11 opencv-python-headless==5.0.0.93 numpy==2.4.6

python - <<'P'
import contextlib
import io
import os
from importlib.metadata import version

import cv2
import numpy as np
import supervision
from pycocotools.coco import COCO
from recorded import recorded

print("supervision", version("supervision"), "pycocotools", version("pycocotools"))
Set = supervision.DetectionDataset
os.mkdir("parts")
part = os.path.abspath("parts/a.png")
cv2.imwrite(part, np.zeros((64, 64, 3), np.uint8))


def area(read):
    marks = next(iter(read))[2]
    return 0 if marks.mask is None or not len(marks) else int(marks.mask.any(0).sum())


def pycocotools_area(path):
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO(path)
    try:
        return int(sum(truth.annToMask(mark) for mark in truth.loadAnns(truth.getAnnIds())).sum())
    except Exception as error:
        return type(error).__name__


def round_trips(name, drawn):
    marks = supervision.Detections(xyxy=supervision.mask_to_xyxy(drawn[None]).astype(float), mask=drawn[None], class_id=np.array([0]))
    made = Set(["scratch"], [part], {part: marks})
    made.as_yolo(annotations_directory_path=f"{name}/yolo", data_yaml_path=f"{name}/data.yaml")
    made.as_pascal_voc(annotations_directory_path=f"{name}/voc")
    made.as_coco(annotations_path=f"{name}/coco.json")
    out = {"drawn": int(drawn.sum()),
           "YOLO": area(Set.from_yolo("parts", f"{name}/yolo", f"{name}/data.yaml", force_masks=True)),
           "VOC": area(Set.from_pascal_voc("parts", f"{name}/voc", force_masks=True)),
           "COCO": area(Set.from_coco("parts", f"{name}/coco.json", force_masks=True)),
           "COCO by pycocotools": pycocotools_area(f"{name}/coco.json")}
    print(name, "pixels:", out)
    return out


diagonal, straight, dot = np.zeros((3, 64, 64), bool)
diagonal[range(5, 50), range(5, 50)] = True
straight[20, 5:50] = True
dot[20:22, 20:22] = True
diagonal, straight, dot = round_trips("diagonal", diagonal), round_trips("straight", straight), round_trips("dot", dot)
recorded(diagonal["YOLO"] == 45 * 45, "YOLO: the diagonal becomes a square")
recorded(diagonal["VOC"] == 0 and straight["VOC"] == 0, "VOC: scratches become nothing")
recorded(straight["COCO"] == 0 and straight["COCO by pycocotools"] == "IndexError", "COCO: the straight one has no polygon")
recorded(dot["COCO by pycocotools"] == 1, "pycocotools keeps 1 pixel of 2 x 2")
P
