#include "vigie/learn/checkpoint.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "vigie/core/error.h"
#include "vigie/core/text.h"
#include "vigie/io/safetensors.h"

namespace vigie::learn {

namespace {

using nlohmann::json;

constexpr const char* kKey = "vigie_checkpoint";
constexpr int kFormat = 2;

void add(TensorMap& out, const std::string& prefix, const TensorMap& tensors) {
  for (const auto& [name, tensor] : tensors) out[prefix + name] = tensor;
}

// Copies: the file may be replaced while they live.
TensorMap with_prefix(const TensorMap& tensors, const std::string& prefix) {
  TensorMap out;
  for (const auto& [name, tensor] : tensors)
    if (name.starts_with(prefix)) out[name.substr(prefix.size())] = tensor.clone();
  return out;
}

json header_of(const Checkpoint& checkpoint) {
  json header = {{"format", kFormat},
                 {"run", checkpoint.run},
                 {"step", checkpoint.step},
                 {"waited", checkpoint.waited},
                 {"seconds", checkpoint.seconds},
                 {"optimisers", checkpoint.optimisers.size()},
                 {"open_losses", checkpoint.open_losses},
                 {"history", json_from_history(checkpoint.history)}};
  if (std::isfinite(checkpoint.best_loss)) header["best_loss"] = checkpoint.best_loss;
  return header;
}

void check_run(const std::filesystem::path& path, const std::string& found, const std::string& wanted) {
  if (found == wanted) return;
  std::istringstream a(found), b(wanted);
  std::string was, is;
  while (std::getline(a, was) && std::getline(b, is) && was == is) {
  }
  constexpr std::size_t kShown = 200;
  fail(ErrorKind::BadFile, "checkpoint",
       "{}: the checkpoint of another run ('{}', this run has '{}'); delete it to begin anew, or name another file",
       path.string(), was.substr(0, kShown), is.substr(0, kShown));
}

}  // namespace

std::string lines_of(std::string_view name, const json& object) {
  std::string lines;
  for (const auto& [key, value] : object.items()) lines += fmt::format("{} {} {}\n", name, key, json_text(value));
  return lines;
}

void save_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint) {
  SafeTensors content;
  add(content.tensors, "now/", checkpoint.values);
  add(content.tensors, "best/", checkpoint.best);
  for (std::size_t i = 0; i < checkpoint.optimisers.size(); ++i)
    content.tensors[fmt::format("optimiser/{}", i)] = checkpoint.optimisers[i];
  content.metadata[kKey] = json_text(header_of(checkpoint));
  write_safetensors(path, content);
}

Checkpoint load_checkpoint(const std::filesystem::path& path, const std::string& run) {
  const SafeTensors content = read_safetensors(path);
  const auto entry = content.metadata.find(kKey);
  if (entry == content.metadata.end())
    fail(ErrorKind::BadFile, "checkpoint", "{}: not a checkpoint of a training", path.string());
  try {
    const json header = json::parse(entry->second);
    if (header.at("format") != kFormat)
      fail(ErrorKind::BadFile, "checkpoint", "{}: format {} of checkpoints, this program reads {}", path.string(),
           header.at("format").dump(), kFormat);
    check_run(path, header.at("run").get<std::string>(), run);
    Checkpoint checkpoint;
    checkpoint.run = run;
    checkpoint.step = header.at("step");
    checkpoint.waited = header.at("waited");
    checkpoint.seconds = header.at("seconds");
    checkpoint.best_loss = header.value("best_loss", checkpoint.best_loss);
    checkpoint.open_losses = header.at("open_losses").get<LossSums>();
    checkpoint.history = history_from_json(header.at("history"));
    checkpoint.values = with_prefix(content.tensors, "now/");
    checkpoint.best = with_prefix(content.tensors, "best/");
    for (std::size_t i = 0; i < header.at("optimisers").get<std::size_t>(); ++i)
      checkpoint.optimisers.push_back(content.tensors.at(fmt::format("optimiser/{}", i)).clone());
    return checkpoint;
  } catch (const json::exception& e) {
    fail(ErrorKind::BadFile, "checkpoint", "{}: damaged ({})", path.string(), e.what());
  } catch (const std::out_of_range&) {
    fail(ErrorKind::BadFile, "checkpoint", "{}: the state of an optimiser is missing", path.string());
  }
}

}  // namespace vigie::learn
