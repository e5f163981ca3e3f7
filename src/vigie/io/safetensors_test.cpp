#include "vigie/io/safetensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "vigie/io/file.h"
#include "vigie/io/io_test_support.h"
#include "vigie/io/stored_type.h"

namespace vigie {
namespace {

using testing::HasSubstr;
using testing_io::failure_of;
using testing_io::le;
using testing_io::ScratchFolder;

std::string assembled(const std::string& header, const std::string& data) {
  return le(static_cast<std::uint64_t>(header.size())) + header + data;
}

template <typename T>
Tensor tensor_of(Shape shape, std::vector<T> values) {
  Tensor out(std::move(shape), dtype_of<T>());
  std::copy(values.begin(), values.end(), out.values<T>().begin());
  return out;
}

template <typename T>
std::vector<T> values_of(const Tensor& tensor) {
  return {tensor.values<T>().begin(), tensor.values<T>().end()};
}

class SafeTensorsFile : public testing::Test {
 protected:
  SafeTensors read(const std::string& bytes) {
    std::ofstream(path_, std::ios::binary) << bytes;
    return read_safetensors(path_);
  }
  /// The message of the BadFile error that reading these bytes throws.
  std::string refusal(const std::string& bytes) {
    const auto failure = failure_of([&] { read(bytes); });
    EXPECT_EQ(failure.kind, ErrorKind::BadFile) << failure.message;
    EXPECT_THAT(failure.message, HasSubstr(path_.string()));
    return failure.message;
  }
  const ScratchFolder folder_;
  const std::filesystem::path path_ = folder_ / "weights.safetensors";
};

TEST_F(SafeTensorsFile, EveryTypeComesBackAsWritten) {
  SafeTensors content;
  content.tensors["b.u8"] = tensor_of<std::uint8_t>({3}, {1, 2, 255});
  content.tensors["a.f32"] = tensor_of<float>({2, 2}, {1.5f, -2, 0, 1e-30f});
  content.tensors["u16"] = tensor_of<std::uint16_t>({1, 1, 3}, {1, 2, 65535});
  content.tensors["i32"] = tensor_of<std::int32_t>({1}, {-7});
  content.tensors["i64"] = tensor_of<std::int64_t>({}, {std::int64_t{-1} << 40});
  content.tensors["none"] = Tensor({0, 4});
  content.metadata = {{"method", "padim"}, {"quote", "\"é\n"}};
  write_safetensors(path_, content);

  const SafeTensors read = read_safetensors(path_);
  EXPECT_EQ(read.metadata, content.metadata);
  EXPECT_EQ(read_safetensors_metadata(path_), content.metadata);
  ASSERT_EQ(read.tensors.size(), content.tensors.size());
  for (const auto& [name, tensor] : content.tensors) {
    const Tensor& other = read.tensors.at(name);
    EXPECT_EQ(other.shape(), tensor.shape()) << name;
    ASSERT_EQ(other.dtype(), tensor.dtype()) << name;
    EXPECT_EQ(std::memcmp(other.raw(), tensor.raw(), tensor.bytes()), 0) << name;
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(other.raw()) % byte_size(other.dtype()), 0u) << name;
  }
}

TEST_F(SafeTensorsFile, SameContentGivesTheSameBytesWithTheDataAligned) {
  SafeTensors content;
  content.tensors["x"] = Tensor::full({5}, 2);
  content.tensors["a"] = Tensor::full({3}, 1);
  write_safetensors(path_, content);
  const std::string first = read_file(path_);
  write_safetensors(path_, content);
  EXPECT_EQ(read_file(path_), first);
  EXPECT_EQ((first.size() - 8 * sizeof(float)) % 64, 0u);
  EXPECT_LT(first.find("\"a\""), first.find("\"x\""));
}

TEST_F(SafeTensorsFile, TensorsOutliveTheCallAndTheFileAndMayBeWrittenInMemory) {
  SafeTensors content;
  content.tensors["x"] = Tensor::full({100}, 3);
  write_safetensors(path_, content);
  Tensor x = read_safetensors(path_).tensors.at("x");
  Tensor again = read_safetensors(path_).tensors.at("x");
  x.data<float>()[5] = 9;
  EXPECT_EQ(again.data<float>()[5], 3);
  std::filesystem::remove(path_);
  EXPECT_EQ(x.data<float>()[99], 3);
}

TEST_F(SafeTensorsFile, NarrowAndWideTypesAreConverted) {
  const std::string header =
      R"({"bf":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]},"d":{"dtype":"F64","shape":[1],"data_offsets":[4,12]},)"
      R"("h":{"dtype":"F16","shape":[3],"data_offsets":[12,18]},"i16":{"dtype":"I16","shape":[1],"data_offsets":[18,20]},)"
      R"("i8":{"dtype":"I8","shape":[2],"data_offsets":[20,22]},"t":{"dtype":"BOOL","shape":[2],"data_offsets":[22,24]},)"
      R"("u32":{"dtype":"U32","shape":[1],"data_offsets":[24,28]},"odd":{"dtype":"U8","shape":[1],"data_offsets":[28,29]},)"
      R"("f":{"dtype":"F32","shape":[1],"data_offsets":[29,33]}})";
  const std::string data = le<std::uint16_t>(0x3FC0) + le<std::uint16_t>(0xC000) + le(0.1) + le<std::uint16_t>(0x3C00) +
                           le<std::uint16_t>(0xFBFF) + le<std::uint16_t>(0x0001) + le<std::int16_t>(-300) +
                           le<std::int8_t>(-1) + le<std::int8_t>(5) + std::string("\1\0", 2) + le(0xFFFFFFFFu) + "A" +
                           le(2.5f);
  const TensorMap tensors = read(assembled(header, data)).tensors;
  EXPECT_EQ(values_of<float>(tensors.at("bf")), (std::vector<float>{1.5f, -2}));
  EXPECT_EQ(values_of<float>(tensors.at("d")), std::vector<float>{0.1f});
  EXPECT_EQ(values_of<float>(tensors.at("h")), (std::vector<float>{1, -65504, std::ldexp(1.0f, -24)}));
  EXPECT_EQ(values_of<std::int32_t>(tensors.at("i16")), std::vector<std::int32_t>{-300});
  EXPECT_EQ(values_of<std::int32_t>(tensors.at("i8")), (std::vector<std::int32_t>{-1, 5}));
  EXPECT_EQ(values_of<std::uint8_t>(tensors.at("t")), (std::vector<std::uint8_t>{1, 0}));
  EXPECT_EQ(values_of<std::int64_t>(tensors.at("u32")), std::vector<std::int64_t>{0xFFFFFFFF});
  EXPECT_EQ(values_of<float>(tensors.at("f")), std::vector<float>{2.5f});  // stored at an odd address
}

TEST(HalfPrecision, EveryBitPatternIsExact) {
  for (int bits = 0; bits < 65536; ++bits) {
    const int exponent = bits >> 10 & 31, fraction = bits & 1023;
    double expected = exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25);
    if (exponent == 31) expected = fraction == 0 ? INFINITY : NAN;
    if ((bits & 0x8000) != 0) expected = -expected;
    const float got = float_from_half(static_cast<std::uint16_t>(bits));
    if (std::isnan(expected)) {
      EXPECT_TRUE(std::isnan(got)) << bits;
    } else {
      EXPECT_EQ(static_cast<double>(got), expected) << bits;
      EXPECT_EQ(std::signbit(got), (bits & 0x8000) != 0);
    }
  }
}

