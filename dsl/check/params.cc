// Parameters of packs and templates: what was written or given from outside, as
// constants.
#include "dsl/check/context.h"
#include "dsl/check/expressions.h"

namespace telltale::check {

void CheckParams(Context* context) {
  for (const Written<ast::Param>& param : context->params) {
    const auto given =
        context->overrides.find(param.scope->prefix + param->name.text);
    const bool is_given = given != context->overrides.end();
    context->scope = is_given ? given->second.scope : param.scope;
    context->constants.push_back(CheckConstant(
        param->type, is_given ? *given->second.tree : param->value, context));
  }
  for (const Instance& instance : context->instances) {
    context->scope = instance.by.scope;
    for (size_t k = 0; k < instance.of->params.size(); ++k) {
      const ast::Field& param = instance.of->params[k];
      if (instance.scope->nodes.count(param.name.text) == 0) {
        instance.scope->constants[param.name.text] =
            CheckConstant(param.type, instance.by->args[k], context);
      }
    }
  }
}

}  // namespace telltale::check
