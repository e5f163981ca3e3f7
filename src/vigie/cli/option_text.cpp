#include "vigie/cli/option_text.h"

#include <fmt/format.h>

namespace vigie::cli {

std::string option_lines(const OptionList& list) {
  std::string lines;
  for (const OptionField& field : list.fields())
    lines += fmt::format("    {:<18} {:<22} {}\n", field.key, field.value.dump(), field.doc);
  return lines;
}

}  // namespace vigie::cli
