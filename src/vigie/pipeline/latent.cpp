#include "vigie/pipeline/latent.h"

#include <algorithm>
#include <set>

#include "vigie/core/log.h"
#include "vigie/core/text.h"
#include "vigie/imaging/colour.h"
#include "vigie/imaging/corruptions.h"
#include "vigie/pipeline/content_hash.h"
#include "vigie/pipeline/latent_probe.h"
#include "vigie/pipeline/latent_space.h"
#include "vigie/pipeline/version.h"
#include "vigie/report/latent_report.h"

namespace vigie {

namespace {

constexpr std::size_t kMostShownNormals = 200, kMostShownTest = 1500;  // points of the map
constexpr std::int64_t kMostDims = 8192;                               // a covariance of half a gigabyte

std::string relative_name(const Sample& sample, const Dataset& dataset) {
  const auto relative = sample.image.lexically_relative(dataset.root);
  return utf8_name(relative.empty() || *relative.begin() == ".." ? sample.image : relative);
}

void refuse_leakage(const std::vector<NamedModel>& models, const Dataset& dataset) {
  for (const NamedModel& named : models) {
    const auto leaked = samples_seen_by(named.model, dataset.test());
    if (leaked.empty()) continue;
    fail(ErrorKind::InvalidArgument, "latent",
         "{} of {} test images were given to fit or calibrate of {}, first {}; the numbers would be too good. Remove "
         "them from one of the sets or pass --allow-leakage",
         leaked.size(), dataset.test().size(), named.name, leaked.front().image.string());
  }
}

void check_data(const Dataset& dataset) {
  const auto normals = static_cast<std::int64_t>(dataset.normals().size());
  VIGIE_CHECK(normals >= kLeastNormals, "latent", "{}: {} good images to learn from, {} are needed",
              dataset.root.string(), normals, kLeastNormals);
  VIGIE_CHECK(!dataset.test().empty(), "latent",
              "{}: no test images; put them under test/<defect> (MVTec layout) or bad/", dataset.root.string());
  const auto defects = std::ranges::count_if(dataset.test(), &Sample::is_defect);
  if (defects == 0)
    log_warning("{}: no defective test images; every AUROC and the defects' neighbours are n/a", dataset.name);
  if (defects == std::ssize(dataset.test()))
    log_warning("{}: no good test images; every AUROC, overlap and displacement is n/a", dataset.name);
}

std::string text_of(const Preprocess& preprocess) {
  const std::string size = fmt::format("{}x{}", preprocess.width, preprocess.height);
  const std::string depth = preprocess.bits == 0 ? "" : fmt::format(", {} bits", preprocess.bits);
  return preprocess.mode == "short_side" ? fmt::format("{} cut from short side {}{}", size, preprocess.resize_to, depth)
                                         : size + " " + preprocess.mode + depth;
}

/// Says in one line that the models do not look at the same pixels.
void warn_of_other_eyes(const std::vector<NamedModel>& models) {
  const std::string first = text_of(models.front().model.stage().preprocess);
  const auto other = std::ranges::find_if(
      models, [&](const NamedModel& named) { return text_of(named.model.stage().preprocess) != first; });
  if (other == models.end()) return;
  log_warning("{} and {} prepare images differently ({}; {}): part of their difference may come from that",
              models.front().name, other->name, text_of(models.front().model.stage().preprocess),
              text_of(other->model.stage().preprocess));
}

/// The shown rows of the normals and of the test images, one below the other.
Tensor shown_rows(const Tensor& normals, const Tensor& test, const std::vector<std::size_t>& from_normals,
                  const std::vector<std::size_t>& from_test) {
  const std::int64_t dims = normals.dim(1);
  Tensor out({static_cast<std::int64_t>(from_normals.size() + from_test.size()), dims});
  float* to = out.data<float>();
  for (const auto& [rows, chosen] : {std::pair(&normals, &from_normals), {&test, &from_test}})
    for (const std::size_t i : *chosen) to = std::copy_n(rows->data<float>() + i * dims, dims, to);
  return out;
}

/// At most `most` of `count` indices, evenly spread.
std::vector<std::size_t> spread_indices(std::size_t count, std::size_t most) {
  std::vector<std::size_t> out;
  const std::size_t shown = std::min(count, most);
  for (std::size_t i = 0; i < shown; ++i) out.push_back(i * count / shown);
  return out;
}

class Study {
 public:
  Study(const std::vector<NamedModel>& models, const Dataset& dataset, const LatentOptions& options,
        const RunContext& context)
      : dataset_(dataset), options_(options), context_(context), models_(models) {
    for (const NamedModel& named : models) {
      probes_.emplace_back(named);
      if (probes_.back().layers().empty())
        log_warning("{}: its network gives pictures only; it has no latent space to compare", named.name);
    }
    for (const Sample& sample : dataset.test()) defective_.push_back(sample.is_defect());
    shown_normals_ = spread_indices(dataset.normals().size(), kMostShownNormals);
    shown_test_ = spread_indices(dataset.test().size(), kMostShownTest);
  }

