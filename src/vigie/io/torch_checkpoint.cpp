#include "vigie/io/torch_checkpoint.h"

#include "vigie/core/error.h"
#include "vigie/io/torch_storages.h"

namespace vigie {

namespace {

constexpr std::string_view kWhere = "read_torch_checkpoint";

// Containers may be shared and even hold themselves: without bounds a small file could unfold into an endless one.
constexpr int kMaxDepth = 32;
constexpr std::size_t kMaxVisits = 10'000'000;
constexpr std::size_t kMaxTensors = 1'000'000;
constexpr std::size_t kMaxName = 1000;
constexpr std::uint64_t kMaxGrowth = 8;  // bytes of converted or rearranged tensors, as a multiple of the file
constexpr std::uint64_t kFreeGrowth = 1 << 20;

/// Collects the tensors of a pickled object under dotted names.
class Collector {
 public:
  Collector(const TorchArchive& archive, std::shared_ptr<MappedFile> file)
      : archive_(archive), file_(std::move(file)) {}

  TensorMap collect() {
    const pickle::Value& root = archive_.document.root;
    if (root.as<pickle::TensorView*>() != nullptr) refuse("holds a single tensor without a name, not a state dict");
    visit(root, "", 0);
    if (tensors_.empty()) refuse("holds no tensor");
    return std::move(tensors_);
  }

 private:
  [[noreturn]] void refuse(std::string_view reason) const {
    fail(ErrorKind::BadFile, kWhere, "{}: {}", file_->path(), reason);
  }
  [[noreturn]] void refuse(const std::string& name, std::string_view reason) const {
    fail(ErrorKind::BadFile, kWhere, "{}: tensor '{}': {}", file_->path(), name, reason);
  }

  void visit(const pickle::Value& value, const std::string& name, int depth);
  void visit_child(const pickle::Value& child, const std::string& name, const pickle::Value& key, int depth);
  void count_visits(std::size_t children, int depth);

  Tensor tensor_from_view(const pickle::TensorView& view, const std::string& name);
  void check_view(const pickle::TensorView& view, std::uint64_t storage_bytes, const std::string& name) const;
  void count_growth(std::uint64_t bytes);

