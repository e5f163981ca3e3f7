#include "vigie/io/pickle.h"

#include <algorithm>
#include <bit>

#include "vigie/io/pickle_machine.h"

namespace vigie::pickle {

namespace {

constexpr std::uint64_t kMaxBytes = std::uint64_t{1} << 24;  // names and shapes alone; the numbers lie elsewhere

}  // namespace

Machine::Machine(std::string_view bytes, const std::string& path)
    : reader_(bytes.substr(0, kMaxBytes), "read_torch_checkpoint", path,
              bytes.size() > kMaxBytes ? "its pickle is corrupt, or longer than 16 MiB" : "truncated pickle") {}

Document Machine::run() {
  for (;;) {
    const auto op = static_cast<Op>(reader_.number<std::uint8_t>());
    if (op == Op::Stop) break;
    if (!do_number(op) && !do_text(op) && !do_container(op) && !do_memo(op) && !do_object(op)) {
      reader_.refuse(fmt::format("pickle opcode {:#04x} at byte {} is not used by torch", static_cast<unsigned>(op),
                                 reader_.position() - 1));
    }
  }
  document_.root = pop();
  document_.bytes = reader_.position();
  return std::move(document_);
}

Value Machine::pop() {
  if (stack_.empty()) reader_.refuse("malformed pickle: its stack runs empty");
  const Value top = stack_.back();
  stack_.pop_back();
  return top;
}

List Machine::pop_to_mark() {
  const auto mark =
      std::find_if(stack_.rbegin(), stack_.rend(), [](const Value& v) { return v.as<Mark>() != nullptr; });
  if (mark == stack_.rend()) reader_.refuse("malformed pickle: no mark on its stack");
  List items(mark.base(), stack_.end());
  stack_.erase(mark.base() - 1, stack_.end());
  return items;
}

void Machine::push_tuple(std::size_t size) {
  List items(size);
  for (std::size_t i = size; i > 0; --i) items[i - 1] = pop();
  push({new_list(std::move(items))});
}

const List& Machine::expect_list(const Value& value, std::size_t least) const {
  const List& list = expect_list(value);
  if (list.size() < least) reader_.refuse("malformed pickle: a tuple is too short");
  return list;
}

Shape Machine::expect_shape(const Value& value) const {
  Shape shape;
  for (const Value& extent : expect_list(value)) shape.push_back(expect<std::int64_t>(extent, "an integer"));
  return shape;
}

void Machine::push_integer(std::string_view bytes) {
  if (bytes.size() > sizeof(std::uint64_t)) return push({BigInteger{bytes}});
  std::uint64_t value = 0;
  std::memcpy(&value, bytes.data(), bytes.size());
  const bool negative = !bytes.empty() && (static_cast<std::uint8_t>(bytes.back()) & 0x80) != 0;
  if (negative && bytes.size() < sizeof value) value |= ~std::uint64_t{0} << (8 * bytes.size());
  push({static_cast<std::int64_t>(value)});
}

bool Machine::do_number(Op op) {
  switch (op) {
    case Op::None:
      push({std::monostate()});
      return true;
    case Op::NewTrue:
      push({true});
      return true;
    case Op::NewFalse:
      push({false});
      return true;
    case Op::BinInt:
      push({std::int64_t{reader_.number<std::int32_t>()}});
      return true;
    case Op::BinInt1:
      push({std::int64_t{reader_.number<std::uint8_t>()}});
      return true;
    case Op::BinInt2:
      push({std::int64_t{reader_.number<std::uint16_t>()}});
      return true;
    case Op::Long1:
      push_integer(reader_.take(reader_.number<std::uint8_t>()));
      return true;
    case Op::Long4:
      push_integer(reader_.take(reader_.number<std::uint32_t>()));
      return true;
    case Op::BinFloat:  // the one big-endian number of the format
      push({std::bit_cast<double>(__builtin_bswap64(reader_.number<std::uint64_t>()))});
      return true;
    default:
      return false;
  }
}

bool Machine::do_text(Op op) {
  switch (op) {
    case Op::ShortBinString:
    case Op::ShortBinBytes:
    case Op::ShortBinUnicode:
      push({reader_.take(reader_.number<std::uint8_t>())});
      return true;
    case Op::BinString:
    case Op::BinBytes:
    case Op::BinUnicode:
      push({reader_.take(reader_.number<std::uint32_t>())});
      return true;
    case Op::BinBytes8:
    case Op::BinUnicode8:
      push({reader_.take(reader_.number<std::uint64_t>())});
      return true;
    default:
      return false;
  }
}

void Machine::set_items(const Value& target, const List& items) {
  Dict& dict = *expect<Dict*>(target, "a dict");
  if (items.size() % 2 != 0) reader_.refuse("malformed pickle: a key without value");
  for (std::size_t i = 0; i < items.size(); i += 2) dict.emplace_back(items[i], items[i + 1]);
}

bool Machine::do_container(Op op) {
  switch (op) {
    case Op::Mark:
      push({Mark{}});
      return true;
    case Op::Pop:
      pop();
      return true;
    case Op::PopMark:
      pop_to_mark();
      return true;
    case Op::EmptyList:
    case Op::EmptyTuple:
      push_tuple(0);
      return true;
    case Op::Tuple1:
      push_tuple(1);
      return true;
    case Op::Tuple2:
      push_tuple(2);
      return true;
    case Op::Tuple3:
      push_tuple(3);
      return true;
    case Op::Tuple:
      push({new_list(pop_to_mark())});
      return true;
    case Op::EmptyDict:
      push({&document_.dicts.emplace_back()});
      return true;
    default:
      return do_items(op);
  }
}

/// Puts the items above the container on the stack into it.
bool Machine::do_items(Op op) {
  if (op == Op::Append || op == Op::Appends) {
    const List items = op == Op::Append ? List{pop()} : pop_to_mark();
    const Value list = pop();
    List& target = *expect<List*>(list, "a list");
    target.insert(target.end(), items.begin(), items.end());
    push(list);
    return true;
  }
  if (op == Op::SetItem || op == Op::SetItems) {
    const Value value = op == Op::SetItem ? pop() : Value{};
    const List items = op == Op::SetItem ? List{pop(), value} : pop_to_mark();
    const Value dict = pop();
    set_items(dict, items);
    push(dict);
    return true;
  }
  return false;
}

bool Machine::do_memo(Op op) {
  const auto put = [&](std::uint64_t index) {
    const Value top = pop();
    memo_[index] = top;
    push(top);
  };
  const auto get = [&](std::uint64_t index) {
    const auto found = memo_.find(index);
    if (found == memo_.end()) reader_.refuse("malformed pickle: a reference to nothing");
    push(found->second);
  };
  switch (op) {
    case Op::BinPut:
      put(reader_.number<std::uint8_t>());
      return true;
    case Op::LongBinPut:
      put(reader_.number<std::uint32_t>());
      return true;
    case Op::Memoize:
      put(memo_.size());
      return true;
    case Op::BinGet:
      get(reader_.number<std::uint8_t>());
      return true;
    case Op::LongBinGet:
      get(reader_.number<std::uint32_t>());
      return true;
    default:
      return false;
  }
}

Document read_pickle(std::string_view bytes, const std::string& path) {
  return Machine(bytes, path).run();
}

}  // namespace vigie::pickle
