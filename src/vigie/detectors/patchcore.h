#pragma once

#include "vigie/detectors/detector.h"

namespace vigie {

struct PatchcoreOptions {
  std::vector<std::string> layers = {"layer2", "layer3"};
  std::int64_t patch_size = 3;
  std::string pooling = "none";
  std::int64_t preprocess_dim = 1024;
  std::int64_t target_dim = 1024;
  double coreset_ratio = 0.1;
  std::int64_t bank_bytes = 0;
  std::int64_t projection_dim = 128;
  std::string search = "exact";
  std::int64_t neighbours = 1;
  bool reweight = false;
  std::int64_t reweight_neighbours = 9;

  void describe(OptionList& list) {
    list.add("layers", layers, "backbone layers, brought to the first one's grid and concatenated");
    list.add("patch_size", patch_size, "side of the neighbourhood averaged around each grid cell, cells, odd, 1 ... 15",
             1, 15);
    list.add("pooling", pooling,
             "none = keep every channel; authors = adaptive pooling to preprocess_dim per layer and target_dim in all",
             {"none", "authors"});
    list.add("preprocess_dim", preprocess_dim, "pooling = authors: dimensions per layer, 1 ... 16384", 1, 16384);
    list.add("target_dim", target_dim, "pooling = authors: dimensions of a patch vector, 1 ... 16384", 1, 16384);
    list.add("coreset_ratio", coreset_ratio, "share of the patches kept in the memory bank, 1e-6 ... 1 (1 = all)", 1e-6,
             1);
    list.add("bank_bytes", bank_bytes,
             "largest memory bank, bytes (4 per row and dimension); 0 = no limit, 0 ... 1000000000000", 0,
             1'000'000'000'000);
    list.add("projection_dim", projection_dim,
             "dimensions of the random projection in which the coreset is chosen; 0 = none, 0 ... 16384", 0, 16384);
    list.add("search", search,
             "how the nearest bank rows are found: exact; through FAISS, for very large banks, ivf, hnsw or pq",
             {"exact", "ivf", "hnsw", "pq"});
    list.add("neighbours", neighbours, "nearest bank rows a patch's distance is averaged over, 1 ... 100", 1, 100);
    list.add("reweight", reweight,
             "weigh the image score by how crowded the bank is around its nearest row (paper, eq. 7)");
    list.add("reweight_neighbours", reweight_neighbours, "reweight: bank rows around the nearest one, 2 ... 100", 2,
             100);
  }
};

/// Keeps a coreset of all normal patches; a patch's evidence is its distance to the nearest one kept.
/// Paper: Roth et al. 2022, "Towards Total Recall in Industrial Anomaly Detection", arXiv 2106.08265.
/// Differs: keeps all channels by default (pooling = none); entries of the projection are N(0, 1/d); the search is
/// exact unless asked otherwise. Own image score = largest patch evidence, reweighted if asked. N normals of P patches
/// of D dimensions, ratio r, d dimensions of the projection: bank of M = min(r·N·P, bank_bytes / 4D) rows, model 4·M·D
/// bytes; fit about 4·N·P·(D + 2·d) + 6·M·D bytes, refused before anything is allocated when that is more than the
/// machine has left, and at most 3·N·P·M·d operations; predict as search/nearest.h says, 2·P·M·D at most an image.
std::unique_ptr<Detector> make_patchcore(const PatchcoreOptions& options);

}  // namespace vigie
