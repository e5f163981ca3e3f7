#!/usr/bin/env bash
# sharp re-encodes a 16-bit PNG or TIFF as 8 bits by cutting the low byte, even when asked for 16-bit raw values.
#
# Guess before running: a 16-bit file stays 16 bits as PNG or TIFF; raw({depth: 'ushort'}) gives its values.
# Lost by it: a part of a 12-bit camera (0 .. 4095 in 16 bits) keeps 16 of 4096 levels after sharp(file).png(), in three
# channels, with no error; raw with depth ushort gives these same 16. stats() of the same file says 0 .. 4095, so
# a check does not see it. The same greys in a float TIFF come out whole from raw with depth ushort, and lose in grey16.
# vigie reads such copies as nearly black parts: pictures that use a handful of levels deserve a word from `vigie
# dataset check`. Pages of a server must not re-encode parts through sharp without toColourspace('grey16').
. "$(dirname "$0")/lib.sh"
with_python opencv-python-headless==5.0.0.93 tifffile==2026.3.3 numpy==2.4.6
with_node sharp@0.35.5

python - <<'P'
import cv2
import numpy as np
import tifffile

part = np.arange(4096, dtype=np.uint16).reshape(64, 64)
cv2.imwrite("part.png", part)
tifffile.imwrite("part.tif", part, photometric="minisblack")
tifffile.imwrite("float.tif", part.astype(np.float32), photometric="minisblack")
P
cat > read.cjs <<'J'
const sharp = require('sharp');
let changed = false;
const recorded = (holds, what) => { console.log((holds ? 'as recorded: ' : 'CHANGED: ') + what); changed ||= !holds; };
const levels = (array) => new Set(array).size;
const words = (buffer) => new Uint16Array(buffer.buffer.slice(buffer.byteOffset, buffer.byteOffset + buffer.length));
(async () => {
  console.log('sharp', sharp.versions.sharp, 'libvips', sharp.versions.vips);
  const seen = {};
  for (const file of ['part.png', 'part.tif', 'float.tif']) {
    const stats = (await sharp(file).stats()).channels[0];
    const copy = sharp(await sharp(file).png().toBuffer());
    const { depth, channels } = await copy.metadata();
    const row = { raw: levels(words(await sharp(file).raw({ depth: 'ushort' }).toBuffer())),
      grey16: levels(words(await sharp(file).toColourspace('grey16').raw({ depth: 'ushort' }).toBuffer())),
      png: levels(await copy.raw().toBuffer()), depth, channels, most: stats.max };
    seen[file] = row;
    console.log(file, JSON.stringify(row));
  }
  for (const file of ['part.png', 'part.tif']) {
    const row = seen[file];
    recorded(row.png === 16 && row.depth === 'uchar' && row.channels === 3, `${file}: 16 levels left in a PNG copy of 8 bits and 3 channels`);
    recorded(row.raw === 16, `${file}: 16 levels in 16-bit raw values`);
    recorded(row.most === 4095 && row.grey16 === 4096, `${file}: stats() and grey16 see all`);
  }
  recorded(seen['float.tif'].raw === 4096, 'float.tif: all levels in 16-bit raw values');
  process.exit(changed ? 1 : 0);
})();
J
node read.cjs
