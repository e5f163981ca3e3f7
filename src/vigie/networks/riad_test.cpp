#include "vigie/networks/riad.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "vigie/core/error.h"
#include "vigie/nn/passes.h"

namespace vigie {
namespace {

void expect_disjoint_cover(std::int64_t height, std::int64_t width, std::int64_t cell) {
  const RiadMasks masks = riad_masks(height, width, cell, 5);
  std::map<std::pair<std::int64_t, std::int64_t>, std::set<std::int64_t>> parts_of_cell;
  for (std::int64_t i = 0; i < height * width; ++i) {
    std::vector<std::int64_t> removed_by;
    for (std::int64_t part = 0; part < kRiadParts; ++part) {
      const float value = masks[static_cast<std::size_t>(part)].data<float>()[i];
      ASSERT_TRUE(value == 0 || value == 1);
      if (value == 0) removed_by.push_back(part);
    }
    ASSERT_EQ(removed_by.size(), 1u) << "pixel " << i;
    parts_of_cell[{i / width / cell, i % width / cell}].insert(removed_by[0]);
  }
  std::array<std::int64_t, kRiadParts> cells{};
  for (const auto& [place, parts] : parts_of_cell) {
    ASSERT_EQ(parts.size(), 1u) << "a cell is removed as a whole";
    ++cells[static_cast<std::size_t>(*parts.begin())];
  }
  EXPECT_LE(std::ranges::max(cells) - std::ranges::min(cells), 1);
}

TEST(RiadMasks, EveryCellIsRemovedByExactlyOne) {
  for (const std::int64_t cell : kRiadCells) expect_disjoint_cover(32, 48, cell);
  expect_disjoint_cover(7, 10, 3);
  expect_disjoint_cover(5, 5, 8);
}

TEST(RiadMasks, DependOnTheSeedAlone) {
  const auto bytes = [](std::uint64_t seed) {
    const RiadMasks masks = riad_masks(16, 16, 2, seed);
    const auto values = std::as_const(masks[0]).values<float>();
    return std::vector<float>(values.begin(), values.end());
  };
  EXPECT_EQ(bytes(1), bytes(1));
  EXPECT_NE(bytes(1), bytes(2));
  EXPECT_THROW(riad_masks(16, 16, 0, 1), Error);
}

TEST(RiadGraph, GivesTheImageAndOneReconstructionPerSizeOfCell) {
  const nn::Graph graph = riad_graph(2, 32, 48);
  const auto shapes = nn::infer_shapes(graph, {2, 32, 48, 3});
  std::vector<std::string> names;
  for (const nn::Output& output : graph.outputs) {
    names.push_back(output.name);
    EXPECT_EQ(shapes.at(static_cast<std::size_t>(output.node)), (Shape{2, 32, 48, 3}));
  }
  EXPECT_EQ(names, riad_outputs());
  EXPECT_THAT(names, testing::ElementsAre("input", "reconstruction.2", "reconstruction.4", "reconstruction.8",
                                          "reconstruction.16"));
}

TEST(RiadGraph, ItsTwelvePassesShareOneUnet) {
  const nn::Graph graph = riad_graph(2, 32, 32), unet = unet_graph({.base_width = 2});
  auto expected = nn::parameter_shapes(unet);
  for (const auto& [name, mask] : riad_mask_weights(riad_served_masks(32, 32, 1))) expected[name] = mask.shape();
  EXPECT_EQ(nn::parameter_shapes(graph), expected);
  EXPECT_NEAR(nn::flops_of(graph, {1, 32, 32, 3}), 12 * nn::flops_of(unet, {1, 32, 32, 3}),
              0.02 * nn::flops_of(graph, {1, 32, 32, 3}));
}

TEST(RiadGraph, RefusesSizesItCannotHalve) {
  EXPECT_THROW(riad_graph(2, 40, 32), Error);
  EXPECT_THROW(riad_graph(2, 32, 16), Error);
}

}  // namespace
}  // namespace vigie