TEST_F(SafeTensorsFile, BrokenHeadersAreRefused) {
  EXPECT_THAT(refusal(""), HasSubstr("empty file"));
  EXPECT_THAT(refusal("abc"), HasSubstr("too short"));
  EXPECT_THAT(refusal(le(std::uint64_t{1} << 63) + "{}"), HasSubstr("announces a header"));
  EXPECT_THAT(refusal(le(std::uint64_t{3}) + "{}"), HasSubstr("announces a header"));
  EXPECT_THAT(refusal(assembled("{\"a\":", "")), HasSubstr("not valid JSON"));
  EXPECT_THAT(refusal(assembled("[1]", "")), HasSubstr("not a JSON object"));
  EXPECT_THAT(refusal(assembled("{\"a\":" + std::string(1'000'000, '['), "")), HasSubstr("nested too deeply"));
  EXPECT_THAT(refusal(assembled(R"({"a":1})", "")), HasSubstr("'a': its description"));
  EXPECT_THAT(refusal(assembled(R"({"__metadata__":{"a":1}})", "")), HasSubstr("map texts to texts"));
}

TEST_F(SafeTensorsFile, BrokenEntriesAreRefusedByName) {
  const auto entry = [](const std::string& dtype, const std::string& shape, const std::string& offsets) {
    return assembled(R"({"w":{"dtype":)" + dtype + ",\"shape\":" + shape + ",\"data_offsets\":" + offsets + "}}",
                     "12345678");
  };
  EXPECT_EQ(read(entry("\"F32\"", "[2]", "[0,8]")).tensors.size(), 1u);
  EXPECT_THAT(refusal(entry("\"F8_E4M3\"", "[8]", "[0,8]")), HasSubstr("'w': dtype \"F8_E4M3\" is not supported"));
  EXPECT_THAT(refusal(entry("1", "[8]", "[0,8]")), HasSubstr("dtype"));
  EXPECT_THAT(refusal(entry("\"F32\"", "[-2]", "[0,8]")), HasSubstr("natural numbers"));
  EXPECT_THAT(refusal(entry("\"F32\"", "[2.0]", "[0,8]")), HasSubstr("natural numbers"));
  EXPECT_THAT(refusal(entry("\"F32\"", "[3]", "[0,8]")), HasSubstr("8 bytes do not hold shape [3]"));
  EXPECT_THAT(refusal(entry("\"F32\"", "[4294967296,4294967296,4]", "[0,8]")), HasSubstr("do not hold"));
  EXPECT_THAT(refusal(entry("\"F32\"", "[2305843009213693952,0]", "[0,0]")), HasSubstr("do not hold"));
  EXPECT_THAT(refusal(entry("\"F32\"", "[2]", "[8,0]")), HasSubstr("data_offsets"));
  EXPECT_THAT(refusal(entry("\"F32\"", "[2]", "[0]")), HasSubstr("data_offsets"));
  EXPECT_THAT(refusal(entry("\"F32\"", "[2]", "[4,12]")), HasSubstr("ends at byte 12 of 8"));
  EXPECT_THAT(refusal(entry("\"F32\"", "[1]", "[4,8]")), HasSubstr("unused bytes before"));
  EXPECT_THAT(refusal(entry("\"F32\"", "[1]", "[0,4]")), HasSubstr("4 bytes after the last tensor"));
}

