#include "vigie/networks/batch_norms.h"

#include <gmock/gmock.h>

#include "vigie/nn/builder.h"
#include "vigie/nn/ops.h"

namespace vigie {
namespace {

using nn::Op;

/// Two convolutions added up, each an output of its own too.
nn::Graph two_convolutions() {
  nn::GraphBuilder b;
  const nn::Ref x = b.input(3);
  const nn::Ref first = b.conv("first", x, {.out = 4, .bias = true});
  const nn::Ref second = b.conv("second", b.relu(first), {.out = 4, .bias = true});
  b.output("first", first);
  b.output("sum", b.add(first, second));
  return b.build();
}

const auto kAll = [](const std::string&) { return true; };

TEST(BatchNorms, StandBehindEveryConvolutionAndEverybodyReadsThem) {
  const NormedGraph normed = with_batch_norms(two_convolutions(), kAll);
  EXPECT_THAT(normed.convolutions, testing::ElementsAre("first", "second"));
  EXPECT_NO_THROW(nn::check_structure(normed.graph, ErrorKind::Internal));
  const auto& nodes = normed.graph.nodes;
  EXPECT_EQ(nodes[static_cast<std::size_t>(normed.graph.outputs[0].node)].name, "first.norm");
  const nn::Node& sum = nodes[static_cast<std::size_t>(normed.graph.outputs[1].node)];
  ASSERT_EQ(sum.op, Op::Add);
  EXPECT_EQ(nodes[static_cast<std::size_t>(sum.inputs[0])].name, "first.norm");
  EXPECT_EQ(nodes[static_cast<std::size_t>(sum.inputs[1])].name, "second.norm");
  const std::vector<int> readers = nn::reader_counts(normed.graph);
  for (std::size_t i = 0; i < nodes.size(); ++i) EXPECT_TRUE(nodes[i].op != Op::Conv2d || readers[i] == 1);
  EXPECT_EQ(nn::parameter_shapes(normed.graph).at("second.norm.running_var"), Shape{4});
}

TEST(BatchNorms, LeaveOutWhatIsNotWantedAndWhatHasOne) {
  const auto second = [](const std::string& name) { return name == "second"; };
  const NormedGraph once = with_batch_norms(two_convolutions(), second);
  EXPECT_THAT(once.convolutions, testing::ElementsAre("second"));
  const NormedGraph twice = with_batch_norms(once.graph, kAll);
  EXPECT_THAT(twice.convolutions, testing::ElementsAre("first"));
  EXPECT_TRUE(with_batch_norms(twice.graph, kAll).convolutions.empty());
}

}  // namespace
}  // namespace vigie
