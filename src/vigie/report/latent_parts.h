#pragma once

#include <functional>
#include <string>

#include "vigie/evaluation/latent_study.h"

namespace vigie {

/// "resnet/layer3".
std::string name_of_space(const LatentSpace& space);
/// CSS class of the colour of the i-th space.
std::string tone_of_space(std::size_t i);

/// Parts of the page, each HTML.
std::string latent_numbers(const LatentStudy& study);  ///< one row a space
std::string latent_map(const LatentStudy& study, const std::function<Tensor(std::size_t)>& load_image);
std::string latent_spectrum(const LatentStudy& study);     ///< cumulated variance
std::string latent_retained(const LatentStudy& study);     ///< AUROC of few components
std::string latent_corruptions(const LatentStudy& study);  ///< bars

}  // namespace vigie
