#pragma once

#include <string>
#include <vector>

#include "vigie/networks/pdn.h"

namespace vigie {

// The networks of EfficientAD (Batzner, Heckler, König 2023, arXiv 2303.14535): a frozen teacher, a student that learns
// to say what the teacher says about good parts, and an autoencoder that says it from 64 numbers about the whole image.

/// The grid that all of them share.
struct TeacherGrid {
  std::int64_t height = 0, width = 0;  ///< cells, h and w
  std::int64_t channels = 0;           ///< C of the teacher
  std::int64_t stride = 0;             ///< input pixels per cell: 4, 8 or 16
};

/// The grid of the teacher's only output for images of height x width pixels. Throws InvalidArgument unless both sides
/// are multiples of 32 and the output has one cell per 4, 8 or 16 pixels.
TeacherGrid teacher_grid(const nn::Graph& teacher, std::int64_t height, std::int64_t width);

/// The teacher's only output brought to mean 0 and variance 1 per channel by the statistics of "teacher_norm": the
/// teacher with the one output "teacher" [B h w C].
nn::Graph normalised_teacher(const nn::Graph& teacher);

/// Image -> "student" and "student_autoencoder", the halves of one PDN of 2·C channels: [B h w C] each. Channels and
/// stride of `pdn` are overwritten. Parameters "student.conv1.weight", …
nn::Graph efficientad_student(const TeacherGrid& grid, PdnSpec pdn);

/// Image -> "autoencoder" [B h w C], through one vector of 64 numbers. Encoder as in the paper (its last convolution,
/// as large as the grid, is written as a Reshape and a 1x1 one). Decoder: the vector is expanded to one cell per 32
/// pixels, then bilinear doubling and a 3x3 convolution until the teacher's grid, then the paper's last two
/// convolutions. The paper resizes 1 -> 3 -> 8 -> 15 -> 32 -> 63 -> 127 -> 56 with 4x4 convolutions between. Parameters
/// "autoencoder.encoder1.weight", …
nn::Graph efficientad_autoencoder(const TeacherGrid& grid);

/// Names of the served outputs, all [B h w C]: "teacher", "student", "autoencoder", "student_autoencoder".
std::vector<std::string> efficientad_outputs();

/// The three networks above as one on the same image, with efficientad_outputs().
nn::Graph efficientad_graph(const nn::Graph& teacher, const nn::Graph& student, const nn::Graph& autoencoder);

}  // namespace vigie
