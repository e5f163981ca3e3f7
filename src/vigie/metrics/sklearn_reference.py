"""AUROC, average precision and best F1 by scikit-learn, for the test of scores.h.

usage: sklearn_reference.py SCORES LABELS
SCORES: float32 values, LABELS: one byte (0 or 1) each, both raw little-endian files.
Prints the three numbers with 17 digits. Exit status 77: scikit-learn is not installed.
"""

import sys

try:
    import numpy as np
    from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score
except ImportError:
    sys.exit(77)


def main():
    scores = np.fromfile(sys.argv[1], dtype="<f4")
    labels = np.fromfile(sys.argv[2], dtype=np.uint8)
    precision, recall, _ = precision_recall_curve(labels, scores)
    with np.errstate(invalid="ignore"):
        f1 = 2 * precision * recall / (precision + recall)
    results = roc_auc_score(labels, scores), average_precision_score(labels, scores), np.nanmax(f1)
    print(" ".join(f"{value:.17g}" for value in results))


if __name__ == "__main__":
    main()
