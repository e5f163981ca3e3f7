#include "vigie/training/distill.h"

namespace vigie {

DistillOptions::DistillOptions() {
  training.steps = 15'000;
  training.batch_size = 32;
  training.learning_rate = 2e-3;
  training.weight_decay = 1e-4;
  training.schedule = "cosine";
  training.validation = 0.05;
  training.number_format = "bf16";
}

void DistillOptions::describe(OptionList& list) {
  training.describe(list);
  list.add("crop", crop, "side of a training crop, pixels, 64 ... 1024", 64, 1024);
  list.add("least_area", least_area, "smallest share of a photograph that a crop may show, 0.001 ... 1", 0.001, 1);
  list.add("grey", grey, "share of the crops without colour, 0 ... 1", 0, 1);
  list.add("equalise", equalise,
           "how far the teacher's channels count alike: 1 = each as much, 0 = by their variance, as in distances", 0,
           1);
}

}  // namespace vigie
