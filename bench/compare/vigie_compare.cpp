// The vigie side of the comparison that run.py makes. Every command is one piece of work.
#include <CLI/CLI.hpp>
#include <iostream>

#include "line_works.h"
#include "works.h"

namespace {

using vigie::bench::CompareOptions;

void add_worker(CLI::App& app, CompareOptions& options, const char* name, const char* help,
                void (*work)(const CompareOptions&)) {
  CLI::App* command = app.add_subcommand(name, help);
  command->add_option("--folder", options.folder, "what network_torch.py export wrote");
  command->add_option("--parts", options.parts, "a data set in MVTec AD layout");
  command->add_option("--bank", options.bank, "memory bank, raw F32: fit writes it, predict reads it");
  command->add_option("--precision", options.precision)->check(CLI::IsMember({"f32", "bf16", "int8"}));
  command->add_option("--rows", options.rows, "rows of the bank");
  command->add_option("--images", options.images, "images to fit");
  command->add_option("--network", options.network, "backbone: a resnet");
  command->add_option("--model", options.model, "inspect: a .vigie file");
  command->add_option("--streams", options.streams, "inspect: parts at once");
  command->add_option("--backbone", options.backbone, "fit-model");
  command->add_flag("--exact-picks", options.exact_picks, "fit: pick the coreset from f32 features");
  command->callback([&options, work] { work(options); });
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("the vigie side of the speed comparison");
  app.require_subcommand(1);
  CompareOptions options;
  add_worker(app, options, "backbone", "network input to features", vigie::bench::time_backbone);
  add_worker(app, options, "predict", "network input to score and map", vigie::bench::time_predict);
  add_worker(app, options, "fit", "network inputs to memory bank", vigie::bench::time_fit);
  add_worker(app, options, "part", "image to verdict", vigie::bench::time_part);
  add_worker(app, options, "inspect", "image in memory to verdict, by a model file", vigie::bench::time_inspect);
  add_worker(app, options, "fit-model", "a data set to a model", vigie::bench::time_fit_model);
  add_worker(app, options, "coreset", "rows in memory to a tenth of them", vigie::bench::time_coreset);
  add_worker(app, options, "evaluate", "maps and masks in memory to all pixel metrics", vigie::bench::time_evaluate);
  app.add_subcommand("limits", "rate of the processor")->callback(vigie::bench::print_limits);
  app.add_subcommand("growth-predict", "predict against bank rows")->callback(vigie::bench::print_predict_growth);
  app.add_subcommand("growth-fit", "fit against images")->callback(vigie::bench::print_fit_growth);
  std::filesystem::path from, out;
  CLI::App* draw = app.add_subcommand("draw", "charts of growth");
  draw->add_option("--from", from, "JSON file with the points")->required();
  draw->add_option("--out", out, "folder for the SVG files")->required();
  draw->callback([&] { vigie::bench::draw_growth(from, out); });
  try {
    CLI11_PARSE(app, argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "error: " << error.what() << "\n";
    return 1;
  }
  return 0;
}
