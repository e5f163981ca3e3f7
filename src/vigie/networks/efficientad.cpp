#include "vigie/networks/efficientad.h"

#include <algorithm>

#include "vigie/core/error.h"
#include "vigie/nn/compose.h"
#include "vigie/nn/ops.h"

namespace vigie {

namespace {

constexpr const char* kWhere = "efficientad";
constexpr std::int64_t kEncoderStride = 32;  // five halvings
constexpr std::int64_t kLatent = 64;
constexpr std::int64_t kWidth = 64;
constexpr const char* kImage = "efficientad.image";

nn::Ref encode(nn::GraphBuilder& b, nn::Ref x, std::int64_t cells) {
  int layer = 0;
  for (const std::int64_t out : {std::int64_t{32}, std::int64_t{32}, kWidth, kWidth, kWidth})
    x = b.relu(b.conv(fmt::format("autoencoder.encoder{}", ++layer), x,
                      {.out = out, .kernel = 4, .stride = 2, .pad = 1, .bias = true}));
  x = b.reshape(x, fmt::format("1,1,{}", cells * kWidth));
  return b.conv("autoencoder.latent", x, {.out = kLatent, .kernel = 1, .bias = true});
}

nn::Ref decode(nn::GraphBuilder& b, nn::Ref x, const TeacherGrid& grid) {
  const std::int64_t doublings = kEncoderStride / grid.stride;
  const std::int64_t height = grid.height / doublings, width = grid.width / doublings;
  const auto conv = [&](const std::string& name, nn::Ref in, std::int64_t out) {
    return b.conv("autoencoder." + name, in, {.out = out, .bias = true});
  };
  x = b.relu(b.conv("autoencoder.expand", x, {.out = height * width * kWidth, .kernel = 1, .bias = true}));
  x = b.reshape(x, fmt::format("{},{},{}", height, width, kWidth));
  int layer = 1;
  x = b.relu(conv("decoder1", x, kWidth));
  for (std::int64_t stride = kEncoderStride; stride > grid.stride; stride /= 2)
    x = b.relu(conv(fmt::format("decoder{}", ++layer), b.upsample(x, 2, true), kWidth));
  return conv("features", b.relu(conv("decoder_last", x, kWidth)), grid.channels);
}

}  // namespace

TeacherGrid teacher_grid(const nn::Graph& teacher, std::int64_t height, std::int64_t width) {
  VIGIE_CHECK(height >= kEncoderStride && width >= kEncoderStride && height % kEncoderStride == 0 &&
                  width % kEncoderStride == 0,
              kWhere, "the sides of the network's input must be multiples of {}, got {}x{}", kEncoderStride, width,
              height);
  VIGIE_CHECK(teacher.outputs.size() == 1, kWhere, "the teacher must have one output, got {}", teacher.outputs.size());
  const nn::Output& output = teacher.outputs.front();
  const Shape shape = nn::infer_shapes(teacher, {1, height, width, 3}).at(static_cast<std::size_t>(output.node));
  for (const std::int64_t stride : {4, 8, 16})
    if (shape.size() == 4 && shape[1] * stride == height && shape[2] * stride == width)
      return {shape[1], shape[2], shape[3], stride};
  fail(ErrorKind::InvalidArgument, kWhere,
       "layer '{}' gives {} for an image of {}x{} pixels; a teacher has one cell per 4, 8 or 16 pixels", output.name,
       to_string(shape), width, height);
}

nn::Graph normalised_teacher(const nn::Graph& teacher) {
  VIGIE_CHECK(teacher.outputs.size() == 1, kWhere, "the teacher must have one output, got {}", teacher.outputs.size());
  const nn::Output& output = teacher.outputs.front();
  const std::int64_t channels = nn::channels_of(teacher)[static_cast<std::size_t>(output.node)];
  VIGIE_CHECK(channels != nn::kUnknownChannels, kWhere, "the channels of layer '{}' are not known", output.name);
  nn::GraphBuilder b;
  b.output("teacher", b.batch_norm("teacher_norm", b.input(channels)));
  return nn::select_outputs(nn::attach(teacher, output.name, b.build()), {"teacher"});
}

nn::Graph efficientad_student(const TeacherGrid& grid, PdnSpec pdn) {
  pdn.channels = 2 * grid.channels;
  pdn.stride = grid.stride;
  nn::GraphBuilder b;
  const nn::Ref both = append_pdn(b, b.input(3), pdn, "student.");
  b.output("student", b.slice(both, 0, grid.channels));
  b.output("student_autoencoder", b.slice(both, grid.channels, 2 * grid.channels));
  return b.build();
}

nn::Graph efficientad_autoencoder(const TeacherGrid& grid) {
  const std::int64_t height = grid.height * grid.stride, width = grid.width * grid.stride;
  nn::GraphBuilder b;
  const nn::Ref image = b.input(3, height, width);
  const std::int64_t cells = height / kEncoderStride * (width / kEncoderStride);
  b.output("autoencoder", decode(b, encode(b, image, cells), grid));
  return b.build();
}

std::vector<std::string> efficientad_outputs() {
  return {"teacher", "student", "autoencoder", "student_autoencoder"};
}

nn::Graph efficientad_graph(const nn::Graph& teacher, const nn::Graph& student, const nn::Graph& autoencoder) {
  nn::Graph all = teacher;
  const auto input = std::ranges::find(all.nodes, nn::Op::Input, &nn::Node::op);
  all.outputs.push_back({kImage, static_cast<int>(input - all.nodes.begin())});
  all = nn::attach(nn::attach(all, kImage, student), kImage, autoencoder);
  return nn::select_outputs(all, efficientad_outputs());
}

}  // namespace vigie
