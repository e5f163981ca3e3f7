// No output destroys an input, or a file of another kind; names that are not UTF-8 stop nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "cli/command_run.h"
#include "vigie/core/text.h"
#include "vigie/io/file.h"

namespace vigie::cli_test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;

/// A data set, a model and a single part that a test may harm.
struct Workbench {
  fs::path root = fresh_folder("bench"), data = root / "data", model = root / "m.vigie", part = root / "part.png";
  Workbench() {
    fs::copy(demo_part(), data, fs::copy_options::recursive);
    fs::copy_file(demo_model(), model);
    fs::copy_file(data / "test/good/000.png", part);
  }
  std::vector<std::pair<std::string, std::string>> contents() const {
    std::vector<std::pair<std::string, std::string>> out;
    for (const std::string& name : files_below(root)) out.emplace_back(name, read_file(root / name));
    return out;
  }
};

TEST(Outputs, NoCommandOverwritesWhatItReadsOrAnotherKindOfFile) {
  const Workbench b;
  const std::string data = b.data.string(), model = b.model.string(), part = b.part.string();
  const std::string image = (b.data / "train/good/000.png").string();
  write_file(b.root / "list.csv", "image,label\n" + image + ",good\n");
  write_file(b.root / "config.json", "{\"threads\": 1}");
  write_file(b.root / "notes.txt", "not to be lost");
  write_file(b.root / "photo.jp2", std::string("\0\0\0\x0CjP  ", 8));
  fs::create_hard_link(b.part, b.root / "hard.json");
  fs::create_symlink(b.part, b.root / "soft.json");
  fs::create_symlink(b.model, b.root / "soft.html");
  const std::string root = b.root.string() + "/";
  const std::vector<std::vector<std::string>> commands = {
      {"predict", model, part, "--json", part},
      {"predict", model, part, "--json", model},
      {"predict", model, part, "--json", root + "hard.json"},
      {"predict", model, part, "--json", root + "soft.json"},
      {"predict", model, data + "/test", "--json", data + "/test/good/001.png"},
      {"predict", model, part, "--json", root + "new.png"},
      {"predict", model, part, "--json", root + "notes.txt"},
      {"predict", model, part, "--json", root + "photo.jp2"},
      {"predict", model, part, "--config", root + "config.json", "--json", root + "config.json"},
      {"evaluate", model, data, "--report", model},
      {"evaluate", model, data, "--report", root + "soft.html"},
      {"evaluate", model, data, "--report", image},
      {"evaluate", model, data, "--json", model},
      {"evaluate", model, data, "--json", root + "a", "--report", root + "a"},
      {"evaluate", model, root + "list.csv", "--json", root + "list.csv"},
      {"fit", data, "-o", image},
      {"fit", data, "-o", data + "/train/good/999.png"},
      {"fit", data, "-o", root + "notes.txt"},
      {"fit", root + "list.csv", "-o", root + "list.csv"},
      {"calibrate", model, data, "-o", image},
      {"bench", model, part, "--json", model},
      {"bench", model, part, "--json", part},
      {"latent", model, "--data", data, "--report", model},
      {"latent", model, "--data", data, "--json", root + "soft.html"}};
  const auto before = b.contents();
  for (const auto& command : commands) {
    const Outcome outcome = run_vigie(command);
    EXPECT_EQ(outcome.code, 2) << testing::PrintToString(command) << outcome.err;
    EXPECT_EQ(b.contents(), before) << testing::PrintToString(command);
  }
}

TEST(Outputs, ABenchmarkLeavesATableOfPartsAlone) {
  const Workbench b;
  write_file(b.root / "results.csv", "image,label\ndata/train/good/000.png,good\ndata/train/good/001.png,good\n");
  const std::string table = read_file(b.root / "results.csv");
  EXPECT_EQ(run_vigie({"benchmark", "--data", (b.root / "results.csv").string(), "--detectors", "knn", "--backbones",
                       "filters", "--out", b.root.string()})
                .code,
            2);
  EXPECT_EQ(read_file(b.root / "results.csv"), table);
}

