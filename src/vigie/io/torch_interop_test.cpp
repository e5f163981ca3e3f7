#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "vigie/io/io_test_support.h"
#include "vigie/io/torch_checkpoint.h"

namespace vigie {
namespace {

using namespace testing_io;
using testing::ElementsAre;
using testing::HasSubstr;

template <typename T>
std::vector<double> numbers(const Tensor& tensor) {
  return {tensor.values<T>().begin(), tensor.values<T>().end()};
}
std::vector<double> floats_of(const Tensor& tensor) {
  return numbers<float>(tensor);
}

/// What torch itself writes. The script leaves <folder>/<form>.pt for every form.
constexpr const char* kScript = R"(
import sys, torch
from torch import nn
folder = sys.argv[1]
base = torch.arange(24, dtype=torch.float32).reshape(2, 3, 4)
shared = torch.arange(10, dtype=torch.float32)
net = nn.Sequential(nn.Conv2d(2, 3, 1), nn.BatchNorm2d(3))
with torch.no_grad():
    net[0].weight.copy_(torch.arange(6.).reshape(3, 2, 1, 1))
content = {
    'base': base, 'permuted': base.permute(2, 0, 1), 'slice': base[1, 1:, ::2], 'channels_last': base[None].to(memory_format=torch.channels_last),
    'head': shared[:4], 'tail': shared[6:], 'half': torch.tensor([0.5, -65504, 6e-8]).half(),
    'brain': torch.tensor([1.5, -3e38]).bfloat16(), 'double': torch.tensor([0.1], dtype=torch.float64),
    'long': torch.tensor([2**40, -1]), 'bool': torch.tensor([True, False]), 'byte': torch.tensor([255], dtype=torch.uint8),
    'scalar': torch.tensor(3.25), 'empty': torch.zeros(0, 5), 'expanded': torch.tensor([7.]).expand(3),
    'parameter': nn.Parameter(torch.ones(2)), 'epoch': 12, 'lr': 1e-3, 'name': 'net', 'best': None, 'flag': True, 'big': 2**70, 'negative': -2**40,
    'net': net.state_dict(), 'groups': [{'params': [0, 1]}, (torch.ones(1),)],
}
torch.save(content, folder + '/zip.pt')
torch.save(content, folder + '/zip4.pt', pickle_protocol=4)
torch.save(content, folder + '/legacy.pt', _use_new_zipfile_serialization=False)
torch.save(content, folder + '/legacy4.pt', _use_new_zipfile_serialization=False, pickle_protocol=4)
torch.save(net, folder + '/module.pt')
torch.save(base, folder + '/tensor.pt')
torch.jit.script(net).save(folder + '/script.pt')
)";

void expect_content_of_script(const TensorMap& tensors) {
  std::vector<double> permuted;
  for (int w = 0; w < 4; ++w) {
    for (int row = 0; row < 6; ++row) permuted.push_back(row * 4 + w);
  }
  std::vector<double> base(24);
  for (int i = 0; i < 24; ++i) base[static_cast<std::size_t>(i)] = i;
  EXPECT_EQ(tensors.size(), 24u);
  EXPECT_EQ(floats_of(tensors.at("base")), base);
  EXPECT_EQ(floats_of(tensors.at("permuted")), permuted);
  EXPECT_EQ(tensors.at("permuted").shape(), (Shape{4, 2, 3}));
  EXPECT_THAT(floats_of(tensors.at("slice")), ElementsAre(16, 18, 20, 22));
  EXPECT_EQ(floats_of(tensors.at("channels_last")), base);
  EXPECT_THAT(floats_of(tensors.at("head")), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(floats_of(tensors.at("tail")), ElementsAre(6, 7, 8, 9));
  EXPECT_THAT(floats_of(tensors.at("half")), ElementsAre(0.5, -65504, std::ldexp(1, -24)));
  EXPECT_THAT(floats_of(tensors.at("brain")), ElementsAre(1.5, testing::DoubleNear(-3e38, 1e36)));
  EXPECT_THAT(floats_of(tensors.at("double")), ElementsAre(static_cast<double>(0.1f)));
  EXPECT_THAT(numbers<std::int64_t>(tensors.at("long")), ElementsAre(std::pow(2.0, 40), -1));
  EXPECT_THAT(numbers<std::uint8_t>(tensors.at("bool")), ElementsAre(1, 0));
  EXPECT_THAT(numbers<std::uint8_t>(tensors.at("byte")), ElementsAre(255));
  EXPECT_THAT(floats_of(tensors.at("scalar")), ElementsAre(3.25));
  EXPECT_EQ(tensors.at("scalar").rank(), 0);
  EXPECT_EQ(tensors.at("empty").shape(), (Shape{0, 5}));
  EXPECT_THAT(floats_of(tensors.at("expanded")), ElementsAre(7, 7, 7));
  EXPECT_THAT(floats_of(tensors.at("parameter")), ElementsAre(1, 1));
  EXPECT_THAT(floats_of(tensors.at("net.0.weight")), ElementsAre(0, 1, 2, 3, 4, 5));
  EXPECT_EQ(tensors.at("net.0.weight").shape(), (Shape{3, 2, 1, 1}));
  EXPECT_THAT(floats_of(tensors.at("net.1.running_var")), ElementsAre(1, 1, 1));
  EXPECT_THAT(numbers<std::int64_t>(tensors.at("net.1.num_batches_tracked")), ElementsAre(0));
  EXPECT_THAT(floats_of(tensors.at("groups.1.0")), ElementsAre(1));
}

TEST(TorchInterop, FilesOfTorchItselfAreRead) {
  const ScratchFolder folder;
  std::ofstream(folder / "write.py") << kScript;
  const std::string command =
      fmt::format("/usr/bin/python3 '{}' '{}' 2>/dev/null", (folder / "write.py").string(), folder.path().string());
  if (std::system("/usr/bin/python3 -c 'import torch' 2>/dev/null") != 0)
    GTEST_SKIP() << "/usr/bin/python3 has no torch";
  ASSERT_EQ(std::system(command.c_str()), 0);
  for (const char* form : {"zip.pt", "zip4.pt", "legacy.pt", "legacy4.pt"}) {
    SCOPED_TRACE(form);
    expect_content_of_script(read_torch_checkpoint(folder / form));
  }
  const auto message = [&](const char* name) {
    return failure_of([&] { read_torch_checkpoint(folder / name); }).message;
  };
  EXPECT_THAT(message("module.pt"), HasSubstr("'torch.nn.modules.container.Sequential'"));
  EXPECT_THAT(message("tensor.pt"), HasSubstr("a single tensor"));
  EXPECT_THAT(message("script.pt"), HasSubstr("TorchScript"));
}

}  // namespace
}  // namespace vigie
