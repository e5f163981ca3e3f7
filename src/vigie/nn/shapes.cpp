#include "vigie/nn/ops.h"

namespace vigie::nn {

namespace {

/// Shape of one node from those of its inputs.
class ShapeRule {
 public:
  ShapeRule(const Node& node, std::vector<Shape> inputs) : node_(node), in_(std::move(inputs)) {}

  Shape run() const {
    switch (node_.op) {
      case Op::Input:
        fail(ErrorKind::Internal, "infer_shapes", "an Input node has no rule");
      case Op::Conv2d:
        return convolution();
      case Op::ConvTranspose2d:
        return transposed_convolution();
      case Op::Linear:
        return linear();
      case Op::MatMul:
        return matrix_product();
      case Op::MaxPool:
      case Op::AvgPool:
        return pooling();
      case Op::GlobalAvgPool:
        check_image();
        return {in_[0][0], 1, 1, in_[0][3]};
      case Op::Add:
      case Op::Sub:
        require(in_[0] == in_[1]);
        return in_[0];
      case Op::Mul:
        return product();
      case Op::Concat:
        return concatenation();
      case Op::Upsample:
        return upsampling();
      case Op::Reshape:
        return reshaping();
      case Op::Slice:
        return slice();
      case Op::Mask:
        return masked();
      default:
        return in_[0];
    }
  }

 private:
  void require(bool holds) const {
    if (holds) return;
    std::string shapes;
    for (const Shape& shape : in_) shapes += (shapes.empty() ? "" : " and ") + to_string(shape);
    fail(ErrorKind::InvalidArgument, "infer_shapes", "node '{}' ({}) does not fit its input {}", node_.name,
         name_of(node_.op), shapes);
  }
  void check_image() const { require(in_[0].size() == 4); }
  std::int64_t get(std::string_view key) const { return int_attr(node_, key); }

  Shape convolution() const {
    check_image();
    const std::int64_t groups = get("groups");
    require(in_[0][3] % groups == 0 && get("out") % groups == 0);
    return {in_[0][0], convolved(in_[0][1], get("kernel_h")), convolved(in_[0][2], get("kernel_w")), get("out")};
  }

  std::int64_t convolved(std::int64_t extent, std::int64_t kernel) const {
    const std::int64_t reach = get("dilation") * (kernel - 1) + 1;
    const std::int64_t room = extent + 2 * get("pad") - reach;
    require(room >= 0);
    return room / get("stride") + 1;
  }

  Shape transposed_convolution() const {
    check_image();
    require(get("output_pad") < get("stride"));
    const auto grown = [&](std::int64_t extent, std::int64_t kernel) {
      const std::int64_t size = (extent - 1) * get("stride") - 2 * get("pad") + kernel + get("output_pad");
      require(size >= 1);
      return size;
    };
    return {in_[0][0], grown(in_[0][1], get("kernel_h")), grown(in_[0][2], get("kernel_w")), get("out")};
  }

  Shape linear() const {
    Shape shape = in_[0];
    shape.back() = get("out");
    return shape;
  }

  Shape matrix_product() const {
    const Shape& a = in_[0];
    const Shape& b = in_[1];
    const std::size_t rank = a.size();
    require(rank >= 2 && b.size() == rank);
    for (std::size_t i = 0; i + 2 < rank; ++i) require(a[i] == b[i]);
    const bool transposed = get("transpose_b") != 0;
    require(a[rank - 1] == b[transposed ? rank - 1 : rank - 2]);
    Shape shape = a;
    shape.back() = b[transposed ? rank - 2 : rank - 1];
    return shape;
  }

  Shape pooling() const {
    check_image();
    return {in_[0][0], pooled(in_[0][1]), pooled(in_[0][2]), in_[0][3]};
  }

  std::int64_t pooled(std::int64_t extent) const {
    const std::int64_t kernel = get("kernel");
    const std::int64_t stride = get("stride");
    const std::int64_t pad = get("pad");
    const std::int64_t room = extent + 2 * pad - kernel;
    require(room >= 0 && 2 * pad <= kernel);
    if (get("ceil_mode") == 0) return room / stride + 1;
    const std::int64_t count = (room + stride - 1) / stride + 1;
    // A window may hang over the end, but must not start beyond the image.
    return (count - 1) * stride >= extent + pad ? count - 1 : count;
  }