  LatentStudy run() {
    const std::size_t versions = 1 + corruptions().size();
    Progress reading(context_, "latent: images",
                     static_cast<std::int64_t>(dataset_.normals().size() + versions * dataset_.test().size()));
    const LatentRows normals = run_probes(probes_, dataset_, dataset_.normals(), 1, options_, reading);
    const LatentRows test = run_probes(probes_, dataset_, dataset_.test(), versions, options_, reading);
    LatentStudy study = described();
    std::int64_t spaces = 0;
    for (const LatentProbe& probe : probes_) spaces += std::ssize(probe.layers());
    Progress measuring(context_, "latent: spaces", spaces);
    for (std::size_t p = 0; p < probes_.size(); ++p)
      for (std::size_t i = 0; i < probes_[p].layers().size(); ++i) {
        add_space(study, probes_[p], i, normals[p][i].front(), test[p][i]);
        measuring.advance();
      }
    VIGIE_CHECK(!study.spaces.empty(), "latent", "none of the {} models has a latent space to compare", probes_.size());
    return study;
  }

 private:
  LatentPoint point_of(const Sample& sample) const {
    return {relative_name(sample, dataset_), dataset_.class_name(sample), sample.role == Role::Train};
  }

  LatentStudy described() const {
    LatentStudy study;
    study.dataset = dataset_.name;
    study.normals = std::ssize(dataset_.normals());
    study.test_defective = std::ranges::count(defective_, true);
    study.test_good = std::ssize(defective_) - study.test_defective;
    study.severity = options_.severity;
    for (const std::size_t i : shown_normals_) study.points.push_back(point_of(dataset_.normals()[i]));
    for (const std::size_t i : shown_test_) study.points.push_back(point_of(dataset_.test()[i]));
    study.facts = {
        {"Data set", utf8_name(dataset_.root)},
        {"Normals learnt from", fmt::format("{}", study.normals)},
        {"Test images", fmt::format("{} good, {} defective", study.test_good, study.test_defective)},
        {"Corruptions", fmt::format("severity {} of {}, seed {}", study.severity, kMostSeverity, options_.seed)}};
    for (const NamedModel& named : models_)
      study.facts.emplace_back(named.name,
                               fmt::format("{} · {} · {}", named.model.stage().detector, named.model.stage().backbone,
                                           text_of(named.model.stage().preprocess)));
    study.facts.emplace_back("Made by", fmt::format("vigie {}", kVersion));
    return study;
  }

  void add_space(LatentStudy& study, const LatentProbe& probe, std::size_t layer, const Tensor& normals,
                 const std::vector<Tensor>& test) const {
    const std::string name = probe.named().name + "/" + probe.layers()[layer];
    if (normals.dim(1) > kMostDims) {
      log_warning("{}: {} numbers an image are too many to compare (at most {}); left out", name, normals.dim(1),
                  kMostDims);
      return;
    }
    LatentVectors vectors{normals, test.front(), defective_, {}, {}};
    for (std::size_t c = 0; c < corruptions().size(); ++c) {
      vectors.corruption_names.emplace_back(corruptions()[c].name);
      vectors.corrupted.push_back(test[c + 1]);
    }
    try {
      LatentSpace space = measure_space(vectors, context_);
      space.model = probe.named().name;
      space.layer = probe.layers()[layer];
      space.map = map_of(shown_rows(normals, vectors.test, shown_normals_, shown_test_));
      study.spaces.push_back(std::move(space));
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::InvalidArgument) throw;
      log_warning("{}: left out: {}", name, error.what());
    }
  }

  const Dataset& dataset_;
  const LatentOptions& options_;
  const RunContext& context_;
  const std::vector<NamedModel>& models_;
  std::vector<LatentProbe> probes_;
  std::vector<bool> defective_;
  std::vector<std::size_t> shown_normals_, shown_test_;
};

}  // namespace

std::vector<NamedModel> load_named_models(const std::vector<std::filesystem::path>& paths) {
  std::multiset<std::string> stems;
  for (const auto& path : paths) stems.insert(utf8_name(path.stem()));
  std::vector<NamedModel> models;
  for (const auto& path : paths) {
    const std::string stem = utf8_name(path.stem());
    models.push_back({stems.count(stem) == 1 ? stem : utf8_name(path), load_model(path)});
  }
  return models;
}

LatentStudy latent_study(const std::vector<NamedModel>& models, const Dataset& dataset, const LatentOptions& options,
                         const RunContext& context) {
  const RunScope scope(context);
  VIGIE_CHECK(!models.empty(), "latent", "no models given");
  check_data(dataset);
  if (!options.allow_leakage) refuse_leakage(models, dataset);
  log_labels_unused(dataset, "latent spaces are compared by good parts and the test");
  warn_of_other_eyes(models);
  return Study(models, dataset, options, context).run();
}

void write_latent_report(const std::filesystem::path& path, const LatentStudy& study, const Dataset& dataset,
                         const ImageReadOptions& reading) {
  write_latent_report(path, study, [&](std::size_t i) {
    const std::filesystem::path image = study.points[i].image;
    return to_rgb8(read_image(image.is_absolute() ? image : dataset.root / image, reading));
  });
}

}  // namespace vigie
