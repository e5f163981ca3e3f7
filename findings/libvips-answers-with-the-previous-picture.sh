#!/usr/bin/env bash
# libvips remembers pictures by file name: when the camera overwrites latest.png, pyvips returns the first one again, and
# sharp's stats() describes a part that is gone.
#
# Guess before running: opening a file reads the file that is there now.
# Lost by it: cameras and scripts write each part over the last one. A process that inspects latest.png through pyvips
# judges the first part for ever, whether the file is overwritten or renamed into place; through sharp the pixels are
# new, but stats() (used for exposure checks) is that of the first part. revalidate=True, access="sequential", reading
# the bytes oneself, or sharp.cache(false) help.
# vigie reads a file anew each time it is named. Where libvips or sharp stands before a server of vigie, it must be
# handed bytes, never names; a part whose bytes equal the last one's deserves a word.
. "$(dirname "$0")/lib.sh"
with_python opencv-python-headless==5.0.0.93 pyvips==3.2.0 pyvips-binary==8.18.7 numpy==2.4.6
with_node sharp@0.35.5

python - <<'P'
import os

import cv2
import numpy as np
import pyvips
from recorded import recorded

print("libvips", ".".join(str(pyvips.version(i)) for i in range(3)))


def part(grey, name="latest.png"):
    cv2.imwrite(name, np.full((64, 64), grey, np.uint8))


def moved(grey):
    part(grey, "next.png")
    os.replace("next.png", "latest.png")


def seen(write, **options):
    out = []
    for grey in (10, 100, 200):
        write(grey)
        out.append(round(pyvips.Image.new_from_file("latest.png", **options).avg()))
    return out


over = seen(part)
renamed = seen(moved)
again, flowing = seen(part, revalidate=True), seen(part, access="sequential")
print("parts of grey 10, 100, 200 one after another: overwritten", over, "renamed into place", renamed)
print('revalidate=True', again, 'access="sequential"', flowing)
recorded(over == [10, 10, 10] and renamed == [10, 10, 10], "pyvips returns the first part again")
recorded(again == flowing == [10, 100, 200], "revalidate and sequential access see the new one")
P
cat > read.cjs <<'J'
const sharp = require('sharp');
const { writeFileSync } = require('node:fs');
let changed = false;
const recorded = (holds, what) => { console.log((holds ? 'as recorded: ' : 'CHANGED: ') + what); changed ||= !holds; };
const part = (r) => sharp({ create: { width: 64, height: 64, channels: 3, background: { r, g: r, b: r } } }).png().toBuffer();
(async () => {
  console.log('sharp', sharp.versions.sharp, 'libvips', sharp.versions.vips);
  const seen = async () => {
    const pixels = [], means = [];
    for (const grey of [10, 100, 200]) {
      writeFileSync('newest.png', await part(grey));
      pixels.push((await sharp('newest.png').raw().toBuffer())[0]);
      means.push((await sharp('newest.png').stats()).channels[0].mean);
    }
    console.log('pixels', JSON.stringify(pixels), 'stats', JSON.stringify(means));
    return [pixels, means].map(String);
  };
  const [pixels, means] = await seen();
  sharp.cache(false);
  const [, without] = await seen();
  recorded(pixels === '10,100,200' && means === '10,10,10', "sharp: new pixels, the first part's stats");
  recorded(without === '10,100,200', 'sharp.cache(false) ends it');
  process.exit(changed ? 1 : 0);
})();
J
node read.cjs
