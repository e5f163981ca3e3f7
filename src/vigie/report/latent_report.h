#pragma once

#include <filesystem>
#include <functional>

#include "vigie/evaluation/latent_study.h"

namespace vigie {

/// One self-contained HTML file: a table of every space's numbers, a map whose points show their image, the spectrum,
/// what is left with few components, what corruptions do. load_image(i): point i as U8 [H W 3]; called from several
/// threads at once. Atomic.
void write_latent_report(const std::filesystem::path& path, const LatentStudy& study,
                         const std::function<Tensor(std::size_t)>& load_image);

}  // namespace vigie
