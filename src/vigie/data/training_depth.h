#pragma once

#include <vector>

#include "vigie/core/progress.h"
#include "vigie/data/dataset.h"
#include "vigie/imaging/preprocess.h"
#include "vigie/io/depth.h"
#include "vigie/io/image.h"

namespace vigie {

/// How many of 16 bits pictures use, from all that their files say and hold; see docs/formats.md.
class SetDepth {
 public:
  /// One 16-bit picture: what its file states (0: nothing), and the use of its samples where it does not.
  void add(int stated_bits, const DepthUse& use);

  /// 8 … 16; 0 without 16-bit pictures.
  int bits() const;
  /// The largest sample of pictures that state nothing.
  std::uint32_t largest() const { return unsaid_.largest; }
  /// Did any picture leave its depth to be learnt?
  bool learnt() const { return any_unsaid_; }

 private:
  int stated_ = 0;
  bool any_unsaid_ = false;
  DepthUse unsaid_;
};

/// Sets preprocess.bits from reading.bits, else from what the training images state, else from their largest value; and
/// says in the log what was learnt, and that a channel which no tag calls alpha is left out. 8-bit files cost a look at
/// their header. Files that cannot be read are left to whoever learns from them.
void settle_depth(Preprocess& preprocess, std::span<const Sample> normals, const ImageReadOptions& reading,
                  const RunContext& context);

}  // namespace vigie
