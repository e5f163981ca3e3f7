#pragma once

#include <array>
#include <vector>

#include "vigie/demo/defects.h"
#include "vigie/demo/sample.h"

namespace vigie::demo {

/// A 2/2 twill drawn yarn by yarn. In thread units the warp runs along v and yarn i of it lies at u = i + 0.5; the weft
/// likewise with u and v exchanged. Every yarn rises and sinks as the weave tells, and what lies highest is seen.
class WovenFabric {
 public:
  WovenFabric(std::uint64_t seed, const Defect& defect);
  Rgb at(Vec2 p) const;

 private:
  enum Family { kWarp, kWeft };
  struct Yarn {
    float offset = 0;  ///< from its nominal place, threads
    float half = 0.45F;
    Rgb dye;
    std::uint32_t seed = 0;
  };
  struct Wave {
    float height = 0;  ///< -1 under … 1 over
    float slope = 0;
  };
  struct Visible {
    float height = -1e9F;  ///< below every yarn: the gap between the threads
    Family family = kWarp;
    int index = 0;
    float along = 0;
    float place = 0;  ///< across the yarn, -1 … 1
    Wave wave;
  };

  void place_defect(const Defect& defect);
  Vec2 threads_from_scene(Vec2 p) const;
  const Yarn& yarn(Family family, int index) const;
  static bool over(Family family, int own, int crossing);
  static Wave wave(Family family, int own, float along);
  float thickness(Family family, int index, float along) const;
  bool chosen(Family family, int index) const { return family == family_ && index == index_; }
  void look_at(Family family, int index, Vec2 thread, Visible& best) const;
  float remainder(Family family, int index, float along) const;
  Rgb yarn_colour(const Visible& seen) const;

  Vec2 turn_;
  Vec2 threads_per_unit_;
  float shear_ = 0;
  Vec2 phase_;
  std::uint32_t drift_ = 0, mottle_ = 0, fibre_ = 0;
  Vec2 light_;
  Vec2 gradient_;
  std::array<std::vector<Yarn>, 2> yarns_;

  Defect defect_;
  Family family_ = kWarp;
  int index_ = 1 << 20;  ///< the yarn with the defect
  float from_ = 0, to_ = 0;
  float amount_ = 0;
  Rgb foreign_;
  Blot blot_;
};

}  // namespace vigie::demo
