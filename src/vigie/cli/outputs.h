#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace vigie::cli {

enum class FileKind { Model, Weights, Json, Html, Csv };

/// A file that a command is about to write. An empty path is a flag not given.
struct Output {
  std::string flag;  ///< "--report", as the user wrote it
  std::filesystem::path path;
  FileKind kind;
};

/// Refuses, before any work, an output that would destroy something: one that is an input of the same command (under
/// any name: links are followed), that has the name of an image, that is another output too, or that exists and is not
/// of the kind to be written. An empty file and a device may always be written. Also checks that it can be written.
/// Throws InvalidArgument, Io.
void refuse_overwrite(const std::vector<Output>& outputs, const std::vector<std::filesystem::path>& inputs);

/// Where the pictures of an image are written: its own folders below `folder`, so that equal file names do not meet.
/// `kind` is "overlay" or "mask". A name too long for a file system is cut and told apart by its hash.
std::filesystem::path picture_path(const std::filesystem::path& folder, const std::filesystem::path& image,
                                   std::string_view kind);

/// Refuses a folder for pictures whose files would lie among the parts: the next run would inspect them. For inputs
/// that are folders; a file's picture is checked when it is written, by lies_beside().
void refuse_pictures_among_parts(const std::filesystem::path& folder, const std::vector<std::string>& inputs);

/// Whether two files lie in one folder, which need not exist yet.
bool lies_beside(const std::filesystem::path& file, const std::filesystem::path& other);

}  // namespace vigie::cli
