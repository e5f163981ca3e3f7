#!/usr/bin/env python3
"""How right the estimate of `vigie fit` is: fits of different size, each measured from its estimate to its end.

Prints a table, estimated beside measured, for docs/performance.md. On a quiet machine:
    bench/estimate/run.py --data ../shared/data/mvtec_ad --weights ../shared/weights
"""
import argparse
import os
import re
import subprocess
import tempfile
import time

FITS = [("bottle", "scout", "patchcore"), ("bottle", "resnet18", "patchcore"), ("screw", "resnet18", "patchcore"),
        ("screw", "resnet18", "padim"), ("screw", "scout", "knn"), ("bottle", "resnet18", "gaussian")]
LINE = re.compile(r"estimate: ([\d.]+) (s|min|h) and ([\d.]+) (kB|MB|GB) \((\d+) images")
SECONDS = {"s": 1, "min": 60, "h": 3600}
MEGABYTES = {"kB": 1e-3, "MB": 1, "GB": 1e3}


def fit(arguments, category, backbone, detector):
    """Returns (images, estimated seconds, measured seconds, estimated MB, measured MB)."""
    with tempfile.TemporaryDirectory() as folder:
        command = [arguments.vigie, "fit", os.path.join(arguments.data, category), "-d", detector, "-b", backbone,
                   "-o", os.path.join(folder, "model.vigie")]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
                                   env={**os.environ, "VIGIE_WEIGHTS": arguments.weights})
        estimate, begun = None, 0.0
        for line in process.stderr:
            found = LINE.search(line)
            if found:
                estimate, begun = found, time.monotonic()
        _, status, usage = os.wait4(process.pid, 0)  # not wait(): only this tells the peak
        seconds = time.monotonic() - begun
        if status != 0 or estimate is None:
            raise SystemExit(f"{' '.join(command)}: status {status}, estimate {estimate}")
    return (int(estimate[5]), float(estimate[1]) * SECONDS[estimate[2]], seconds,
            float(estimate[3]) * MEGABYTES[estimate[4]], usage.ru_maxrss * 1024 / 1e6)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vigie", default="build/release/src/vigie/cli/vigie")
    parser.add_argument("--data", required=True, help="folder of MVTec AD with bottle and screw")
    parser.add_argument("--weights", required=True, help="folder with resnet18.safetensors")
    arguments = parser.parse_args()
    print("| fit | images | estimated s | measured s | ratio | estimated MB | measured MB | ratio |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for category, backbone, detector in FITS:
        images, told, took, told_mb, took_mb = fit(arguments, category, backbone, detector)
        print(f"| {detector} on {backbone}, {category} | {images} | {told:.1f} | {took:.1f} | {told / took:.2f}x "
              f"| {told_mb:.0f} | {took_mb:.0f} | {told_mb / took_mb:.2f}x |", flush=True)


if __name__ == "__main__":
    main()
