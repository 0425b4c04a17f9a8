#include "dsl/check/context.h"

namespace telltale::check {

void CheckEdition(const ast::File& file, Context* context) {
  constexpr std::string_view kEdition = "1";
  if (file.edition.has_value() && file.edition->text != kEdition) {
    context->diags
        .Emit(file.edition->span, diag::OutOfRange, "the edition",
              file.edition->text)
        .Help("this version knows edition 1");
  }
}

}  // namespace telltale::check
