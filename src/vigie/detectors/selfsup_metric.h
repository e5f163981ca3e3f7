#pragma once

#include "vigie/detectors/detector.h"
#include "vigie/training/training_options.h"

namespace vigie {

/// How training images are changed before they are compared; read only while training.
struct ViewOptions {
  double crop = 0.8;
  double rotation = 10;
  bool flips = false;
  double jitter = 0.1;
  double noise = 0.01;

  void describe(OptionList& list) {
    list.add("crop", crop, "views: least share of the image's area that a random crop keeps; 1 = none, 0.05 ... 1",
             0.05, 1);
    list.add("rotation", rotation, "views: turned by up to so many degrees, 0 ... 180", 0, 180);
    list.add("flips", flips, "views: mirrored at random; only for parts that have no hand and no up");
    list.add("jitter", jitter, "views: how far brightness, contrast, saturation and hue move, 0 ... 0.5", 0, 0.5);
    list.add("noise", noise, "views: deviation of the noise as share of the grey range, 0 ... 0.5", 0, 0.5);
  }
};

struct SelfSupMetricOptions {
  std::string loss = "contrastive";
  double temperature = 0.2;
  double margin = 0.5;
  bool defects = true;
  bool others = false;  // good parts are meant to lie close together
  std::int64_t dimensions = 128;
  std::int64_t width = 32;
  bool pretrained = false;
  ViewOptions views;
  TrainingOptions training{.epochs = 400, .batch_size = 32, .weight_decay = 1e-5, .schedule = "cosine"};

  void describe(OptionList& list) {
    list.add("loss", loss, "contrastive (NT-Xent) or triplet", {"contrastive", "triplet"});
    list.add("temperature", temperature, "contrastive: of the softmax over cosines, 0.01 ... 10", 0.01, 10);
    list.add("margin", margin, "triplet: by how much a defect is to be farther, squared distance, 0 ... 4", 0, 4);
    list.add("defects", defects, "contrastive: views with synthetic defects are negatives of every normal view");
    list.add("others", others, "contrastive: views of other normal images are negatives too, as in SimCLR");
    list.add("dimensions", dimensions, "length of the embedding, 2 ... 2048", 2, 2048);
    list.add("width", width, "channels of the encoder's stem, resnet18 has 64, 4 ... 256", 4, 256);
    list.add("pretrained", pretrained, "start from the backbone with its weights instead of a small random encoder");
    views.describe(list);
    training.describe(list);
  }
};

/// Learns an embedding in which two views of a normal image lie close together and views with synthetic defects far
/// away, then fits one Gaussian to the embeddings of normal images: this half, `gaussian` on the trained network's
/// "embedding". After Langrognet 2025 (ISBI), "Self-supervised metric learning for Gaussian anomaly detection"; losses:
/// NT-Xent (Chen et al. 2020, arXiv 2002.05709), triplet (Schroff et al. 2015, arXiv 1503.03832). Image level only: no
/// map. Memory and time as make_gaussian's with D = dimensions.
/// Throws InvalidArgument when a contrastive loss has no negatives.
std::unique_ptr<Detector> make_selfsup_metric(const SelfSupMetricOptions& options);

/// What is trained before.
NetworkTraining selfsup_metric_training();

}  // namespace vigie
