#!/usr/bin/env bash
# Signed 16-bit TIFF, the usual height map: readers that make grey of it wrap at zero, so an even plane becomes noise.
#
# Guess before running: refused, or clipped at zero.
# Lost by it: heights of -1 and 1 around a plane become 255 and 0 in OpenCV's IMREAD_GRAYSCALE, and 65535 and 1 in
# image-js; geotiff's readRGB puts -300 at 255 and 300 at 1; sharp's grey16 cuts all below zero. Every reader's grey is
# another picture, and the smallest noise about zero looks like the largest defect.
# vigie refuses signed TIFF with its bits and sample format. If it takes them one day, zero must stay in the middle.
. "$(dirname "$0")/lib.sh"
with_python opencv-python-headless==5.0.0.93 tifffile==2026.3.3 numpy==2.4.6
with_node sharp@0.35.5 image-js@1.7.0 geotiff@3.0.5

python - <<'P'
import cv2
import numpy as np
import tifffile
from recorded import recorded

heights = np.array([-32768, -300, -2, -1, 0, 1, 2, 300, 32767], np.int16)
tifffile.imwrite("heights.tif", np.tile(heights, (4, 1)), photometric="minisblack")
exact = cv2.imread("heights.tif", cv2.IMREAD_UNCHANGED)[0]
grey = cv2.imread("heights.tif", cv2.IMREAD_GRAYSCALE)[0]
print("heights", heights.tolist())
print("OpenCV", cv2.__version__, "unchanged:", exact.tolist())
print("OpenCV grey:", grey.tolist())
recorded(np.array_equal(exact, heights), "OpenCV reads them right when asked for what is stored")
recorded(grey[3] == 255 and grey[5] == 0, "OpenCV's grey puts -1 at 255 and 1 at 0")
P
cat > read.mjs <<'J'
import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
const sharp = require('sharp'), geotiff = require('geotiff');
const { read } = await import('image-js');
let changed = false;
const recorded = (holds, what) => { console.log((holds ? 'as recorded: ' : 'CHANGED: ') + what); changed ||= !holds; };
const file = 'heights.tif', width = 9;
const js = Array.from((await read(file)).getRawImage().data).slice(0, width);
console.log('image-js:', JSON.stringify(js));
const raw = await sharp(file).toColourspace('grey16').raw({ depth: 'ushort' }).toBuffer();
const cut = Array.from(new Uint16Array(raw.buffer, raw.byteOffset, width));
console.log('sharp, grey16:', JSON.stringify(cut));
const image = await (await geotiff.fromFile(file)).getImage();
const rgb = Array.from((await image.readRGB({ interleave: true }))).filter((_, i) => i % 3 === 0).slice(0, width);
console.log('geotiff readRGB, red:', JSON.stringify(rgb));
recorded(js[3] === 65535 && js[5] === 1, 'image-js puts -1 at 65535 and 1 at 1');
recorded(cut.slice(0, 5).every((v) => v === 0), 'sharp cuts all below zero');
recorded(rgb[1] === 255 && rgb[7] === 1, 'geotiff puts -300 at 255 and 300 at 1');
process.exit(changed ? 1 : 0);
J
node read.mjs
