#include "vigie/demo/board_layout.h"

namespace vigie::demo {

namespace {

BoardPart part(PartKind kind, Vec2 at, float degrees, std::string name, std::string marking) {
  const Pose place{at, degrees * kPi / 180};
  return {kind, place, std::move(name), std::move(marking), place};
}

// Parallel lines from the right side of the small chip to the left side of the large one.
void add_bus(std::vector<std::vector<Vec2>>& traces) {
  for (int k = 0; k < 5; ++k) {
    const float step = static_cast<float>(k);
    const float from = -0.39F + 0.060F * step;
    const float to = 0.214F + 0.042F * step;
    const float across = 0.02F - 0.034F * step;
    traces.push_back({{-0.27F, from},
                      {across - 0.03F, from},
                      {across, from + 0.03F},
                      {across, to - 0.03F},
                      {across + 0.03F, to},
                      {0.08F, to}});
  }
}

// Lines from the header down to the first row of parts.
void add_header_lines(std::vector<std::vector<Vec2>>& traces) {
  const Vec2 ends[] = {{-0.55F, -0.45F}, {-0.55F, -0.39F}, {-0.27F, -0.45F}, {-0.12F, -0.60F},
                       {0.08F, -0.62F},  {0.20F, -0.62F},  {0.46F, -0.62F}};
  for (int pin = 0; pin < 7; ++pin) {
    const float x = -0.351F + 0.086F * static_cast<float>(pin);
    const Vec2 end = ends[pin];
    const float bend = std::abs(end.x - x);
    const float level = std::min(-0.72F + 0.012F * static_cast<float>(pin % 3), end.y - bend);
    const bool direct = end.y - bend > -0.76F;
    if (direct)
      traces.push_back({{x, -0.80F}, {x, level}, {end.x, level + bend}, end});
    else
      traces.push_back({{x, -0.80F}, {x, -0.71F}, {end.x, -0.66F}, end});
  }
}

}  // namespace

const std::vector<BoardPart>& board_parts() {
  using enum PartKind;
  static const std::vector<BoardPart> parts = {
      part(SmallChip, {-0.42F, -0.30F}, 0, "U1", "VG358/"), part(QuadChip, {0.32F, 0.32F}, 0, "U2", "ARGOS/"),
      part(SmallChip, {-0.56F, 0.34F}, 0, "U3", "LM27C/"),  part(Header, {-0.05F, -0.80F}, 0, "J1", ""),
      part(Electrolytic, {0.70F, -0.56F}, 90, "C1", "47"),  part(Electrolytic, {0.70F, -0.20F}, 90, "C2", "47"),
      part(Inductor, {0.36F, -0.46F}, 0, "L1", "100"),      part(Diode, {0.08F, -0.53F}, 90, "D1", "S4"),
      part(Diode, {0.38F, -0.20F}, 0, "D2", "S4"),          part(Diode, {0.56F, 0.74F}, 0, "D3", "T7"),
      part(Crystal, {-0.25F, 0.34F}, 90, "Y1", "8000"),     part(Resistor, {-0.60F, 0.72F}, 0, "R1", "103"),
      part(Resistor, {-0.39F, 0.72F}, 0, "R2", "103"),      part(Resistor, {-0.18F, 0.72F}, 0, "R3", "472"),
      part(Resistor, {0.03F, 0.72F}, 0, "R4", "472"),       part(Resistor, {-0.75F, -0.41F}, 90, "R5", "221"),
      part(Resistor, {-0.75F, -0.12F}, 90, "R6", "100"),    part(Resistor, {0.16F, -0.24F}, 90, "R7", "103"),
      part(Capacitor, {0.30F, 0.74F}, 0, "C3", ""),         part(Capacitor, {0.70F, 0.17F}, 90, "C4", ""),
      part(Capacitor, {0.70F, 0.46F}, 90, "C5", ""),        part(Capacitor, {-0.56F, 0.02F}, 0, "C6", ""),
      part(Capacitor, {-0.32F, 0.02F}, 0, "C7", ""),        part(Capacitor, {-0.70F, -0.62F}, 0, "C8", ""),
  };
  return parts;
}

const std::vector<std::vector<Vec2>>& board_traces() {
  static const std::vector<std::vector<Vec2>> traces = [] {
    std::vector<std::vector<Vec2>> all = {
        {{-0.57F, -0.33F}, {-0.66F, -0.33F}, {-0.75F, -0.38F}},
        {{-0.57F, -0.21F}, {-0.66F, -0.21F}, {-0.72F, -0.15F}, {-0.75F, -0.08F}},
        {{-0.75F, -0.05F}, {-0.84F, 0.04F}, {-0.84F, 0.62F}, {-0.74F, 0.72F}, {-0.60F, 0.72F}},
        {{-0.40F, 0.31F}, {-0.34F, 0.31F}, {-0.30F, 0.24F}},
        {{-0.40F, 0.37F}, {-0.34F, 0.37F}, {-0.30F, 0.43F}},
        {{-0.40F, 0.49F}, {-0.36F, 0.53F}, {-0.10F, 0.53F}, {-0.02F, 0.45F}, {0.08F, 0.45F}},
        {{-0.71F, 0.49F}, {-0.78F, 0.56F}, {-0.78F, 0.60F}, {-0.66F, 0.72F}},
        {{-0.45F, 0.72F}, {-0.45F, 0.80F}, {0.20F, 0.80F}, {0.25F, 0.74F}},
        {{0.03F, 0.66F}, {0.03F, 0.62F}, {0.13F, 0.56F}},
        {{0.25F, 0.57F}, {0.25F, 0.74F}},
        {{0.39F, 0.57F}, {0.39F, 0.66F}, {0.47F, 0.74F}, {0.56F, 0.74F}},
        {{0.57F, 0.25F}, {0.62F, 0.25F}, {0.70F, 0.17F}},
        {{0.57F, 0.38F}, {0.64F, 0.38F}, {0.70F, 0.44F}},
        {{0.57F, 0.46F}, {0.62F, 0.46F}, {0.70F, 0.54F}, {0.70F, 0.66F}, {0.64F, 0.74F}},
        {{0.28F, 0.07F}, {0.28F, -0.12F}, {0.36F, -0.20F}},
        {{0.40F, 0.07F}, {0.40F, -0.04F}, {0.50F, -0.14F}, {0.70F, -0.10F}},
    };
    add_bus(all);
    add_header_lines(all);
    return all;
  }();
  return traces;
}

const std::vector<Vec2>& board_vias() {
  static const std::vector<Vec2> vias = {
      {-0.66F, -0.33F}, {-0.84F, 0.30F},  {-0.10F, 0.53F},  {0.13F, 0.56F},   {0.28F, -0.05F}, {0.50F, -0.02F},
      {0.60F, 0.62F},   {-0.30F, 0.60F},  {-0.52F, 0.58F},  {-0.20F, -0.12F}, {0.52F, -0.33F}, {0.20F, -0.62F},
      {0.46F, -0.62F},  {-0.12F, -0.60F}, {-0.58F, -0.68F}, {0.84F, 0.06F},   {0.84F, 0.32F},  {0.84F, 0.56F},
      {-0.84F, -0.50F}, {0.22F, 0.02F},   {-0.14F, 0.16F}};
  return vias;
}

const std::vector<Vec2>& mounting_holes() {
  static const std::vector<Vec2> holes = {{-0.78F, -0.80F}, {0.80F, -0.80F}, {-0.80F, 0.84F - 0.02F}, {0.80F, 0.82F}};
  return holes;
}

}  // namespace vigie::demo
