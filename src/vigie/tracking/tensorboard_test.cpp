#include "vigie/tracking/tensorboard.h"

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmath>
#include <csignal>
#include <ctime>
#include <limits>
#include <nlohmann/json.hpp>

#include "vigie/io/file.h"
#include "vigie/io/image.h"
#include "vigie/tracking/event_reader.h"
#include "vigie/tracking/tracking_test_support.h"

namespace vigie {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing_tracking::log_of;
using testing_tracking::Message;
using testing_tracking::ScratchFolder;
using testing_tracking::warnings_in;

class Tensorboard : public testing::Test {
 protected:
  fs::path folder() const { return scratch_ / "runs/first"; }
  std::vector<fs::path> files() const {
    const fs::directory_iterator entries(folder());
    return {begin(entries), end(entries)};
  }
  /// As a reader sees the file now, the log still open.
  std::vector<Message> events() const {
    std::vector<Message> messages;
    for (const std::string& record : testing_tracking::records_of(read_file(files().at(0)))) {
      messages.emplace_back(record);
    }
    return messages;
  }
  /// The only value of the event after the first.
  Message value() const { return events().at(1).message(5).message(1); }

  ScratchFolder scratch_;
};

TEST_F(Tensorboard, FileIsNamedAndBeginsAsTensorboardExpects) {
  const auto log = make_tensorboard_log(folder());
  const std::string name = files().at(0).filename().string();
  EXPECT_THAT(name, testing::MatchesRegex("events\\.out\\.tfevents\\.[0-9]+\\..+\\." + std::to_string(getpid())));
  ASSERT_EQ(events().size(), 1U);
  EXPECT_EQ(events()[0].bytes(3), "brain.Event:2");
  EXPECT_NEAR(events()[0].float64(1), static_cast<double>(std::time(nullptr)), 5);
}

TEST_F(Tensorboard, ScalarsAreThereAtOnce) {
  const auto log = make_tensorboard_log(folder());
  log->scalar("loss/train", 12, 0.25);
  EXPECT_EQ(events().at(1).integer(2), 12);
  EXPECT_EQ(value().bytes(1), "loss/train");
  EXPECT_EQ(value().float32(2), 0.25F);
  log->scalar("loss/train", 5'000'000'000, std::numeric_limits<double>::quiet_NaN());
  EXPECT_EQ(events().at(2).integer(2), 5'000'000'000);
  EXPECT_TRUE(std::isnan(events().at(2).message(5).message(1).float32(2)));
}

TEST_F(Tensorboard, ImagesAreKeptToTheBit) {
  Tensor rgb = Tensor::zeros({2, 3, 3}, DType::U8);
  for (std::int64_t i = 0; i < rgb.count(); ++i) rgb.data<std::uint8_t>()[i] = static_cast<std::uint8_t>(13 * i);
  make_tensorboard_log(folder())->image("maps", 1, rgb);
  const Message image = value().message(4);
  EXPECT_EQ(image.integer(1), 2);
  EXPECT_EQ(image.integer(2), 3);
  EXPECT_EQ(image.integer(3), 3);
  const Tensor read = read_image(scratch_.write("image.png", image.bytes(4)));
  ASSERT_EQ(read.shape(), rgb.shape());
  EXPECT_THAT(read.values<std::uint8_t>(), testing::ElementsAreArray(rgb.values<std::uint8_t>()));
}

TEST_F(Tensorboard, HistogramsHoldEveryValue) {
  make_tensorboard_log(folder())->histogram("weights", 1, std::vector<float>{-1, 0, 2, 2});
  const Message histogram = value().message(5);
  EXPECT_EQ(histogram.float64(1), -1);
  EXPECT_EQ(histogram.float64(2), 2);
  EXPECT_EQ(histogram.float64(3), 4);
  EXPECT_EQ(histogram.float64(4), 3);
  EXPECT_EQ(histogram.float64(5), 9);
  const std::vector<double> counts = histogram.doubles(7);
  EXPECT_EQ(histogram.doubles(6).size(), counts.size());
  EXPECT_THAT(counts, testing::ElementsAre(0, 1, 0, 1, 0, 2));
}

TEST_F(Tensorboard, AHistogramOfNothingIsLeftOut) {
  const auto log = make_tensorboard_log(folder());
  log->histogram("weights", 1, std::vector<float>{NAN});
  EXPECT_EQ(events().size(), 1U);
}

TEST_F(Tensorboard, SettingsAreATextTable) {
  make_tensorboard_log(folder())->params({{"rate", 0.5}, {"note", "a|b\nc"}});
  EXPECT_EQ(value().message(9).message(1).bytes(1), "text");
  const Message tensor = value().message(8);
  EXPECT_EQ(tensor.integer(1), 7);  // DT_STRING
  EXPECT_EQ(tensor.message(2).message(2).integer(1), 1);
  EXPECT_THAT(tensor.bytes(8), HasSubstr("| note | a\\|b c |\n| rate | 0.5 |\n"));
}

TEST_F(Tensorboard, TwoLogsInOneFolderDoNotMix) {
  const auto first = make_tensorboard_log(folder());
  const auto second = make_tensorboard_log(folder());
  EXPECT_EQ(files().size(), 2U);
}

TEST_F(Tensorboard, AFolderThatCannotBeMadeIsOneWarning) {
  const fs::path file = scratch_.write("occupied", "");
  const std::string log = log_of([&] {
    const auto quiet = make_tensorboard_log(file / "runs");
    for (int step = 0; step < 5; ++step) quiet->scalar("loss", step, 1);
    quiet->params({{"a", 1}});
    quiet->finish(true);
  });
  EXPECT_EQ(warnings_in(log), 1) << log;
  EXPECT_THAT(log, HasSubstr(file.string()));
}

/// While it lives, no file can grow beyond `bytes`: what a full disk does.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit small{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &small);
  }
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &before_);
    (void)std::signal(SIGXFSZ, handler_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  void (*handler_)(int);
  rlimit before_{};
};

TEST_F(Tensorboard, AFileThatCannotGrowIsOneWarning) {
  const auto log = make_tensorboard_log(folder());
  log->params({{"note", std::string(8192, 'x')}});  // the limit must not reach what the test itself writes
  const std::uintmax_t size = fs::file_size(files().at(0));
  const std::string warnings = log_of([&] {
    const FileSizeLimit limit(static_cast<rlim_t>(size));
    for (int step = 2; step < 5; ++step) log->scalar("loss", step, 1);
  });
  log->scalar("loss", 5, 1);  // stays quiet, since a reader would stop at a torn record
  EXPECT_EQ(warnings_in(warnings), 1) << warnings;
  EXPECT_THAT(warnings, HasSubstr(files().at(0).string()));
  EXPECT_EQ(fs::file_size(files().at(0)), size);
}

TEST_F(Tensorboard, AWrongImageIsAWarningToo) {
  const auto log = make_tensorboard_log(folder());
  const std::string warnings = log_of([&] { log->image("maps", 1, Tensor::zeros({2, 2}, DType::U8)); });
  EXPECT_EQ(warnings_in(warnings), 1) << warnings;
  EXPECT_THAT(warnings, HasSubstr("[H W 3]"));
}

}  // namespace
}  // namespace vigie
