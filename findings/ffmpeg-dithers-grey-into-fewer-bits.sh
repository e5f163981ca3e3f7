#!/usr/bin/env bash
# ffmpeg dithers when it brings 16-bit grey to 12 bits, even when nothing would be lost: a lossless archive is not.
#
# Guess before running: 12-bit camera values in the upper bits of 16 (value * 16) become gray12 by a shift, exactly.
# Lost by it: cameras hand over 12 bits left-aligned in 16. Recorded as FFV1 gray12 and read again, 3082 of 4096 levels
# are left and nearly half of the pixels of a ramp are one too low, so the same part differs from its archived picture;
# an even grey between two levels comes out as a pattern of both. -sws_dither none keeps every level; accurate_rnd
# and bitexact do not help.
# vigie reads pictures, not films. Its docs should tell to extract and archive with -sws_dither none, or at 16 bits.
. "$(dirname "$0")/lib.sh"
with_python imageio-ffmpeg==0.8.1 numpy==2.4.6

python - <<'P'
import subprocess

import imageio_ffmpeg
import numpy as np
from recorded import recorded

ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
print("ffmpeg", imageio_ffmpeg.get_ffmpeg_version())


def run(*arguments):
    subprocess.run([ffmpeg, "-y", "-v", "error", *arguments], check=True)


def archived(part, *options):
    raw = ("-f", "rawvideo", "-pix_fmt")
    part.astype("<u2").tofile("part.raw")
    run(*raw, "gray16le", "-s", "64x64", "-i", "part.raw", *options, "-pix_fmt", "gray12le", "-c:v", "ffv1", "part.mkv")
    run("-i", "part.mkv", *raw, "gray12le", "back.raw")
    return np.fromfile("back.raw", "<u2").reshape(64, 64)


ramp = np.arange(4096).reshape(64, 64)
plain = archived(ramp * 16)
exact = archived(ramp * 16, "-sws_dither", "none")
careful = archived(ramp * 16, "-sws_flags", "accurate_rnd+bitexact")
even = archived(np.full((64, 64), 1608))
for name, back in (("as it comes", plain), ("-sws_dither none", exact), ("accurate_rnd+bitexact", careful)):
    off = back.astype(int) - ramp
    print(f"{name}: {len(np.unique(back))} of 4096 levels, wrong {np.mean(off != 0):.0%}, by {off.min()} .. {off.max()}")
print("an even 1608 (100.5 of 12 bits):", np.unique(even, return_counts=True))
recorded(len(np.unique(plain)) < 4096 and len(np.unique(careful)) < 4096, "levels are lost")
recorded(np.array_equal(exact, ramp), "-sws_dither none is exact")
recorded(len(np.unique(even)) == 2, "an even grey between two levels becomes both")
P
