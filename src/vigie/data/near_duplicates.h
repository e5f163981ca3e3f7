#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "vigie/core/progress.h"
#include "vigie/core/tensor.h"
#include "vigie/data/dataset.h"
#include "vigie/io/image.h"

namespace vigie {

/// What near duplicates are told by: an image as 32x32 grey values, brightness and contrast taken out.
using Thumbnail = std::array<float, 1024>;

/// Of U8 or U16 [H W 1|3].
Thumbnail thumbnail_of(const Tensor& image);

/// The group of every image: 0, 1, … in the order of first appearance; photographs of one part in one pose (copies,
/// files encoded again, bursts, frames of a standing part) share a group. Two are alike when
///   1. the correlation of their thumbnails is at least 1 − 5e-4, and
///   2. what sets them apart from the average image correlates by at least 0.95: plain parts under one lamp all look
///      like each other, but only a copy repeats another one's small differences.
/// Chains join: a ~ b and b ~ c make one group. A part that moves by more than a quarter of a pixel of 256 between two
/// frames is not recognised. Time grows with N² · 1024 (10 000 images: some 10 s on two cores).
std::vector<std::int64_t> groups_of_near_duplicates(const std::vector<Thumbnail>& thumbnails);

/// The same for files; reads each image once.
std::vector<std::int64_t> groups_of_near_duplicates(std::span<const Sample> samples, const ImageReadOptions& reading,
                                                    const RunContext& context);

/// Number of different groups.
std::int64_t group_count(const std::vector<std::int64_t>& groups);

}  // namespace vigie
