#pragma once

#include "vigie/learn/method.h"

namespace vigie::learn {

// Makers of the table's rows (table.cpp), one file each.

std::unique_ptr<Method> make_cutpaste_training(const MethodInputs& inputs);
std::unique_ptr<Method> make_selfsup_metric_training(const MethodInputs& inputs);
std::unique_ptr<Method> make_fastflow_training(const MethodInputs& inputs);
std::unique_ptr<Method> make_simplenet_training(const MethodInputs& inputs);
std::unique_ptr<Method> make_efficientad_training(const MethodInputs& inputs);
std::unique_ptr<Method> make_riad_training(const MethodInputs& inputs);
std::unique_ptr<Method> make_autoencoder_training(const MethodInputs& inputs);
std::unique_ptr<Method> make_ae_mahalanobis_training(const MethodInputs& inputs);
std::unique_ptr<Method> make_vae_training(const MethodInputs& inputs);
std::unique_ptr<Method> make_aae_training(const MethodInputs& inputs);
std::unique_ptr<Method> make_ganomaly_training(const MethodInputs& inputs);

}  // namespace vigie::learn
