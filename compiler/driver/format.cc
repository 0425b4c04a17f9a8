#include "compiler/driver/format.h"

#include "dsl/format/format.h"
#include "dsl/parse/parser.h"

namespace telltale::driver {

std::unique_ptr<Formatting> FormatRules(const std::string& name,
                                        std::string text) {
  auto formatting = std::make_unique<Formatting>();
  const SourceId id = formatting->sources.Add(name, std::move(text));
  const ast::File file = Parse(formatting->sources, id, formatting->diags);
  if (!formatting->diags.has_errors()) {
    formatting->text = Format(formatting->sources, file);
  }
  return formatting;
}

}  // namespace telltale::driver
