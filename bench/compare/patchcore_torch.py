"""PatchCore (Roth et al. 2022, arXiv 2106.08265) the way it is usually run: eager PyTorch and FAISS, on the CPU.

  patchcore_torch.py predict FOLDER --bank FILE --dims 1536   a worker: network input in memory to score and map
  patchcore_torch.py fit FOLDER --parts DIR --images 208      a worker: network inputs in memory to memory bank

Two embeddings. "plain" (1536 dimensions) averages each 3x3 neighbourhood and concatenates the layers, as vigie does by
default. "authors" (1024 dimensions) is the paper's: neighbourhoods unfolded, adaptively averaged to 1024 values per
layer, then to 1024 over both layers.
"""
import argparse
import pathlib

import faiss
import numpy as np
import torch
import torch.nn.functional as F
from scipy.ndimage import gaussian_filter

from network_torch import SIDE, Trunk, read_input, stored_input, use_threads
from worker import serve

PATCH, TARGET, GRID = 3, 1024, SIDE // 8
PROJECTED, STARTS = 128, 10
BATCH = 8


def embed_plain(layers):
    """[B C h w] per layer -> [B·28·28 1536]."""
    averaged = [F.avg_pool2d(layer, PATCH, stride=1, padding=PATCH // 2) for layer in layers]
    aligned = [F.interpolate(layer, size=(GRID, GRID), mode="bilinear", align_corners=False) for layer in averaged]
    stacked = torch.cat(aligned, dim=1)
    return stacked.permute(0, 2, 3, 1).reshape(-1, stacked.shape[1])


def embed_authors(layers):
    """[B C h w] per layer -> [B·28·28 1024]."""
    reduced = []
    for layer in layers:
        batch, _, height, width = layer.shape
        patches = F.unfold(layer, PATCH, padding=PATCH // 2)  # [B C·9 h·w]
        patches = patches.reshape(batch, -1, height, width)
        if height != GRID:
            patches = F.interpolate(patches, size=(GRID, GRID), mode="bilinear", align_corners=False)
        vectors = patches.permute(0, 2, 3, 1).reshape(batch * GRID * GRID, 1, -1)
        reduced.append(F.adaptive_avg_pool1d(vectors, TARGET))
    return F.adaptive_avg_pool1d(torch.cat(reduced, dim=2), TARGET).squeeze(1)


EMBEDDINGS = {"plain": (embed_plain, 1536), "authors": (embed_authors, TARGET)}


def distances_to(rows, squared_norms, points):
    """Euclidean distances [N k] of all rows to a few points [k d]."""
    squared = squared_norms[:, None] + rows @ (-2 * points.T) + points.pow(2).sum(1)[None]
    return squared.clamp_(min=0).sqrt_()


def greedy_coreset(patches, count):
    """Greedy k-centre: farthest row first, one pick at a time; distances start as the mean to 10 random rows."""
    torch.manual_seed(0)
    rows = patches @ (torch.randn(patches.shape[1], PROJECTED) / PROJECTED**0.5)
    norms = rows.pow(2).sum(1)
    nearest = distances_to(rows, norms, rows[torch.randint(len(rows), (STARTS,))]).mean(1)
    picks = []
    for _ in range(count):
        pick = int(nearest.argmax())
        picks.append(pick)
        nearest = torch.minimum(nearest, distances_to(rows, norms, rows[pick : pick + 1])[:, 0])
    return patches[picks]


def index_of(bank):
    index = faiss.IndexFlatL2(bank.shape[1])
    index.add(bank)
    return index


def predict(trunk, embed, index, image):
    """One network input [1 3 224 224] -> score and anomaly map [224 224]."""
    squared, _ = index.search(embed(trunk(image)).numpy(), 1)
    grid = torch.from_numpy(np.sqrt(squared)).reshape(1, 1, GRID, GRID)
    amap = F.interpolate(grid, size=(SIDE, SIDE), mode="bilinear", align_corners=False)[0, 0]
    return float(grid.max()), gaussian_filter(amap.numpy(), sigma=4)


def fit(trunk, embed, images, ratio):
    features = torch.cat([embed(trunk(images[i : i + BATCH])) for i in range(0, len(images), BATCH)])
    bank = greedy_coreset(features, int(len(features) * ratio))
    return index_of(bank.numpy())


def predict_worker(arguments):
    embed, dims = EMBEDDINGS[arguments.embedding]
    if arguments.bank:
        bank = np.fromfile(arguments.bank, "<f4").reshape(-1, dims)[: arguments.rows]
    else:  # a brute-force search takes as long whatever the rows are
        bank = np.random.default_rng(0).standard_normal((arguments.rows, dims), np.float32)
    index = index_of(np.ascontiguousarray(bank))
    trunk, image = Trunk(arguments.folder).eval(), stored_input(arguments.folder)
    score, amap = predict(trunk, embed, index, image)
    peer = f"PyTorch {torch.__version__} eager + FAISS {faiss.__version__}"
    facts = {"peer": peer, "rows": len(bank), "score": score, "map_max": float(amap.max())}
    serve(facts, lambda: predict(trunk, embed, index, image))


def fit_worker(arguments):
    files = sorted(pathlib.Path(arguments.parts).iterdir())[: arguments.images]
    images = torch.from_numpy(np.stack([read_input(file) for file in files]))
    embed, _ = EMBEDDINGS[arguments.embedding]
    trunk = Trunk(arguments.folder).eval()
    peer = f"PyTorch {torch.__version__} eager + FAISS {faiss.__version__}"
    serve({"peer": peer, "images": len(images)}, lambda: fit(trunk, embed, images, arguments.ratio))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", choices=["predict", "fit"])
    parser.add_argument("folder", help="what network_torch.py export wrote")
    parser.add_argument("--embedding", choices=EMBEDDINGS, default="plain")
    parser.add_argument("--bank", help="rows as raw F32; without it random ones")
    parser.add_argument("--rows", type=int, default=16385)
    parser.add_argument("--parts", help="folder of good images")
    parser.add_argument("--images", type=int, default=208)
    parser.add_argument("--ratio", type=float, default=0.1, help="share of the patches kept")
    arguments = parser.parse_args()
    use_threads(2)
    faiss.omp_set_num_threads(2)
    with torch.inference_mode():
        {"predict": predict_worker, "fit": fit_worker}[arguments.work](arguments)


if __name__ == "__main__":
    main()
