#include "vigie/detectors/state_reader.h"

#include <algorithm>
#include <cmath>

namespace vigie {

namespace {

bool fits(const Shape& shape, const Shape& wanted) {
  const auto same = [](std::int64_t have, std::int64_t want) { return want == -1 ? have > 0 : have == want; };
  return std::equal(shape.begin(), shape.end(), wanted.begin(), wanted.end(), same);
}

}  // namespace

Tensor StateReader::tensor(const std::string& name, DType type, const Shape& shape) const {
  const auto found = state_.tensors.find(name);
  if (found == state_.tensors.end()) fail(ErrorKind::BadFile, detector_, "state: tensor '{}' is missing", name);
  const Tensor& tensor = found->second;
  if (tensor.dtype() != type || !fits(tensor.shape(), shape))
    fail(ErrorKind::BadFile, detector_, "state: tensor '{}' is {} {}, expected {} {}", name, name_of(tensor.dtype()),
         to_string(tensor.shape()), name_of(type), to_string(shape));
  if (type == DType::F32) {
    const auto values = tensor.values<float>();
    require(std::all_of(values.begin(), values.end(), [](float x) { return std::isfinite(x); }),
            "tensor '" + name + "' holds NaN or infinity");
  }
  return tensor;
}

const nlohmann::json& StateReader::fact(const std::string& name) const {
  require(state_.facts.is_object() && state_.facts.contains(name), "fact '" + name + "' is missing");
  return state_.facts.at(name);
}

FeatureLayout StateReader::layout(std::size_t layers) const {
  return layout_from_json(fact("layout"), layers, detector_);
}

std::int64_t StateReader::integer(const std::string& name, std::int64_t min, std::int64_t max) const {
  const nlohmann::json& value = fact(name);
  if (!value.is_number_integer() || value < min || value > max)
    fail(ErrorKind::BadFile, detector_, "state: fact '{}' must be an integer from {} to {}, got {}", name, min, max,
         value.dump());
  return value.get<std::int64_t>();
}

void StateReader::require(bool condition, std::string_view what) const {
  if (!condition) fail(ErrorKind::BadFile, detector_, "state: {}", what);
}

}  // namespace vigie
