#include <gmock/gmock.h>

#include "vigie/nn/test_graphs.h"

namespace vigie::nn {
namespace {

using nlohmann::json;
using testing::HasSubstr;

/// Reads the residual graph after `spoil` changed its JSON; returns the error.
template <typename Spoil>
std::string refusal(const Spoil& spoil) {
  json object = json_from_graph(residual_graph());
  spoil(object);
  const auto [kind, text] = error_of([&] { graph_from_json(object); });
  EXPECT_EQ(kind, ErrorKind::BadFile) << text;
  return text;
}

TEST(GraphJson, RoundTripKeepsEverything) {
  GraphBuilder b;
  Ref x = b.input(3, 32, 32);
  x = b.leaky_relu(b.conv("c", x, {.out = 4, .stride = 2, .bias = true}), 0.2);
  x = b.concat({x, b.max_pool(x, 3, 1, 1)});
  b.output("flat", b.linear("fc", b.reshape(x, "2048"), 10));
  const Graph graph = b.build();
  const json object = json_from_graph(graph);
  const Graph again = graph_from_json(json::parse(object.dump()));
  EXPECT_EQ(json_from_graph(again), object);
  ASSERT_EQ(again.nodes.size(), graph.nodes.size());
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    EXPECT_EQ(again.nodes[i].op, graph.nodes[i].op);
    EXPECT_EQ(again.nodes[i].name, graph.nodes[i].name);
    EXPECT_EQ(again.nodes[i].inputs, graph.nodes[i].inputs);
    EXPECT_EQ(again.nodes[i].attrs, graph.nodes[i].attrs);
    EXPECT_EQ(again.nodes[i].params, graph.nodes[i].params);
    EXPECT_EQ(again.nodes[i].text, graph.nodes[i].text);
  }
}

TEST(GraphJson, RoundTripKeepsSlicesScalesAndMasks) {
  GraphBuilder b;
  const Ref x = b.scale(b.slice(b.input(5), 1, 4), 1 / 0.229, -0.1);
  b.output("y", b.sub(b.unary(Op::Exp, x), b.unary(Op::L2Norm, b.mask("m", x, 6, 7))));
  const Graph graph = b.build();
  const Graph again = graph_from_json(json::parse(json_from_graph(graph).dump()));
  ASSERT_EQ(again.nodes.size(), graph.nodes.size());
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    EXPECT_EQ(again.nodes[i].op, graph.nodes[i].op);
    EXPECT_EQ(again.nodes[i].attrs, graph.nodes[i].attrs);
    EXPECT_EQ(again.nodes[i].params, graph.nodes[i].params);
  }
}

TEST(GraphJson, EveryOperationHasItsOwnName) {
  for (int i = 0; i <= static_cast<int>(Op::Sub); ++i)
    EXPECT_EQ(op_from_name(name_of(static_cast<Op>(i))), static_cast<Op>(i));
}

TEST(GraphJson, RefusesBadIndices) {
  EXPECT_THAT(refusal([](json& g) { g["nodes"][1]["inputs"][0] = 5; }), HasSubstr("input 5 is not an earlier node"));
  EXPECT_THAT(refusal([](json& g) { g["nodes"][1]["inputs"][0] = 1; }), HasSubstr("not an earlier node"));
  EXPECT_THAT(refusal([](json& g) { g["nodes"][1]["inputs"][0] = -1; }), HasSubstr("index of a node"));
  EXPECT_THAT(refusal([](json& g) { g["nodes"][1]["inputs"][0] = 1e300; }), HasSubstr("index of a node"));
  EXPECT_THAT(refusal([](json& g) { g["outputs"][0]["node"] = 99; }), HasSubstr("output 'stem' is node 99"));
}

TEST(GraphJson, RefusesWhatNoOperationHas) {
  EXPECT_THAT(refusal([](json& g) { g["nodes"][1]["op"] = "Launch"; }), HasSubstr("unknown operation 'Launch'"));
  EXPECT_THAT(refusal([](json& g) { g["nodes"][1]["attrs"]["colour"] = 1; }), HasSubstr("attribute 'colour'"));
  EXPECT_THAT(refusal([](json& g) { g["nodes"][1]["params"] = {"a", "b", "c"}; }), HasSubstr("3 parameters"));
  EXPECT_THAT(refusal([](json& g) { g["nodes"][1]["params"] = json::array(); }), HasSubstr("0 parameters"));
  EXPECT_THAT(refusal([](json& g) { g["nodes"][1]["inputs"] = {0, 0}; }), HasSubstr("2 inputs"));
  EXPECT_THAT(refusal([](json& g) { g["nodes"][1]["text"] = "4,4"; }), HasSubstr("only Reshape"));
  EXPECT_THAT(refusal([](json& g) { g["nodes"][1].erase("name"); }), HasSubstr("node 1 has no 'name'"));
  EXPECT_THAT(refusal([](json& g) { g["nodes"][1]["name"] = "conv2"; }), HasSubstr("two nodes"));
}