TEST_F(SafeTensorsFile, OverlapAndNamesGivenTwiceAreRefused) {
  const std::string a = R"("a":{"dtype":"U8","shape":[5],"data_offsets":[0,5]})";
  const std::string b = R"("b":{"dtype":"U8","shape":[4],"data_offsets":[4,8]})";
  EXPECT_THAT(refusal(assembled("{" + a + "," + b + "}", "12345678")), HasSubstr("'b' overlaps"));
  EXPECT_THAT(refusal(assembled("{" + a + "," + a + "}", "12345")), HasSubstr("'a' given twice"));
  EXPECT_THAT(refusal(assembled(R"({"a":{"dtype":"U8","dtype":"U8","shape":[],"data_offsets":[0,1]}})", "1")),
              HasSubstr("'dtype' given twice"));
}

TEST_F(SafeTensorsFile, EveryTruncationOfAGoodFileIsRefused) {
  SafeTensors content;
  content.tensors["x"] = Tensor::full({4}, 2);
  content.metadata["k"] = "v";
  write_safetensors(path_, content);
  const std::string whole = read_file(path_);
  for (std::size_t size = 0; size < whole.size(); ++size) refusal(whole.substr(0, size));
}

TEST_F(SafeTensorsFile, NamesThatCannotBeWrittenAreTheCallersMistake) {
  SafeTensors content;
  content.tensors["__metadata__"] = Tensor::full({1}, 2);
  EXPECT_EQ(failure_of([&] { write_safetensors(path_, content); }).kind, ErrorKind::InvalidArgument);
  content.tensors = {{"\xff", Tensor::full({1}, 2)}};
  EXPECT_EQ(failure_of([&] { write_safetensors(path_, content); }).kind, ErrorKind::InvalidArgument);
  content.tensors = {{"undefined", Tensor()}};
  EXPECT_EQ(failure_of([&] { write_safetensors(path_, content); }).kind, ErrorKind::InvalidArgument);
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST(SharedWeights, AreReadWithTheirUsualNames) {
  const char* shared = std::getenv("VIGIE_SHARED");
  const std::filesystem::path path =
      std::filesystem::path(shared == nullptr ? "" : shared) / "weights/resnet18.safetensors";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "no " << path;
  const SafeTensors content = read_safetensors(path);
  EXPECT_EQ(content.metadata.at("model"), "resnet18");
  EXPECT_EQ(content.tensors.at("layer1.0.conv1.weight").shape(), (Shape{64, 64, 3, 3}));
}

}  // namespace
}  // namespace vigie
