#include <fmt/format.h>

#include "dsl/check/expressions.h"

namespace telltale::check {

namespace {

std::optional<vm::Axis> AxisOf(const ast::Type& type) {
  if (type.kind != ast::Type::Kind::Named) {
    return std::nullopt;
  }
  return type.name == "symptom"   ? std::optional(vm::Axis::Symptom)
         : type.name == "cause"   ? std::optional(vm::Axis::Cause)
         : type.name == "stage"   ? std::optional(vm::Axis::Stage)
         : type.name == "outcome" ? std::optional(vm::Axis::Outcome)
                                  : std::nullopt;
}

class TableCheck {
 public:
  TableCheck(const ast::Table& tree, Context* context)
      : tree_(tree), context_(*context) {}

  Table Run() {
    Table out;
    for (const ast::Field& field : tree_.columns) {
      Table::Column column;
      column.name = field.name.text;
      column.axis = AxisOf(field.type);
      for (const Table::Column& other : out.columns) {
        if (other.name == column.name) {
          context_.diags.Emit(field.name.span, diag::Duplicate, column.name);
        }
      }
      out.columns.push_back(std::move(column));
    }
    if (out.columns[0].axis.has_value()) {
      context_.diags.Emit(tree_.columns[0].type.span, diag::TypeMismatch,
                          "a table is looked up by a value, not by a node");
      return out;
    }
    out.rows = Rows(tree_.cells, 0, &out);
    CheckKeys(out);
    if (!tree_.otherwise.empty()) {
      const auto rows = Rows(tree_.otherwise, 1, &out);
      if (rows.size() == 1) {
        out.otherwise = rows[0];
      } else if (rows.size() > 1) {
        context_.diags.Emit(tree_.otherwise[0].span, diag::TypeMismatch,
                            "`else` has one row");
      }
    }
    return out;
  }

 private:
  // Cells in rows; of the columns from `first` on.
  std::vector<std::vector<Table::Cell>> Rows(
      const std::vector<ast::Cell>& cells, size_t first, Table* table) {
    std::vector<std::vector<Table::Cell>> rows;
    const size_t width = tree_.columns.size() - first;
    for (size_t k = 0; k < cells.size(); ++k) {
      if (k % std::max<size_t>(width, 1) == 0) {
        rows.emplace_back();
      }
      const size_t column = first + k % std::max<size_t>(width, 1);
      std::optional<Table::Cell> cell = Cell(cells[k], column, table);
      if (!cell.has_value()) {
        return {};  // the cells that follow would be in the wrong columns
      }
      rows.back().push_back(std::move(*cell));
    }
    if (!rows.empty() && rows.back().size() != width) {
      context_.diags.Emit(
          cells.back().span, diag::TypeMismatch,
          fmt::format("the last row has {} cells, the table {} columns",
                      rows.back().size(), width));
      return {};
    }
    return rows;
  }

  std::optional<Table::Cell> Cell(const ast::Cell& cell, size_t column,
                                  Table* table) {
    const ast::Field& field = tree_.columns[column];
    Table::Column& out = table->columns[column];
    Table::Cell value;
    if (out.axis.has_value()) {
      if (!cell.node.has_value()) {
        context_.diags.Emit(cell.span, diag::TypeMismatch,
                            fmt::format("column `{}` holds nodes", out.name));
        return std::nullopt;
      }
      const std::optional<vm::NodeId> node = FindNode(*cell.node, &context_);
      if (!node.has_value()) {
        return std::nullopt;
      }
      if (context_.module.nodes[node->index()].axis != *out.axis) {
        context_.diags.Emit(cell.span, diag::WrongKind, cell.node->text,
                            "node of another axis", field.type.name);
        return std::nullopt;
      }
      value.node = *node;
      return value;
    }
    // `retry` in a column of (retry|reset) is a word.
    ast::Expr expr;
    expr.kind = ast::Expr::Kind::Literal;
    expr.span = cell.span;
    if (cell.node.has_value()) {
      expr.literal.kind = ast::Literal::Kind::String;
      expr.literal.text = cell.node->text;
      expr.literal.span = cell.span;
    } else {
      expr.literal = *cell.literal;
    }
    if (expr.literal.negative) {
      ast::Expr negated;
      negated.kind = ast::Expr::Kind::Negate;
      negated.span = cell.span;
      expr.literal.negative = false;
      negated.args.push_back(std::move(expr));
      expr = std::move(negated);
    }
    const Constant constant = CheckConstant(field.type, expr, &context_);
    if (constant.values.empty()) {
      return std::nullopt;
    }
    out.type = constant.type;
    value.literal = constant.values[0];
    return value;
  }

  void CheckKeys(const Table& table) {
    std::map<std::string, size_t> keys;
    for (size_t k = 0; k < table.rows.size(); ++k) {
      const std::string key = KeyOfRow(table.rows[k]);
      const auto [at, fresh] = keys.emplace(key, k);
      if (!fresh) {
        const size_t width = tree_.columns.size();
        context_.diags.Emit(tree_.cells[k * width].span, diag::Duplicate, key)
            .Label(tree_.cells[at->second * width].span, "first here");
      }
    }
  }

  const ast::Table& tree_;
  Context& context_;
};

}  // namespace

void CheckTables(Context* context) {
  for (const Written<ast::Table>& tree : context->table_trees) {
    context->scope = tree.scope;
    context->tables.push_back(TableCheck(*tree.tree, context).Run());
  }
}

std::optional<TableColumn> FindColumn(const ast::Name& table,
                                      const ast::Name& column,
                                      Context* context) {
  const Entity* entity = context->Find(table, "table");
  if (entity == nullptr) {
    return std::nullopt;
  }
  if (entity->kind != EntityKind::Table) {
    context->diags.Emit(table.span, diag::WrongKind, table.text,
                        EntityName(entity->kind), "table");
    return std::nullopt;
  }
  const Table& found = context->tables[entity->index];
  std::vector<std::string> names;
  for (size_t k = 0; k < found.columns.size(); ++k) {
    if (found.columns[k].name == column.text) {
      context->used_columns.emplace(entity->index, k);
      return TableColumn{&found, k};
    }
    names.push_back(found.columns[k].name);
  }
  context->diags.Emit(column.span, diag::UnknownName, "column", column.text,
                      DidYouMean(column.text, names));
  return std::nullopt;
}

std::string KeyOfRow(const std::vector<Table::Cell>& row) {
  const hir::Expr& literal = row[0].literal;
  vm::Value value;
  value.type = literal.type;
  value.present = true;
  value.i = literal.integer;
  value.f = literal.number;
  value.text = literal.text;
  return vm::KeyText(value);
}

vm::TextColumn TextsOf(const TableColumn& column, const Context& context) {
  const auto text = [&](const Table::Cell& cell) {
    return cell.node.valid() ? context.module.nodes[cell.node.index()].path
                             : cell.literal.text;
  };
  vm::TextColumn out;
  for (const std::vector<Table::Cell>& row : column.table->rows) {
    out.rows.emplace_back(KeyOfRow(row), text(row[column.column]));
  }
  out.otherwise = column.table->otherwise.empty() || column.column == 0
                      ? "?"
                      : text(column.table->otherwise[column.column - 1]);
  return out;
}

}  // namespace telltale::check
