#!/usr/bin/env bash
# supervision writes a defect that lies in two pieces (or has a hole) as iscrowd = 1, and COCO's evaluation then does
# not count it when it is missed.
#
# Guess before running: iscrowd only chooses run lengths instead of polygons; a missed defect lowers the recall.
# Lost by it: scratches that break off, stains with a hole, two dents in one mask. A detector that finds 2 of 10 such
# defects has AP50 = 1.00, and its recall misses nothing.
# vigie counts every defect of a mask, whatever its shape (AUPRO, IoU per region). When it reads or writes COCO,
# iscrowd must be 0 for what somebody drew, with run lengths all the same, and a set with iscrowd = 1 deserves a word.
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
from pycocotools import mask
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
from recorded import recorded

print("supervision", version("supervision"), "pycocotools", version("pycocotools"))
whole, pieces = np.zeros((2, 64, 64), bool)
whole[10:20, 10:30] = True
pieces[5:10, 5:10] = pieces[40:50, 40:50] = True
marks = {}
for i in range(10):
    cv2.imwrite(f"{i}.png", np.zeros((64, 64, 3), np.uint8))
    drawn = (whole if i < 2 else pieces)[None]
    marks[os.path.abspath(f"{i}.png")] = supervision.Detections(
        xyxy=supervision.mask_to_xyxy(drawn).astype(float), mask=drawn, class_id=np.array([0]))
supervision.DetectionDataset(["defect"], list(marks), marks).as_coco(annotations_path="truth.json")
with contextlib.redirect_stdout(io.StringIO()):
    truth = COCO("truth.json")
    crowd = [mark["iscrowd"] for mark in truth.loadAnns(truth.getAnnIds())]
    code = mask.encode(np.asfortranarray(whole.astype(np.uint8)))
    found = [dict(image_id=image["id"], category_id=truth.getCatIds()[0], segmentation=code, score=0.9)
             for image in truth.loadImgs(truth.getImgIds()) if image["file_name"] in ("0.png", "1.png")]
    judged = COCOeval(truth, truth.loadRes(found), "segm")
    judged.evaluate()
    judged.accumulate()
    judged.summarize()
missing = sum(len(images["gtIds"]) - int(np.sum(images["gtIgnore"])) for images in judged.evalImgs[:10] if images)
print("iscrowd of 10 defects:", crowd)
print(f"2 of 10 found: AP50 {judged.stats[1]:.2f}, AP75 {judged.stats[2]:.2f}; defects that count: {missing}")
recorded(crowd == [0] * 2 + [1] * 8, "defects in two pieces become crowds")
recorded(judged.stats[1] == 1 and missing == 2, "missing all of them costs nothing")
P
