#pragma once

#include "setup.h"

namespace vigie::bench {

// Workers (worker.h), one for each row of the comparison.
void time_backbone(const CompareOptions& options);  ///< one network input to the features of layer2 and layer3
void time_predict(const CompareOptions& options);   ///< PatchCore: one network input to score and smoothed map
void time_fit(const CompareOptions& options);       ///< PatchCore: network inputs in memory to memory bank
void time_part(const CompareOptions& options);      ///< one 900 x 900 image in memory to verdict, resnet18, 1 % bank

/// PatchCore for features of `engine`, with this memory bank F32 [M D]; `input` F32 [1 224 224 3] tells the layout.
std::unique_ptr<Detector> patchcore_with(const Tensor& bank, const Engine& engine, const Tensor& input);

/// The processor's rate in every precision, as one line of JSON.
void print_limits();

// How cost grows: measured points as one line of JSON.
void print_predict_growth();  ///< predict against bank rows
void print_fit_growth();      ///< fit against images
/// Charts of those points, read from `from`, as SVG files in `out`.
void draw_growth(const std::filesystem::path& from, const std::filesystem::path& out);

}  // namespace vigie::bench
