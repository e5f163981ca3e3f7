#include "vigie/io/torch_checkpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "vigie/io/torch_test_files.h"

namespace vigie {
namespace {

using namespace testing_io;
using testing::ElementsAre;
using testing::HasSubstr;

std::string floats(int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += le(static_cast<float>(i));
  return out;
}

template <typename T>
std::vector<double> numbers(const Tensor& tensor) {
  return {tensor.values<T>().begin(), tensor.values<T>().end()};
}
std::vector<double> floats_of(const Tensor& tensor) {
  return numbers<float>(tensor);
}

class TorchCheckpoint : public testing::Test {
 protected:
  TensorMap read(const std::string& bytes) {
    std::ofstream(path_, std::ios::binary) << bytes;
    return read_torch_checkpoint(path_);
  }
  std::string refusal(const std::string& bytes) {
    const Failure failure = failure_of([&] { read(bytes); });
    EXPECT_EQ(failure.kind, ErrorKind::BadFile) << failure.message;
    EXPECT_THAT(failure.message, HasSubstr(path_.string()));
    return failure.message;
  }
  /// A checkpoint of one tensor "w" over the numbers 0 … 11.
  std::string one_tensor(std::int32_t offset, std::vector<std::int32_t> shape, std::vector<std::int32_t> strides) {
    return zip_checkpoint(
               pickled_dict({{"w", PickledTensor{.count = 12, .offset = offset, .shape = shape, .strides = strides}}}),
               {{"0", floats(12)}})
        .bytes();
  }
  const ScratchFolder folder_;
  const std::filesystem::path path_ = folder_ / "model.pth";
};

TEST_F(TorchCheckpoint, DenseTensorsAreReadInBothForms) {
  PickledTensor tensor{.count = 6, .shape = {2, 3}, .strides = {3, 1}};
  for (const bool zip64 : {false, true}) {
    ZipFile zip = zip_checkpoint(pickled_dict({{"w", tensor}}), {{"0", floats(6)}});
    zip.zip64 = zip64;
    const TensorMap tensors = read(zip.bytes());
    ASSERT_EQ(tensors.size(), 1u);
    EXPECT_EQ(tensors.at("w").shape(), (Shape{2, 3}));
    EXPECT_THAT(floats_of(tensors.at("w")), ElementsAre(0, 1, 2, 3, 4, 5));
  }
  tensor.legacy = true;
  EXPECT_THAT(floats_of(read(legacy_checkpoint(pickled_dict({{"w", tensor}}), "0", 6, floats(6))).at("w")),
              ElementsAre(0, 1, 2, 3, 4, 5));
}

TEST_F(TorchCheckpoint, StridedViewsBecomeDense) {
  EXPECT_THAT(floats_of(read(one_tensor(0, {3, 2}, {1, 3})).at("w")), ElementsAre(0, 3, 1, 4, 2, 5));  // transposed
  EXPECT_THAT(floats_of(read(one_tensor(5, {2, 2}, {4, 1})).at("w")), ElementsAre(5, 6, 9, 10));       // a corner
  EXPECT_THAT(floats_of(read(one_tensor(7, {2, 2}, {0, 1})).at("w")), ElementsAre(7, 8, 7, 8));        // expanded
  EXPECT_THAT(floats_of(read(one_tensor(11, {}, {})).at("w")), ElementsAre(11));                       // a scalar
  EXPECT_THAT(floats_of(read(one_tensor(4, {1, 3, 1}, {99, 1, 99})).at("w")),
              ElementsAre(4, 5, 6));  // strides of extents 1
  EXPECT_EQ(read(one_tensor(0, {0, 3}, {3, 1})).at("w").shape(), (Shape{0, 3}));
}

TEST_F(TorchCheckpoint, ViewsOutsideTheirStorageAreRefusedByName) {
  EXPECT_THAT(refusal(one_tensor(0, {13}, {1})),
              HasSubstr("tensor 'w': shape [13], strides [1] and offset 0 reach beyond its storage of 12"));
  EXPECT_THAT(refusal(one_tensor(1, {12}, {1})), HasSubstr("reach beyond"));
  EXPECT_THAT(refusal(one_tensor(-1, {1}, {1})), HasSubstr("reach beyond"));
  EXPECT_THAT(refusal(one_tensor(11, {2}, {-1})), HasSubstr("reach beyond"));
  EXPECT_THAT(refusal(one_tensor(0, {2}, {0x7FFFFFFF})), HasSubstr("reach beyond"));
  EXPECT_THAT(refusal(one_tensor(0, {-2}, {1})), HasSubstr("impossible shape"));
  EXPECT_THAT(refusal(one_tensor(0, {0x7FFFFFFF, 0x7FFFFFFF, 0x7FFFFFFF}, {0, 0, 0})), HasSubstr("impossible shape"));
  EXPECT_THAT(refusal(one_tensor(0, {0x7FFFFFFF}, {0})), HasSubstr("repeat the stored numbers"));
  EXPECT_THAT(refusal(one_tensor(0, {2, 2}, {1})), HasSubstr("as many strides"));
}

TEST_F(TorchCheckpoint, OtherNumberTypesAreConverted) {
  const auto entry = [](const char* type, const char* key) {
    return PickledTensor{.storage_type = type, .key = key, .count = 2, .shape = {2}, .strides = {1}};
  };
  const std::string object = pickled_dict({{"half", entry("HalfStorage", "0")},
                                           {"brain", entry("BFloat16Storage", "1")},
                                           {"double", entry("DoubleStorage", "2")},
                                           {"long", entry("LongStorage", "3")},
                                           {"bool", entry("BoolStorage", "4")},
                                           {"short", entry("ShortStorage", "5")}});
  const TensorMap tensors = read(zip_checkpoint(object, {{"0", le<std::uint16_t>(0x3C00) + le<std::uint16_t>(0xC000)},
                                                         {"1", le<std::uint16_t>(0x3FC0) + le<std::uint16_t>(0xBF80)},
                                                         {"2", le(0.5) + le(-0.25)},
                                                         {"3", le(std::int64_t{1} << 40) + le(std::int64_t{-1})},
                                                         {"4", std::string("\1\0", 2)},
                                                         {"5", le<std::int16_t>(-5) + le<std::int16_t>(6)}})
                                     .bytes());
  EXPECT_THAT(floats_of(tensors.at("half")), ElementsAre(1, -2));
  EXPECT_THAT(floats_of(tensors.at("brain")), ElementsAre(1.5, -1));
  EXPECT_THAT(floats_of(tensors.at("double")), ElementsAre(0.5, -0.25));
  EXPECT_THAT(numbers<std::int64_t>(tensors.at("long")), ElementsAre(std::pow(2.0, 40), -1));
  EXPECT_THAT(numbers<std::uint8_t>(tensors.at("bool")), ElementsAre(1, 0));
  EXPECT_THAT(numbers<std::int32_t>(tensors.at("short")), ElementsAre(-5, 6));
}

TEST_F(TorchCheckpoint, NestedDictsBecomeDottedNamesAndOtherValuesAreLeftOut) {
  const std::string tensor = PickledTensor{.count = 1, .shape = {1}, .strides = {1}};
  const std::string by_integer = "}(" + pickled_integer(7) + tensor + "u";
  const std::string object = pickled_dict({{"epoch", "K\x05"},
                                           {"state_dict", pickled_dict({{"conv.weight", tensor}})},
                                           {"rate", "G\x3f\xe0" + std::string(6, '\0')},
                                           {"none", "N"},
                                           {"optimizer", by_integer},
                                           {"list", "](" + tensor + "e"}});
  std::vector<std::string> names;
  for (const auto& [name, ignored] : read(zip_checkpoint(object, {{"0", floats(1)}}).bytes())) names.push_back(name);
  EXPECT_THAT(names, ElementsAre("list.0", "optimizer.7", "state_dict.conv.weight"));
}

TEST_F(TorchCheckpoint, CodeIsRefusedWithItsName) {
  const auto with_object = [](const std::string& object) { return zip_checkpoint(object, {}).bytes(); };
  const std::string call = pickled_global("os", "system") + "(" + pickled_text("touch /tmp/never") + "tR";
  EXPECT_THAT(refusal(with_object(call)), HasSubstr("'os.system', which is not part of a plain state dict"));
  EXPECT_THAT(refusal(pickle_of(call)), HasSubstr("'os.system'"));
  EXPECT_THAT(refusal(legacy_checkpoint(call, "0", 0, "")), HasSubstr("'os.system'"));
  EXPECT_THAT(refusal(with_object("\x8c\x08"
                                  "builtins"
                                  "\x8c\x04"
                                  "eval"
                                  "\x93")),
              HasSubstr("'builtins.eval'"));
  EXPECT_THAT(refusal(with_object(pickled_global("torch", "load"))), HasSubstr("'torch.load'"));
  EXPECT_THAT(
      refusal(with_object(pickled_global("torchvision.models.resnet", "ResNet"))),
      HasSubstr(
          "'torchvision.models.resnet.ResNet', which is not part of a plain state dict; save model.state_dict()"));
  EXPECT_THAT(refusal(with_object(pickled_global("torch", "FloatStorage") + ")R")), HasSubstr("calls something"));
  EXPECT_THAT(refusal(with_object("ios\nsystem\n")), HasSubstr("opcode 0x69"));  // INST
  EXPECT_THAT(refusal(with_object("\x82\x01")), HasSubstr("opcode 0x82"));       // EXT1
}

TEST_F(TorchCheckpoint, MalformedPicklesAreRefused) {
  const auto with_pickle = [&](const std::string& pickle) {
    return refusal(ZipFile{.entries = {{"a/data.pkl", pickle}}}.bytes());
  };
  EXPECT_THAT(with_pickle(""), HasSubstr("truncated pickle"));
  EXPECT_THAT(with_pickle("\x80\x05N."), HasSubstr("protocol 5"));
  EXPECT_THAT(with_pickle("."), HasSubstr("stack runs empty"));
  EXPECT_THAT(with_pickle("t."), HasSubstr("no mark"));
  EXPECT_THAT(with_pickle("h\x01."), HasSubstr("a reference to nothing"));
  EXPECT_THAT(with_pickle("X\xff\xff\xff\xff."), HasSubstr("truncated pickle"));
  EXPECT_THAT(with_pickle("cos"), HasSubstr("truncated pickle"));
  EXPECT_THAT(with_pickle("}(Nu."), HasSubstr("a key without value"));
  EXPECT_THAT(with_pickle("NNa."), HasSubstr("a list expected"));
  EXPECT_THAT(with_pickle("NQ."), HasSubstr("a tuple expected"));
  EXPECT_THAT(with_pickle("N."), HasSubstr("holds no tensor"));
  EXPECT_THAT(with_pickle("}NNs."), HasSubstr("holds no tensor"));
  EXPECT_THAT(with_pickle("}q\x01"
                          "X\x01\1\1\1"
                          "ah\x01s."),
              HasSubstr("truncated pickle"));
}

TEST_F(TorchCheckpoint, EndlessNestingIsRefused) {
  const auto with_object = [&](const std::string& object) {
    return refusal(zip_checkpoint(object, {{"0", floats(1)}}).bytes());
  };
  EXPECT_THAT(with_object("}q\x01" + pickled_text("self") + "h\x01s"), HasSubstr("nested too deeply or without end"));
  // Each dict holds the one before it many times: 100^20 entries if unfolded.
  std::string object = "}q" + std::string(1, '\0');
  for (char level = 1; level <= 20; ++level) {
    object += "}q" + std::string(1, level) + "(";
    for (int i = 0; i < 100; ++i)
      object += pickled_text(std::to_string(i)) + "h" + std::string(1, static_cast<char>(level - 1));
    object += "u";
  }
  EXPECT_THAT(with_object(object), HasSubstr("nested too deeply or without end"));
}

TEST_F(TorchCheckpoint, DamagedFilesAreRefused) {
  PickledTensor tensor{.count = 6, .shape = {2, 3}, .strides = {3, 1}};
  ZipFile zip = zip_checkpoint(pickled_dict({{"w", tensor}}), {{"0", floats(6)}});
  zip.checksum_error = 1;
  EXPECT_THAT(refusal(zip.bytes()), HasSubstr("wrong checksum"));
  zip.checksum_error = 0;
  zip.method = 8;
  EXPECT_THAT(refusal(zip.bytes()), HasSubstr("compressed or encrypted"));
  EXPECT_THAT(refusal(zip_checkpoint(pickled_dict({{"w", tensor}}), {}).bytes()),
              HasSubstr("'archive/data/0' is missing"));
  EXPECT_THAT(refusal(zip_checkpoint(pickled_dict({{"w", tensor}}), {{"0", floats(5)}}).bytes()),
              HasSubstr("fewer than its 6 elements"));
  EXPECT_THAT(refusal(ZipFile{.entries = {{"a.txt", "x"}}}.bytes()), HasSubstr("without data.pkl"));
  EXPECT_THAT(refusal(ZipFile{.entries = {{"a/data.pkl", "N."}, {"a/data.pkl", "N."}}}.bytes()),
              HasSubstr("given twice"));
  EXPECT_THAT(refusal(ZipFile{.entries = {{"a/data.pkl", "N."}, {"a/constants.pkl", "N."}}}.bytes()),
              HasSubstr("TorchScript"));
  EXPECT_THAT(refusal("<!DOCTYPE html>"), HasSubstr("not a torch checkpoint"));
  EXPECT_THAT(refusal(""), HasSubstr("empty file"));
  tensor.legacy = true;
  const std::string object = pickled_dict({{"w", tensor}});
  EXPECT_THAT(refusal(legacy_checkpoint(object, "0", 6, floats(6), false)), HasSubstr("big-endian"));
  EXPECT_THAT(refusal(legacy_checkpoint(object, "1", 6, floats(6))), HasSubstr("no tensor uses"));
  EXPECT_THAT(refusal(legacy_checkpoint(object, "0", -6, floats(6))), HasSubstr("impossible size"));
  EXPECT_THAT(refusal(legacy_checkpoint(object, "0", 5, floats(6))), HasSubstr("fewer than its 6"));
}

TEST_F(TorchCheckpoint, TruncationIsRefusedAndDamageSurvived) {
  PickledTensor tensor{.count = 6, .shape = {2, 3}, .strides = {3, 1}};
  ZipFile wide = zip_checkpoint(pickled_dict({{"w", tensor}}), {{"0", floats(6)}});
  wide.zip64 = true;
  PickledTensor old = tensor;
  old.legacy = true;
  std::uint32_t state = 1;
  const auto next = [&] { return (state = state * 1664525u + 1013904223u) >> 8; };
  for (const std::string& whole : {zip_checkpoint(pickled_dict({{"w", tensor}}), {{"0", floats(6)}}).bytes(),
                                   wide.bytes(), legacy_checkpoint(pickled_dict({{"w", old}}), "0", 6, floats(6))}) {
    for (std::size_t size = 0; size < whole.size(); ++size) {
      SCOPED_TRACE(size);
      refusal(whole.substr(0, size));
    }
    for (int round = 0; round < 2000; ++round) {
      std::string damaged = whole;
      damaged[next() % damaged.size()] = static_cast<char>(next());
      const Failure failure = failure_of([&] { read(damaged); });
      EXPECT_TRUE(failure.message == "(no error)" || failure.kind == ErrorKind::BadFile) << failure.message;
    }
  }
}

}  // namespace
}  // namespace vigie
