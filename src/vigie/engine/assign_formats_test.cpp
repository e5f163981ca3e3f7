#include "vigie/engine/assign_formats.h"

#include <gmock/gmock.h>

#include "vigie/engine/memory_plan.h"
#include "vigie/engine/test_networks.h"

namespace vigie::engine {
namespace {

/// conv -> relu -> pool -> two convolutions with a residual around the second.
nn::Graph small_graph() {
  nn::GraphBuilder b;
  nn::Ref x = b.max_pool(b.relu(b.conv("stem", b.input(16), {.out = 16})), 2, 2);
  const nn::Ref down = b.conv("down", x, {.out = 32, .kernel = 1});
  x = b.relu(b.conv("a", x, {.out = 32}));
  x = b.relu(b.add(b.conv("b", x, {.out = 32}), down));
  b.output("y", b.conv("last", x, {.out = 16}));
  return b.build();
}

nn::Quantisation ranges_for(const nn::Graph& graph) {
  return quantised_on(random_network(graph), random_tensor({1, 8, 8, 16}, 1));
}

std::vector<std::string> conversions(const Program& program) {
  std::vector<std::string> names;
  for (const Step& step : program.steps)
    if (step.conversion) names.push_back(program.node(step.node).name);
  return names;
}

const Step& step_of(const Program& program, std::string_view name) {
  for (const Step& step : program.steps)
    if (!step.conversion && program.node(step.node).name == name) return step;
  throw std::runtime_error(std::string(name));
}

ElementType reads(const Program& program, const std::string& name) {
  return weight_type(program, step_of(program, name));
}

TEST(AssignFormats, F32ChangesNothing) {
  const Program program = lower(small_graph());
  EXPECT_EQ(assign_formats(program, Precision::F32, {}).steps.size(), program.steps.size());
}

TEST(AssignFormats, Int8ConvertsOnlyTheInput) {
  const nn::Graph graph = small_graph();
  const Program program = assign_formats(lower(graph), Precision::Int8, ranges_for(graph));
  EXPECT_EQ(conversions(program).size(), 1u);
  for (const char* name : {"stem", "down", "a", "b", "last"}) EXPECT_EQ(reads(program, name), ElementType::S8) << name;
  EXPECT_EQ(program.value(step_of(program, "down").output).format.type, ElementType::S8) << "may be negative";
  EXPECT_EQ(program.value(step_of(program, "a").output).format.type, ElementType::U8);
  EXPECT_EQ(program.value(program.outputs[0]).format.type, ElementType::F32);
}

TEST(AssignFormats, AMaxPoolKeepsItsInputsFormat) {
  const nn::Graph graph = small_graph();
  const Program program = assign_formats(lower(graph), Precision::Int8, ranges_for(graph));
  const Step& stem = step_of(program, "stem");
  const Step& a = step_of(program, "a");
  EXPECT_EQ(program.value(stem.output).format, program.value(a.inputs[0]).format);
}

TEST(AssignFormats, AnInt8SumWorksInPlace) {
  const nn::Graph graph = small_graph();
  const Program program = assign_formats(lower(graph), Precision::Int8, ranges_for(graph));
  const MemoryPlan plan = plan_memory(program, nn::infer_shapes(program.graph, {1, 8, 8, 16}));
  const Step& sum = step_of(program, "b");
  EXPECT_GE(sum.residual, 0);
  EXPECT_EQ(plan.overwritten[static_cast<std::size_t>(&sum - program.steps.data())], sum.residual);
}

TEST(AssignFormats, MemoryIsCountedInTheBytesOfTheFormats) {
  const nn::Graph graph = small_graph();
  const auto arena = [&](Precision precision) {
    const Program program = assign_formats(lower(graph), precision, ranges_for(graph));
    return plan_memory(program, nn::infer_shapes(program.graph, {1, 8, 8, 16})).arena_bytes;
  };
  EXPECT_LE(2 * arena(Precision::Int8), arena(Precision::F32));
}

TEST(AssignFormats, KeptLayersAndMissingRangesAreNotInt8) {
  const nn::Graph graph = small_graph();
  const Program f32 = lower(graph);
  nn::Quantisation quantisation = ranges_for(graph);
  quantisation.kept = {"a"};
  const ElementType fallback = runs_here(Precision::BF16) ? ElementType::BF16 : ElementType::F32;
  Program program = assign_formats(f32, Precision::Int8, quantisation);
  EXPECT_EQ(reads(program, "a"), fallback);
  EXPECT_EQ(reads(program, "b"), ElementType::S8);
  quantisation = ranges_for(graph);
  quantisation.activations.erase(f32.node(step_of(f32, "b").inputs[0]).name);
  program = assign_formats(f32, Precision::Int8, quantisation);
  EXPECT_EQ(reads(program, "b"), fallback);
  EXPECT_EQ(reads(program, "a"), ElementType::S8);
  program = assign_formats(f32, Precision::Int8, {});
  EXPECT_EQ(reads(program, "stem"), fallback);
}

TEST(AssignFormats, AValueForTheCallerIsRoundedOnlyForReadersInside) {
  nn::Graph graph = small_graph();
  const Program f32 = lower(graph);
  nn::GraphBuilder b;
  const nn::Ref x = b.relu(b.conv("a", b.input(16), {.out = 16}));
  b.output("middle", x);
  b.output("y", b.conv("b", x, {.out = 16}));
  graph = b.build();
  const Program program = assign_formats(lower(graph), Precision::Int8, ranges_for(graph));
  EXPECT_EQ(program.value(step_of(program, "a").output).format.type, ElementType::F32);
  EXPECT_EQ(program.outputs[0], step_of(program, "a").output);
  EXPECT_EQ(reads(program, "b"), ElementType::S8);
}

TEST(AssignFormats, WhatIsSubtractedOrNormalisedIsWrittenAsF32) {
  nn::GraphBuilder b;
  const nn::Ref x = b.input(16);
  const nn::Ref left = b.conv("left", x, {.out = 16});
  const nn::Ref right = b.max_pool(b.conv("right", x, {.out = 16}), 3, 1, 1);
  b.output("y", b.conv("last", b.unary(nn::Op::L2Norm, b.sub(left, right)), {.out = 16}));
  const nn::Graph graph = b.build();
  const Program program = assign_formats(lower(graph), Precision::Int8, ranges_for(graph));
  for (const char* name : {"left", "right"}) {
    EXPECT_EQ(reads(program, name), ElementType::S8);
    EXPECT_EQ(program.value(step_of(program, name).output).format.type, ElementType::F32);
  }
  EXPECT_EQ(reads(program, "last"), ElementType::S8);
  EXPECT_EQ(conversions(program).size(), 2u) << "the input, and the normalised difference";
}

TEST(AssignFormats, TransposedConvolutionsNeitherReadNorWriteBf16) {
  for (const bool rectified : {false, true}) {
    nn::GraphBuilder b;
    nn::Ref x = b.conv("a", b.input(16), {.out = 32});
    x = rectified ? b.relu(x) : b.leaky_relu(x, 0.2);
    x = b.relu(b.conv_transpose("up", x, {.out = 16, .kernel = 4, .stride = 2, .pad = 1, .bias = true}));
    b.output("y", b.conv("last", x, {.out = 16}));
    const nn::Graph graph = b.build();
    for (const Precision precision : {Precision::BF16, Precision::Int8}) {
      const Program program = assign_formats(lower(graph), precision, ranges_for(graph));
      EXPECT_EQ(reads(program, "up"), precision == Precision::Int8 ? ElementType::S8 : ElementType::F32);
      EXPECT_NE(program.value(step_of(program, "up").output).format.type, ElementType::BF16);
      EXPECT_NE(reads(program, "last"), ElementType::F32);
    }
  }
}

TEST(AssignFormats, ASliceKeepsItsInputsFormat) {
  nn::GraphBuilder b;
  const nn::Ref x = b.relu(b.conv("a", b.input(16), {.out = 32}));
  b.output("y", b.add(b.conv("b", b.slice(x, 0, 16), {.out = 8}), b.conv("c", b.slice(x, 16, 32), {.out = 8})));
  const nn::Graph graph = b.build();
  const Program program = assign_formats(lower(graph), Precision::Int8, ranges_for(graph));
  EXPECT_EQ(conversions(program).size(), 1u) << "the input";
  for (const char* name : {"b", "c"})
    EXPECT_EQ(program.value(step_of(program, name).inputs[0]).format.type, ElementType::U8);
}

}  // namespace
}  // namespace vigie::engine
