#pragma once

#include "setup.h"

namespace vigie::bench {

// Workers (worker.h) for busy.py: what a line PC does, with everything read before the clock starts.
void time_inspect(const CompareOptions& options);    ///< a test image of the parts to verdict, on one stream or several
void time_fit_model(const CompareOptions& options);  ///< patchcore, as `vigie fit` does it, files to model
void time_coreset(const CompareOptions& options);    ///< a tenth of 41 000 rows of 128
void time_evaluate(const CompareOptions& options);   ///< pixel metrics of 40 maps of 900 x 900

}  // namespace vigie::bench
