#include "vigie/networks/student_metric.h"

#include "vigie/nn/builder.h"
#include "vigie/nn/compose.h"
#include "vigie/nn/ops.h"

namespace vigie {

nn::Graph with_metric(const nn::Graph& student) {
  const std::vector<std::int64_t> channels = nn::channels_of(student);
  nn::Graph graph = student;
  std::vector<std::string> names;
  for (const nn::Output& output : student.outputs) {
    const std::int64_t count = channels[static_cast<std::size_t>(output.node)];
    names.push_back("metric." + output.name);
    nn::GraphBuilder metric;
    metric.output(names.back(), metric.conv(names.back(), metric.input(count), {.out = count, .kernel = 1}));
    graph = nn::attach(graph, output.name, metric.build());
  }
  graph = nn::select_outputs(graph, names);
  for (std::size_t i = 0; i < names.size(); ++i) graph.outputs[i].name = student.outputs[i].name;
  return graph;
}

}  // namespace vigie