  Shape product() const {
    const auto gates = [](const Shape& gate, const Shape& x) {
      return x.size() == 4 && gate == Shape{x[0], 1, 1, x[3]};
    };
    if (in_[0] == in_[1] || gates(in_[1], in_[0])) return in_[0];
    require(gates(in_[0], in_[1]));
    return in_[1];
  }

  Shape concatenation() const {
    Shape shape = in_[0];
    for (std::size_t i = 1; i < in_.size(); ++i) {
      require(in_[i].size() == shape.size());
      for (std::size_t axis = 0; axis + 1 < shape.size(); ++axis) require(in_[i][axis] == shape[axis]);
      shape.back() += in_[i].back();
    }
    return shape;
  }

  Shape slice() const {
    Shape shape = in_[0];
    VIGIE_CHECK(get("end") <= shape.back(), "infer_shapes", "node '{}': there are no channels [{}, {}) in its input {}",
                node_.name, get("begin"), get("end"), to_string(shape));
    shape.back() = get("end") - get("begin");
    return shape;
  }

  Shape masked() const {
    check_image();
    VIGIE_CHECK(in_[0][1] == get("height") && in_[0][2] == get("width"), "infer_shapes",
                "node '{}': a mask of {} x {} positions does not fit its input {}", node_.name, get("height"),
                get("width"), to_string(in_[0]));
    return in_[0];
  }

  Shape upsampling() const {
    check_image();
    return {in_[0][0], in_[0][1] * get("scale"), in_[0][2] * get("scale"), in_[0][3]};
  }

  Shape reshaping() const {
    Shape shape = extents_from_text(node_.text);
    const std::int64_t per_item = count_of(in_[0]) / in_[0][0];
    std::int64_t known = 1;
    std::int64_t* free_extent = nullptr;
    for (std::int64_t& extent : shape) {
      if (extent == -1)
        free_extent = &extent;
      else
        require(known <= per_item / extent), known *= extent;
    }
    if (free_extent != nullptr) *free_extent = per_item / known;
    shape.insert(shape.begin(), in_[0][0]);
    require(count_of(shape) == count_of(in_[0]));
    return shape;
  }

  const Node& node_;
  std::vector<Shape> in_;
};

void check_input(const Node& node, const Shape& shape) {
  VIGIE_CHECK(shape.size() == 4, "infer_shapes", "node '{}': the input must be [B H W C], got {}", node.name,
              to_string(shape));
  for (const std::int64_t extent : shape)
    VIGIE_CHECK(extent >= 1, "infer_shapes", "node '{}': empty input {}", node.name, to_string(shape));
  const auto check = [&](std::string_view key, std::int64_t extent) {
    const std::int64_t wanted = int_attr(node, key);
    VIGIE_CHECK(wanted == 0 || wanted == extent, "infer_shapes", "node '{}': {} must be {}, got input {}", node.name,
                key, wanted, to_string(shape));
  };
  check("channels", shape[3]);
  check("height", shape[1]);
  check("width", shape[2]);
}

}  // namespace

std::vector<Shape> infer_shapes(const Graph& graph, const Shape& input) {
  std::vector<Shape> shapes;
  for (const Node& node : graph.nodes) {
    if (node.op == Op::Input) {
      check_input(node, input);
      shapes.push_back(input);
      continue;
    }
    std::vector<Shape> inputs;
    for (const int i : node.inputs) inputs.push_back(shapes.at(static_cast<std::size_t>(i)));
    try {
      shapes.push_back(ShapeRule(node, std::move(inputs)).run());
      count_of(shapes.back());
    } catch (const Error& e) {
      const bool named = std::string_view(e.what()).find("'" + node.name + "'") != std::string_view::npos;
      if (named) throw;
      fail(e.kind(), "infer_shapes", "node '{}': {}", node.name, e.what());
    }
  }
  return shapes;
}

}  // namespace vigie::nn
