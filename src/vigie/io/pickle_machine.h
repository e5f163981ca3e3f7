#pragma once

#include <unordered_map>

#include "vigie/io/byte_reader.h"
#include "vigie/io/pickle.h"

// Internal to pickle.cpp and pickle_torch.cpp.
namespace vigie::pickle {

/// Opcodes by their names in Python's pickletools.
enum class Op : std::uint8_t {
  Mark = '(',
  Stop = '.',
  Pop = '0',
  PopMark = '1',
  BinInt = 'J',
  BinInt1 = 'K',
  BinInt2 = 'M',
  None = 'N',
  BinPersId = 'Q',
  Reduce = 'R',
  BinString = 'T',
  ShortBinString = 'U',
  BinUnicode = 'X',
  Append = 'a',
  Build = 'b',
  Global = 'c',
  Appends = 'e',
  BinFloat = 'G',
  BinGet = 'h',
  LongBinGet = 'j',
  BinPut = 'q',
  LongBinPut = 'r',
  SetItem = 's',
  Tuple = 't',
  SetItems = 'u',
  EmptyDict = '}',
  EmptyList = ']',
  EmptyTuple = ')',
  BinBytes = 'B',
  ShortBinBytes = 'C',
  Proto = 0x80,
  Tuple1 = 0x85,
  Tuple2 = 0x86,
  Tuple3 = 0x87,
  NewTrue = 0x88,
  NewFalse = 0x89,
  Long1 = 0x8a,
  Long4 = 0x8b,
  ShortBinUnicode = 0x8c,
  BinUnicode8 = 0x8d,
  BinBytes8 = 0x8e,
  StackGlobal = 0x93,
  Memoize = 0x94,
  Frame = 0x95,
};

/// The stack machine of the pickle format, without anything that imports or calls.
class Machine {
 public:
  Machine(std::string_view bytes, const std::string& path);

  /// Runs the pickle up to its STOP.
  Document run();

 private:
  bool do_number(Op op);
  bool do_text(Op op);
  bool do_container(Op op);
  bool do_items(Op op);
  bool do_memo(Op op);
  bool do_object(Op op);

  void push_global(Global global);
  void push_storage();
  void reduce();
  void push_integer(std::string_view bytes);
  void set_items(const Value& target, const List& items);

  void push(Value value) { stack_.push_back(value); }
  Value pop();
  List pop_to_mark();
  List* new_list(List items) { return &document_.lists.emplace_back(std::move(items)); }
  void push_tuple(std::size_t size);

  /// The content of `value` as T; refuses anything else.
  template <typename T>
  T expect(const Value& value, std::string_view what) const {
    if (const T* content = value.as<T>()) return *content;
    reader_.refuse(fmt::format("malformed pickle: {} expected before byte {}", what, reader_.position()));
  }
  const List& expect_list(const Value& value) const { return *expect<List*>(value, "a tuple"); }
  const List& expect_list(const Value& value, std::size_t least) const;
  Shape expect_shape(const Value& value) const;

  ByteReader reader_;
  std::vector<Value> stack_;
  std::unordered_map<std::uint64_t, Value> memo_;
  Document document_;
};

}  // namespace vigie::pickle