  TorchArchive archive_;
  std::shared_ptr<MappedFile> file_;
  TensorMap tensors_;
  std::size_t visits_ = 0;
  std::uint64_t growth_ = 0;
};

void Collector::count_visits(std::size_t children, int depth) {
  visits_ += children;
  if (depth > kMaxDepth || visits_ > kMaxVisits) refuse("its dicts are nested too deeply or without end");
}

void Collector::visit(const pickle::Value& value, const std::string& name, int depth) {
  if (const auto* view = value.as<pickle::TensorView*>()) {
    if (tensors_.size() >= kMaxTensors) refuse("holds too many tensors");
    if (!tensors_.emplace(name, tensor_from_view(**view, name)).second) refuse(name, "two tensors have this name");
  } else if (const auto* dict = value.as<pickle::Dict*>()) {
    count_visits((*dict)->size(), depth);
    for (const auto& [key, child] : **dict) visit_child(child, name, key, depth);
  } else if (const auto* list = value.as<pickle::List*>()) {
    count_visits((*list)->size(), depth);
    std::int64_t index = 0;
    for (const pickle::Value& child : **list) visit_child(child, name, {index++}, depth);
  }
}

void Collector::visit_child(const pickle::Value& child, const std::string& name, const pickle::Value& key, int depth) {
  const bool matters = child.as<pickle::TensorView*>() != nullptr || child.as<pickle::Dict*>() != nullptr ||
                       child.as<pickle::List*>() != nullptr;
  if (!matters) return;  // epochs, learning rates and the like
  std::string child_name = name.empty() ? name : name + '.';
  if (const auto* text = key.as<std::string_view>()) {
    child_name += *text;
  } else if (const auto* number = key.as<std::int64_t>()) {
    child_name += std::to_string(*number);
  } else {
    refuse("a key that is neither a text nor an integer");
  }
  if (child_name.size() > kMaxName) refuse(fmt::format("a name of {} characters", child_name.size()));
  visit(child, child_name, depth + 1);
}

void Collector::count_growth(std::uint64_t bytes) {
  growth_ += bytes;
  if (growth_ > kMaxGrowth * file_->bytes().size() + kFreeGrowth)
    refuse("its tensors repeat the stored numbers too often");
}

/// Every element that the view can reach must lie in its storage.
void Collector::check_view(const pickle::TensorView& view, std::uint64_t storage_bytes, const std::string& name) const {
  if (view.shape.size() != view.strides.size()) refuse(name, "as many strides as extents expected");
  if (!stored_bytes(view.storage->type, view.shape))
    refuse(name, fmt::format("impossible shape {}", to_string(view.shape)));
  std::int64_t last = view.offset;
  bool possible = view.offset >= 0;
  for (std::size_t i = 0; i < view.shape.size() && possible; ++i) {
    std::int64_t reach = 0;
    possible = view.strides[i] >= 0 && !__builtin_mul_overflow(view.shape[i] - 1, view.strides[i], &reach) &&
               (view.shape[i] == 0 || !__builtin_add_overflow(last, reach, &last));
  }
  const std::uint64_t elements = storage_bytes / byte_size(view.storage->type);
  const bool empty = count_of(view.shape) == 0;
  if (!possible || (!empty && static_cast<std::uint64_t>(last) >= elements)) {
    refuse(name, fmt::format("shape {}, strides {} and offset {} reach beyond its storage of {} elements",
                             to_string(view.shape), to_string(view.strides), view.offset, elements));
  }
}

bool is_dense(const pickle::TensorView& view) {
  std::int64_t expected = 1;
  for (std::size_t i = view.shape.size(); i-- > 0;) {
    if (view.shape[i] != 1 && view.strides[i] != expected) return false;
    expected *= view.shape[i];
  }
  return true;
}

/// Elements in row-major order, as stored. The shape is not empty and holds no 0.
std::string gather(const pickle::TensorView& view, const char* first, std::size_t element_bytes) {
  std::string dense;
  dense.reserve(static_cast<std::size_t>(count_of(view.shape)) * element_bytes);
  Shape index(view.shape.size(), 0);
  std::int64_t position = 0;
  for (;;) {
    dense.append(first + static_cast<std::size_t>(position) * element_bytes, element_bytes);
    std::size_t axis = index.size();
    while (axis > 0 && ++index[axis - 1] == view.shape[axis - 1]) {
      --axis;
      position -= (view.shape[axis] - 1) * view.strides[axis];
      index[axis] = 0;
    }
    if (axis == 0) return dense;
    position += view.strides[axis - 1];
  }
}

Tensor Collector::tensor_from_view(const pickle::TensorView& view, const std::string& name) {
  const StoredType type = view.storage->type;
  const std::string_view storage = archive_.storages.find(view.storage->key)->second;
  check_view(view, storage.size(), name);
  if (count_of(view.shape) == 0) return Tensor(view.shape, dtype_for(type));
  const char* first = storage.data() + static_cast<std::size_t>(view.offset) * byte_size(type);
  if (is_dense(view)) {
    const Tensor dense = tensor_from_stored(type, view.shape, first, file_);
    if (dense.raw() != first) count_growth(dense.bytes());
    return dense;
  }
  count_growth(*stored_bytes(type, view.shape));
  return tensor_from_stored(type, view.shape, gather(view, first, byte_size(type)).data(), nullptr);
}

}  // namespace

TensorMap read_torch_checkpoint(const std::filesystem::path& path) {
  const std::shared_ptr<MappedFile> file = MappedFile::open(path, kWhere);
  if (file->bytes().starts_with("PK\x03\x04")) return Collector(open_zip_checkpoint(*file), file).collect();
  if (file->bytes().starts_with("\x80")) return Collector(open_legacy_checkpoint(*file), file).collect();
  fail(ErrorKind::BadFile, kWhere, "{}: not a torch checkpoint", file->path());
}

}  // namespace vigie
