#include <optional>

#include "vigie/io/pickle_machine.h"

// Globals, calls and references: the opcodes through which a pickle could do harm, reduced to what torch tensors need.
namespace vigie::pickle {

namespace {

constexpr int kNewestProtocol = 4;

constexpr std::pair<std::string_view, StoredType> kStorages[] = {
    {"DoubleStorage", StoredType::F64},    {"FloatStorage", StoredType::F32}, {"HalfStorage", StoredType::F16},
    {"BFloat16Storage", StoredType::BF16}, {"LongStorage", StoredType::I64},  {"IntStorage", StoredType::I32},
    {"ShortStorage", StoredType::I16},     {"CharStorage", StoredType::I8},   {"ByteStorage", StoredType::U8},
    {"BoolStorage", StoredType::Bool}};

std::optional<StoredType> storage_type(const Global& global) {
  if (global.module != "torch") return std::nullopt;
  for (const auto& [name, type] : kStorages) {
    if (global.name == name) return type;
  }
  return std::nullopt;
}

bool is_global(const Value& value, std::string_view module, std::string_view name) {
  const auto* global = value.as<Global>();
  return global != nullptr && global->module == module && global->name == name;
}

bool is_ordered_dict(const Value& v) {
  return is_global(v, "collections", "OrderedDict");
}
bool is_rebuild_tensor(const Value& v) {
  return is_global(v, "torch._utils", "_rebuild_tensor_v2");
}
bool is_rebuild_parameter(const Value& v) {
  return is_global(v, "torch._utils", "_rebuild_parameter");
}

}  // namespace

void Machine::push_global(Global global) {
  const Value value{global};
  if (!storage_type(global) && !is_ordered_dict(value) && !is_rebuild_tensor(value) && !is_rebuild_parameter(value)) {
    reader_.refuse(
        fmt::format("refers to '{}.{}', which is not part of a plain state dict; save model.state_dict() alone",
                    global.module, global.name));
  }
  push(value);
}

/// ("storage", type, key, device, count) and, in the legacy form, a view of another storage.
void Machine::push_storage() {
  const Value id = pop();
  const List& parts = expect_list(id, 5);
  const std::optional<StoredType> type = storage_type(expect<Global>(parts[1], "a storage type"));
  if (!type || expect<std::string_view>(parts[0], "a text") != "storage")
    reader_.refuse("malformed pickle: unknown reference");
  if (parts.size() > 5 && parts[5].as<std::monostate>() == nullptr)
    reader_.refuse("views of storages (torch < 0.4) are not supported");
  const auto count = expect<std::int64_t>(parts[4], "an integer");
  push({&document_.storages.emplace_back(Storage{*type, expect<std::string_view>(parts[2], "a text"), count})});
}

void Machine::reduce() {
  const Value arguments = pop(), callee = pop();
  const List& given = expect_list(arguments);
  if (is_rebuild_tensor(callee)) {
    expect_list(arguments, 4);
    push({&document_.tensors.emplace_back(TensorView{expect<Storage*>(given[0], "a storage"),
                                                     expect<std::int64_t>(given[1], "an integer"),
                                                     expect_shape(given[2]), expect_shape(given[3])})});
  } else if (is_rebuild_parameter(callee)) {
    push({expect<TensorView*>(expect_list(arguments, 1)[0], "a tensor")});
  } else if (is_ordered_dict(callee)) {
    Dict& dict = document_.dicts.emplace_back();
    push({&dict});
    if (given.empty()) return;
    for (const Value& pair : expect_list(given[0])) set_items({&dict}, expect_list(pair, 2));
  } else {
    reader_.refuse("malformed pickle: calls something that is no function");
  }
}

bool Machine::do_object(Op op) {
  switch (op) {
    case Op::Proto:
      if (const int protocol = reader_.number<std::uint8_t>(); protocol > kNewestProtocol) {
        reader_.refuse(fmt::format("pickle protocol {} is newer than {}", protocol, kNewestProtocol));
      }
      return true;
    case Op::Frame:
      reader_.number<std::uint64_t>();
      return true;
    case Op::Global: {
      const std::string_view module = reader_.take_line();
      push_global({module, reader_.take_line()});
      return true;
    }
    case Op::StackGlobal: {
      const auto name = expect<std::string_view>(pop(), "a text");
      push_global({expect<std::string_view>(pop(), "a text"), name});
      return true;
    }
    case Op::BinPersId:
      push_storage();
      return true;
    case Op::Reduce:
      reduce();
      return true;
    case Op::Build: {  // attributes of an ordered dict, "_metadata" of a state dict: nothing of ours
      pop();
      const Value object = pop();
      expect<Dict*>(object, "a dict");
      push(object);
      return true;
    }
    default:
      return false;
  }
}

}  // namespace vigie::pickle