TEST(Outputs, OfTheSameKindAndEmptyFilesAreReplaced) {
  const Workbench b;
  const std::string data = b.data.string(), model = b.model.string(), root = b.root.string() + "/";
  write_file(root + "empty", "");
  for (const std::string name : {"empty", "e.json", "e.json"})
    EXPECT_EQ(run_vigie({"evaluate", model, data, "--json", root + name}).code, 0);
  EXPECT_EQ(run_vigie({"predict", model, b.part.string(), "--json", "/dev/null"}).code, 0);
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST(Outputs, PicturesNeverLieAmongTheParts) {
  const Workbench b;
  const fs::path parts = b.data / "test/good";
  const auto count = files_below(b.root).size();
  for (const std::string& folder : {parts.string(), (parts / "overlays").string(), std::string("/")})
    EXPECT_EQ(run_vigie({"predict", b.model.string(), parts.string(), "--images", folder}).code, 2) << folder;
  const Outcome fed = run_vigie({"predict", b.model.string(), "-", "--images", "/"}, b.part.string() + "\n");
  EXPECT_EQ(fed.code, 10);
  EXPECT_TRUE(json::parse(fed.out).contains("score"));
  EXPECT_EQ(files_below(b.root).size(), count);
}

TEST(Names, ThatAreNotUtf8StopNothingAndCanBeGivenBack) {
  const fs::path root = fresh_folder("names"), part = root / "gr\xfcn";
  fs::copy(demo_part(), part, fs::copy_options::recursive);
  const std::string defect = fs::directory_iterator(part / "ground_truth")->path().filename().string();
  for (const char* folder : {"test", "ground_truth"}) fs::rename(part / folder / defect, part / folder / "b\xfcrste");
  fs::rename(part / "test/good/000.png", part / "test/good/p\xe8.png");
  fs::rename(part / "test/good/001.png", part / "test/good/p\xe9.png");
  const std::string model = (root / "m\xfc.vigie").string(), data = part.string();
  const auto run = [&](std::vector<std::string> arguments) {
    const Outcome outcome = run_vigie(arguments);
    EXPECT_EQ(outcome.code, 0) << testing::PrintToString(arguments) << outcome.err;
    return outcome.out;
  };
  run({"fit", data, "-o", model, "-b", "filters", "--image-size", "64", "--set", "coreset_ratio=0.1"});
  EXPECT_EQ(json::parse(run({"info", model, "--json"}))["provenance"]["category"], "gr\\xFCn");
  run({"info", model});
  run({"evaluate", model, data, "--report", (root / "r\xfc.html").string(), "--json", (root / "e\xfc.json").string()});
  EXPECT_TRUE(is_utf8(read_file(root / "r\xfc.html")));
  EXPECT_TRUE(json::parse(read_file(root / "e\xfc.json"))["defect_types"].dump().find("b\\\\xFCrste") !=
              std::string::npos);
  for (const char* what : {"info", "check"}) {
    EXPECT_TRUE(json::accept(run({"dataset", what, data, "--json"}))) << what;
    run({"dataset", what, data});
  }
  run({"benchmark", "--data", data, "--detectors", "knn", "--backbones", "filters", "--image-size", "64", "--out",
       (root / "out\xfc").string()});
  EXPECT_TRUE(is_utf8(read_file(root / "out\xfc/report.html")));
  std::set<fs::path> given_back;
  const Outcome predicted = run_vigie({"predict", model, data + "/test/good", "/nowhere/\xfc.png"});
  EXPECT_EQ(predicted.code, 10);
  EXPECT_TRUE(is_utf8(predicted.out));
  std::size_t begin = 0;
  for (std::size_t end; (end = predicted.out.find('\n', begin)) != std::string::npos; begin = end + 1) {
    const json line = json::parse(predicted.out.substr(begin, end - begin));
    const fs::path image = bytes_from_utf8_text(line["image"].get<std::string>());
    EXPECT_TRUE(!line.contains("score") || fs::exists(image)) << image;
    given_back.insert(image);
  }
  EXPECT_EQ(given_back.size(), files_below(part / "test/good").size() + 1);
}

TEST(Names, AnOptionThatIsNotUtf8IsRefusedInOneLine) {
  const std::string out = (fresh_folder("out") / "m.vigie").string();
  expect_error(run_vigie({"fit", demo_part().string(), "-o", out, "-b", "filters", "--set", "coreset_ratio=\xfc"}), 2,
               {"coreset_ratio"});
}

}  // namespace
}  // namespace vigie::cli_test
