#include "vigie/tracking/protobuf_writer.h"

#include <gtest/gtest.h>

#include <vector>

namespace vigie {
namespace {

using namespace std::string_literals;

TEST(ProtobufWriter, EncodesAsTheSpecificationShows) {
  // The examples of protobuf's "Encoding" page.
  EXPECT_EQ(ProtobufWriter().integer(1, 150).data(), "\x08\x96\x01"s);
  EXPECT_EQ(ProtobufWriter().bytes(2, "testing").data(), "\x12\x07testing"s);
  EXPECT_EQ(ProtobufWriter().message(3, ProtobufWriter().integer(1, 150)).data(), "\x1a\x03\x08\x96\x01"s);
  EXPECT_EQ(ProtobufWriter().integer(1, -2).data(), "\x08\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01"s);
}

TEST(ProtobufWriter, NumbersAreLittleEndian) {
  EXPECT_EQ(ProtobufWriter().float64(1, 1.0).data(), "\x09\0\0\0\0\0\0\xf0\x3f"s);
  EXPECT_EQ(ProtobufWriter().float32(2, 1.0F).data(), "\x15\0\0\x80\x3f"s);
  EXPECT_EQ(ProtobufWriter().packed(6, std::vector<double>{1.0}).data(), "\x32\x08\0\0\0\0\0\0\xf0\x3f"s);
}

TEST(ProtobufWriter, FieldsAbove15TakeTwoBytes) {
  EXPECT_EQ(ProtobufWriter().integer(16, 1).data(), "\x80\x01\x01"s);
}

}  // namespace
}  // namespace vigie
