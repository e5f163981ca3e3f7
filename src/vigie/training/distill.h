#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "vigie/training/trainer.h"
#include "vigie/training/training_options.h"

namespace vigie {

/// How a small network is taught to see as a larger one does.
struct DistillOptions {
  TrainingOptions training;  ///< batch_size crops a step
  std::int64_t crop = 160;   ///< side of a training crop, pixels
  double least_area = 0.05;  ///< smallest share of a photograph that a crop may show, 0.001 … 1
  double grey = 0.2;         ///< share of the crops without colour, 0 … 1: many inspection cameras have none
  /// How far the teacher's channels are brought to one variance: 1, all count alike; 0, as in its distances.
  double equalise = 1;

  DistillOptions();
  void describe(OptionList& list);
};

/// One distillation. The student's outputs are matched with those of the same name of the teacher, through a 1x1
/// convolution each that is thrown away afterwards (FitNets, Romero et al. 2015, arXiv 1412.6550). No label is used.
/// What is served has a square 1x1 convolution behind each output instead, in which distances are the teacher's as far
/// as the student can tell (networks/student_metric.h).
struct DistillRequest {
  nn::Graph student;                          ///< outputs at the same grids as the teacher's of the same names
  nn::Network teacher;                        ///< frozen
  TensorMap start;                            ///< weights of a student taught before, to go on from; empty: random ones
  std::vector<std::filesystem::path> photos;  ///< any natural images
  DistillOptions options;
  std::uint64_t seed = 0;
  std::filesystem::path checkpoint;
  double checkpoint_seconds = 60;
  bool resume = false;
  TrainingLog* log = nullptr;
};

}  // namespace vigie
