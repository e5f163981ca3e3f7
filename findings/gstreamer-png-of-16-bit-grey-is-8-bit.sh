#!/usr/bin/env bash
# GStreamer's `videoconvert ! pngenc` saves 16-bit grey frames as 8-bit RGBA, though pngenc takes GRAY16_BE.
#
# Guess before running: videoconvert chooses the format nearest to the frames, GRAY16_BE.
# Lost by it: Mono12 and Mono16 frames of a camera (GRAY16_LE) recorded as PNG keep 256 levels, in four channels, with no
# warning: fine scratches in dark parts are gone before inspection begins. `video/x-raw,format=GRAY16_BE` between the
# two keeps all.
# vigie then reads 8 bits and drops the fourth channel. Its docs on capture should name the caps, and `vigie dataset
# check` should say how many bits the pictures of a set have.
. "$(dirname "$0")/lib.sh"
with_debian gst-launch-1.0 gstreamer1.0-tools gstreamer1.0-plugins-base gstreamer1.0-plugins-good
with_python opencv-python-headless==5.0.0.93 numpy==2.4.6

python - <<'P'
import os
import subprocess

import cv2
import numpy as np
from recorded import recorded

print(subprocess.run(["gst-launch-1.0", "--version"], capture_output=True, text=True).stdout.splitlines()[0])
(np.arange(4096, dtype="<u2") * 16).tofile("frame.raw")


def saved(between):
    line = ("filesrc location=frame.raw ! rawvideoparse format=gray16-le width=64 height=64 framerate=1/1 ! "
            f"videoconvert ! {between} pngenc ! filesink location=frame.png")
    subprocess.run(["gst-launch-1.0", "-q", *line.split()], check=True, timeout=60, stderr=subprocess.DEVNULL)
    picture = cv2.imread("frame.png", cv2.IMREAD_UNCHANGED)
    os.remove("frame.png")
    print(f"videoconvert ! {between} pngenc: {picture.dtype}, shape {picture.shape}, {len(np.unique(picture))} of 4096 levels")
    return picture


recorded(saved("").dtype == np.uint8, "8 bits without caps")
recorded(len(np.unique(saved("video/x-raw,format=GRAY16_BE !"))) == 4096, "all levels with caps")
P
