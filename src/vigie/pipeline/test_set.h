#pragma once

#include "vigie/data/dataset.h"
#include "vigie/pipeline/model.h"

namespace vigie {

/// The data set as a test of `model`. Where it says itself what is for training, it stays as it is. Where it does not
/// (a plain good/ and bad/, a list without splits), the normals that the model has never seen become test images;
/// those that it has seen are left out, unless `allow_leakage`. Says in the log what cannot be measured, and why.
Dataset test_set_for(const Model& model, Dataset dataset, bool allow_leakage);

}  // namespace vigie
