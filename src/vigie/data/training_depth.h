#pragma once

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

/// How many of 16 bits a training set of this depth uses: reading.bits where it is given, else depth.bits(). Says in
/// the log what was learnt from the values alone.
int settled_bits(const SetDepth& depth, const ImageReadOptions& reading);

}  // namespace vigie
