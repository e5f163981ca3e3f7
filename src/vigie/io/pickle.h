#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "vigie/core/tensor.h"
#include "vigie/io/stored_type.h"

// The few things that a pickle of torch tensors may hold. Internal to io/.
namespace vigie::pickle {

struct Value;
using List = std::vector<Value>;  ///< a list or a tuple
using Dict = std::vector<std::pair<Value, Value>>;

/// Raw numbers that lie outside the pickle, found by `key`.
struct Storage {
  StoredType type = StoredType::F32;
  std::string_view key;
  std::int64_t count = 0;  ///< elements, as the pickle says
};

/// A view of a storage; nothing of it has been checked.
struct TensorView {
  const Storage* storage = nullptr;
  std::int64_t offset = 0;  ///< elements
  Shape shape;
  Shape strides;  ///< elements
};

struct Mark {};
struct BigInteger {
  std::string_view bytes;  ///< little-endian two's complement, more than 8 bytes
};
struct Global {
  std::string_view module;
  std::string_view name;
};

/// A small handle. Texts point into the pickled bytes, containers into the Document.
struct Value {
  std::variant<std::monostate, bool, std::int64_t, double, std::string_view, BigInteger, Global, Mark, List*, Dict*,
               Storage*, TensorView*>
      content;

  /// The content when it is a T, else nullptr.
  template <typename T>
  const T* as() const {
    return std::get_if<T>(&content);
  }
};

/// A pickled value and all that it refers to, except the bytes it was read from.
struct Document {
  Value root;
  std::uint64_t bytes = 0;  ///< length of the pickle, STOP included
  std::deque<List> lists;
  std::deque<Dict> dicts;
  std::deque<Storage> storages;
  std::deque<TensorView> tensors;
};

/// Interprets the pickle that `bytes` begin with (protocols 2 to 4). It can build dicts, lists, tuples, texts, numbers
/// and torch tensors, and nothing else: a global outside the short list in pickle_torch.cpp ends the reading with its
/// name. `bytes` must outlive the document. Throws BadFile "path: reason".
Document read_pickle(std::string_view bytes, const std::string& path);

}  // namespace vigie::pickle