TEST(GraphJson, RefusesAttributesOutOfRange) {
  const auto with = [](const char* key, const json& value) {
    return refusal([&](json& g) { g["nodes"][1]["attrs"][key] = value; });
  };
  EXPECT_THAT(with("out", 0), HasSubstr("out = 0"));
  EXPECT_THAT(with("out", 1e18), HasSubstr("outside"));
  EXPECT_THAT(with("stride", 0), HasSubstr("stride = 0"));
  EXPECT_THAT(with("stride", 1.5), HasSubstr("must be whole"));
  EXPECT_THAT(with("pad", -1), HasSubstr("pad = -1"));
  EXPECT_THAT(with("kernel_h", "three"), HasSubstr("must be a number"));
  EXPECT_THAT(refusal([](json& g) { g["nodes"][1]["attrs"].erase("out"); }), HasSubstr("'out' is missing"));
}

TEST(GraphJson, RefusesEmptySlicesAndMasksWithoutASize) {
  GraphBuilder b;
  b.output("y", b.mask("m", b.slice(b.input(4), 1, 3), 2, 2));
  const json good = json_from_graph(b.build());
  const auto error = [&](std::size_t node, const char* key, const json& value) {
    json object = good;
    json& attrs = object["nodes"][node]["attrs"];
    if (value.is_null())
      attrs.erase(key);
    else
      attrs[key] = value;
    return error_of([&] { graph_from_json(object); }).second;
  };
  EXPECT_THAT(error(1, "end", 1), HasSubstr("begin must be less than end"));
  EXPECT_THAT(error(1, "begin", -1), HasSubstr("begin = -1"));
  EXPECT_THAT(error(1, "end", nullptr), HasSubstr("'end' is missing"));
  EXPECT_THAT(error(2, "height", 0), HasSubstr("height = 0"));
  EXPECT_THAT(error(2, "width", nullptr), HasSubstr("'width' is missing"));
}

TEST(GraphJson, RefusesHugeCounts) {
  EXPECT_THAT(refusal([](json& g) { g["nodes"] = json::array_t(200'000, g["nodes"][0]); }),
              HasSubstr("at most 100000"));
  EXPECT_THAT(refusal([](json& g) { g["nodes"][1]["inputs"] = json::array_t(5000, 0); }), HasSubstr("at most 1024"));
  EXPECT_THAT(refusal([](json& g) { g["nodes"][1]["name"] = std::string(100'000, 'x'); }), HasSubstr("512"));
}

TEST(GraphJson, RefusesOtherKindsOfJson) {
  EXPECT_THAT(refusal([](json& g) { g = 7; }), HasSubstr("no 'nodes'"));
  EXPECT_THAT(refusal([](json& g) { g = json::array(); }), HasSubstr("no 'nodes'"));
  EXPECT_THAT(refusal([](json& g) { g["nodes"] = "many"; }), HasSubstr("list"));
  EXPECT_THAT(refusal([](json& g) { g["nodes"][1] = nullptr; }), HasSubstr("node 1"));
  EXPECT_THAT(refusal([](json& g) { g["outputs"] = json::array(); }), HasSubstr("no output"));
  EXPECT_THAT(refusal([](json& g) { g["nodes"][1] = g["nodes"][0]; }), HasSubstr("two nodes are named 'input'"));
}

TEST(GraphJson, RefusesReshapeTextsThatAreNoExtents) {
  GraphBuilder b;
  b.output("y", b.reshape(b.input(4), "2,-1"));
  const json good = json_from_graph(b.build());
  for (const char* text : {"", "-1,-1", "0", "2,", ",2", "2,x", "-2", "99999999999999999999", "1,1,1,1,1,1,1"}) {
    json object = good;
    object["nodes"][1]["text"] = text;
    EXPECT_EQ(error_of([&] { graph_from_json(object); }).first, ErrorKind::BadFile) << text;
  }
}

}  // namespace
}  // namespace vigie::nn
