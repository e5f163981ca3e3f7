"""Pixel AUROC by scikit-learn and AUPRO from its definition, for metrics.py.

usage: metrics_peer.py FOLDER MAPS SIDE
FOLDER holds maps.f32 and masks.u8, MAPS x SIDE x SIDE values each, as `vigie_metrics_bench write` leaves them.
Prints values and seconds as JSON. Exit status 77: scikit-learn or scipy is not installed.
"""

import json
import math
import sys
import time
from pathlib import Path

try:
    import numpy as np
    import scipy.ndimage
    import sklearn.metrics
except ImportError:
    sys.exit(77)


def region_shares(mask):
    """What each pixel of an image adds to the summed overlap when it is found: 1 / area of its 8-connected region."""
    labels, _ = scipy.ndimage.label(mask, structure=np.ones((3, 3)))
    areas = np.bincount(labels.ravel()).astype(np.float64)
    shares = 1.0 / np.maximum(areas, 1)
    shares[0] = 0.0
    return shares[labels], len(areas) - 1


def aupro(maps, masks, limit):
    """Sorts all pixels, highest first, and sums what they add to both axes; each run of equal scores is one point."""
    shares = np.empty(maps.shape)
    regions = 0
    for i, mask in enumerate(masks):
        shares[i], found = region_shares(mask)
        regions += found
    order = np.argsort(maps, axis=None)[::-1]
    scores, defect = maps.ravel()[order], masks.ravel()[order] != 0
    last_of_run = np.append(scores[1:] != scores[:-1], True)
    fpr = np.cumsum(~defect)[last_of_run] / np.count_nonzero(~defect)
    overlap = np.cumsum(shares.ravel()[order])[last_of_run] / regions
    fpr, overlap = np.append(0.0, fpr), np.append(0.0, overlap)
    inside = fpr <= limit
    fpr, overlap = (np.append(axis[inside], cut) for axis, cut in
                    ((fpr, limit), (overlap, np.interp(limit, fpr, overlap))))
    # Exactly rounded: millions of trapezoids would not keep twelve digits otherwise.
    return math.fsum(np.diff(fpr) * (overlap[1:] + overlap[:-1]) / 2) / limit


def timed(function):
    start = time.perf_counter()
    value = function()
    return value, time.perf_counter() - start


def main():
    folder, count, side = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    maps = np.fromfile(folder / "maps.f32", dtype="<f4").reshape(count, side, side)
    masks = np.fromfile(folder / "masks.u8", dtype=np.uint8).reshape(count, side, side)
    auroc, auroc_seconds = timed(lambda: sklearn.metrics.roc_auc_score(masks.ravel() != 0, maps.ravel()))
    pro, pro_seconds = timed(lambda: aupro(maps, masks, 0.3))
    print(json.dumps({"auroc": float(auroc), "auroc_seconds": auroc_seconds, "aupro": pro, "aupro_seconds": pro_seconds,
                      "scikit_learn": sklearn.__version__}))


if __name__ == "__main__":
    main()
