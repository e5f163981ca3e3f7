#include "vigie/nn/quantisation.h"

#include <gtest/gtest.h>

#include "vigie/core/error.h"

namespace vigie::nn {
namespace {

using nlohmann::json;

TEST(Quantisation, ReadsBackAsItWasWritten) {
  const Quantisation original{{{"relu", {3.5, false}}, {"bn2", {0.1, true}}}, {"conv1"}};
  const Quantisation read = quantisation_from_json(json::parse(json_from_quantisation(original).dump()));
  EXPECT_EQ(json_from_quantisation(read), json_from_quantisation(original));
  EXPECT_EQ(read.activations.at("bn2").bound, 0.1);
  EXPECT_TRUE(read.activations.at("bn2").negative);
}

TEST(Quantisation, RefusesWhatIsNoQuantisation) {
  for (const char* text :
       {"[]", "{}", R"({"activations": {}, "kept": 3})", R"({"activations": {"a": [0, false]}, "kept": []})",
        R"({"activations": {"a": [-1, true]}, "kept": []})", R"({"activations": {"a": [1]}, "kept": []})",
        R"({"activations": {"a": [1, 1]}, "kept": []})", R"({"activations": {"a": [1, true]}, "kept": [4]})"})
    EXPECT_THROW(quantisation_from_json(json::parse(text)), Error) << text;
}

}  // namespace
}  // namespace vigie::nn
