#!/usr/bin/env bash
# Perceptual hashes of plain surfaces: one tile photographed twice is half different (phash, whash), or all tiles are one
# (average_hash, dhash); 12-bit pictures all are.
#
# Guess before running: two photos of one part differ in 0 to 2 of 64 bits, other parts in many.
# Lost by it: near-duplicates are looked for by these hashes with a limit of 5 to 10 bits. Plain parts (tiles, sheets,
# wafers) in camera noise of 2 grey levels: phash and whash separate photos of one part by 20 to 38 bits, as far as two
# parts; average_hash and dhash give every tile one hash, so a whole set is "one part". Even a centred disc's phash
# differs by 4 to 12 bits between two photos, because for a symmetrical part half of its coefficients are zero and noise
# gives their sign. 12-bit pictures in 16 bits hash alike whatever they show, since all greys above 255 become white.
# vigie: a group of near-duplicates needs evidence that the measure can tell parts of this set apart. If most pairs are
# near, it says nothing, and must neither drop nor group photos.
. "$(dirname "$0")/lib.sh"
with_python imagehash==4.3.2 pillow==13.0.0 numpy==2.4.6 scipy==1.17.1 pywavelets==1.9.0

python - <<'P'
import numpy as np
import imagehash
from PIL import Image
from recorded import recorded

print("imagehash", imagehash.__version__)
hashes = {name: getattr(imagehash, name) for name in ("average_hash", "phash", "dhash", "whash")}
rows, columns = np.mgrid[:256, :256]


def photo(surface, shot):
    noisy = surface + np.random.default_rng(shot).normal(0, 2, surface.shape)
    return Image.fromarray(np.clip(np.rint(noisy), 0, 255).astype(np.uint8))


def tile(number):
    """An even tile of its own grey; number 0 has a dark chip of 1 % of its area."""
    surface = np.full((256, 256), 120.0 + 4 * number)
    if number == 0:
        surface[100:126, 100:126] -= 20
    return surface


def distances(name):
    take = hashes[name]
    same = [take(photo(tile(n), 2 * n)) - take(photo(tile(n), 2 * n + 1)) for n in range(1, 9)]
    other = [take(photo(tile(n), 2 * n)) - take(photo(tile(n + 1), 2 * n + 2)) for n in range(1, 9)]
    chip = take(photo(tile(0), 0)) - take(photo(tile(1), 2))
    print(f"{name}: same tile twice {sorted(map(int, same))}, two tiles {sorted(map(int, other))}, chip against none {chip}")
    return np.median(same), np.median(other), chip


seen = {name: distances(name) for name in hashes}
disc = np.where((rows - 128) ** 2 + (columns - 128) ** 2 < 90**2, 90.0, 200.0)
twice = [int(imagehash.phash(photo(disc, 0)) - imagehash.phash(photo(disc, shot))) for shot in range(1, 9)]
print("phash of a centred disc, photo 0 against eight others:", twice)
deep = [Image.fromarray((np.asarray(photo(surface, 0)).astype(np.uint16)) * 16) for surface in (disc, tile(0), 90 + rows / 2)]
alike = {name: [int(take(deep[0]) - take(other)) for other in deep[1:]] for name, take in hashes.items()}
print("12 bits in 16, disc against tile and slope:", alike)
recorded(all(seen[name][0] > 15 for name in ("phash", "whash")), "phash, whash: one tile twice is far apart")
recorded(all(seen[name][1] == 0 for name in ("average_hash", "dhash")), "average_hash, dhash: two tiles are one")
recorded(max(twice) >= 4, "phash of a symmetrical part changes with noise")
recorded(all(value == [0, 0] for value in alike.values()), "12-bit pictures all hash alike")
P
