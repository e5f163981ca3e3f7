#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <tuple>
#include <vector>

#include "vigie/core/random.h"
#include "vigie/metrics/scores.h"

namespace vigie {
namespace {

namespace fs = std::filesystem;

constexpr int kNotInstalled = 77;  // the script's exit status without scikit-learn

struct Sample {
  std::vector<float> normal, anomalous;
};

/// Scores on a grid of `levels` values, so that ties are many.
Sample tied_sample(std::uint64_t seed, int normals, int anomalies, double levels) {
  Random random(seed);
  Sample sample;
  const auto draw = [&](double mean) {
    return static_cast<float>(std::floor((random.normal() + mean) * levels) / levels / 3);
  };
  for (int i = 0; i < normals; ++i) sample.normal.push_back(draw(0));
  for (int i = 0; i < anomalies; ++i) sample.anomalous.push_back(draw(0.8));
  return sample;
}

template <typename T>
void append(std::ofstream& file, const std::vector<T>& values) {
  file.write(reinterpret_cast<const char*>(values.data()), static_cast<std::streamsize>(values.size() * sizeof(T)));
}

struct Reference {
  int status = -1;
  double auroc = 0, average_precision = 0, f1 = 0;
};

Reference ask_sklearn(const Sample& sample) {
  const fs::path folder = fs::temp_directory_path() / ("vigie_sklearn_" + std::to_string(getpid()));
  fs::create_directories(folder);
  {
    std::ofstream scores(folder / "scores", std::ios::binary), labels(folder / "labels", std::ios::binary);
    append(scores, sample.normal);
    append(scores, sample.anomalous);
    append(labels, std::vector<char>(sample.normal.size(), 0));
    append(labels, std::vector<char>(sample.anomalous.size(), 1));
  }
  const std::string command = "/usr/bin/python3 '" VIGIE_METRICS_SOURCE_DIR "/sklearn_reference.py' '" +
                              (folder / "scores").string() + "' '" + (folder / "labels").string() + "'";
  Reference reference;
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return reference;
  const int read = std::fscanf(pipe, "%lf %lf %lf", &reference.auroc, &reference.average_precision, &reference.f1);
  const int status = pclose(pipe);
  reference.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  if (reference.status == 0 && read != 3) reference.status = -1;
  fs::remove_all(folder);
  return reference;
}

TEST(SortedScores, EqualsScikitLearnOnScoresWithManyTies) {
  std::uint64_t seed = 0;
  for (const auto& [normals, anomalies, levels] :
       {std::tuple{5, 3, 1.0}, {400, 40, 2.0}, {30, 3000, 10.0}, {200000, 4000, 50.0}, {50000, 50000, 1e6}}) {
    const Sample sample = tied_sample(++seed, normals, anomalies, levels);
    const Reference reference = ask_sklearn(sample);
    if (reference.status == kNotInstalled) GTEST_SKIP() << "scikit-learn cannot be imported by /usr/bin/python3";
    if (reference.status == 127) GTEST_SKIP() << "/usr/bin/python3 is not installed";
    ASSERT_EQ(reference.status, 0) << "sklearn_reference.py failed";
    const SortedScores scores(sample.normal, sample.anomalous);
    EXPECT_NEAR(scores.auroc(), reference.auroc, 1e-12) << normals;
    EXPECT_NEAR(scores.average_precision(), reference.average_precision, 1e-12) << normals;
    EXPECT_NEAR(scores.f1_max().f1, reference.f1, 1e-12) << normals;
  }
}

}  // namespace
}  // namespace vigie
