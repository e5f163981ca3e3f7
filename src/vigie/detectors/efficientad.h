#pragma once

#include "vigie/detectors/detector.h"
#include "vigie/training/training_options.h"

namespace vigie {

struct EfficientAdOptions {
  std::string teacher_layer = "layer2";
  std::string student = "small";
  double student_width = 1;
  double hard_quantile = 0.999;
  std::string penalty_images;
  double quantile_low = 0.9;
  double quantile_high = 0.995;
  TrainingOptions training{
      .steps = 70'000, .batch_size = 1, .learning_rate = 1e-4, .weight_decay = 1e-5, .schedule = "step"};

  void describe(OptionList& list) {
    list.add("teacher_layer", teacher_layer,
             "backbone layer that student and autoencoder learn to predict; one cell per 4, 8 or 16 pixels");
    list.add("student", student, "patch description network that learns: small (PDN-S) or medium (PDN-M)",
             {"small", "medium"});
    list.add("student_width", student_width, "its hidden channels as a share of the paper's, 0.05 ... 4", 0.05, 4);
    list.add("hard_quantile", hard_quantile,
             "share of a batch's differences that the student need not learn from: the small ones, 0 ... 1", 0, 1);
    list.add("penalty_images", penalty_images,
             "folder of images of other things (ImageNet), which the student learns not to imitate the teacher on; "
             "empty = none");
    list.add("quantile_low", quantile_low, "quantile of the normals' map values that becomes 0, 0 ... 1", 0, 1);
    list.add("quantile_high", quantile_high, "quantile that becomes 0.1; above quantile_low, 0 ... 1", 0, 1);
    training.describe(list);
  }
};

/// A position's evidence is how far a student is from its teacher, and from an autoencoder that saw the whole image
/// through 64 numbers. Paper: Batzner, Heckler, König 2023, "EfficientAD", arXiv 2303.14535. The networks are trained
/// elsewhere; this half compares their outputs "teacher", "student", "autoencoder", "student_autoencoder" [B h w C]:
/// local map = mean over C of (teacher - student)², global map likewise of (autoencoder - student_autoencoder), each
/// shifted and scaled so that the quantiles of the normals are 0 and 0.1, averaged. Own image score = largest value.
/// Differs: the quantiles are of all images given to fit(), at the grid; the paper's of validation images, of maps
/// resized to the image. State 4 numbers; fit one pass and 8·N·h·w bytes; predict 6·h·w·C FLOP an image.
std::unique_ptr<Detector> make_efficientad(const EfficientAdOptions& options);

/// Which backbone layer it starts from, and its presets.
NetworkTraining efficientad_training();

}  // namespace vigie
