// Internal: what the checks share: the module as it grows, and who is called
// what.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dsl/ast/ast.h"
#include "dsl/diag/diagnostic.h"
#include "dsl/hir/module.h"

namespace telltale::check {

enum class EntityKind {
  Signature,
  Rule,
  Block,
  Source,
  Let,
  Param,
  Template,
  Table
};
std::string_view EntityName(EntityKind kind);

struct Entity {
  EntityKind kind = EntityKind::Signature;
  uint32_t index = 0;  // into the module's vector of that kind
  Span span;           // of the name
};

// A value that is known when the rules are compiled; of a set several.
struct Constant {
  vm::Type type = vm::Type::Error;
  bool is_set = false;
  std::vector<hir::Expr> values;
};

// A table, checked. Of a column of nodes the cells hold nodes, of another one
// literals.
struct Table {
  struct Column {
    std::string name;
    vm::Type type = vm::Type::Error;
    std::optional<vm::Axis> axis;
  };
  struct Cell {
    hir::Expr literal;
    vm::NodeId node;
  };
  std::vector<Column> columns;  // the first is the key
  std::vector<std::vector<Cell>> rows;
  std::vector<Cell> otherwise;  // for all columns but the first; or empty
};

// What names mean where an item was written: in a file, or in a template that
// was applied.
struct Scope {
  std::string prefix;  // of the names that items define here: "" or "train."
  // Files used under a name: `train` -> the prefix of their names.
  std::map<std::string, std::string, std::less<>> aliases;
  // The arguments of a template.
  std::map<std::string, Constant, std::less<>> constants;
  std::map<std::string, ast::Name, std::less<>> nodes;
  const Scope* outer = nullptr;  // of a template: where it stands
};

template <typename T>
struct Written {
  const T* tree = nullptr;
  const Scope* scope = nullptr;

  const T* operator->() const { return tree; }
};

// A template that was applied: its arguments are checked with the parameters.
struct Instance {
  Scope* scope = nullptr;
  Written<ast::Template> of;
  Written<ast::Apply> by;
};

struct Context {
  explicit Context(DiagSink& sink) : diags(sink) {}

  DiagSink& diags;
  hir::Module module;
  std::map<std::string, Entity, std::less<>> names;
  std::map<std::string, vm::FieldId, std::less<>> fields;
  // The trees, parallel to the module's vectors.
  std::vector<Written<ast::Source>> sources;
  std::vector<Written<ast::Block>> blocks;
  std::vector<Written<ast::Sig>> signatures;
  std::vector<Written<ast::Rule>> rules;
  std::vector<Written<ast::Stage>> stages;
  std::vector<Written<ast::Let>> lets;
  std::vector<Written<ast::Param>> params;
  std::vector<Constant> constants;  // parallel to params, as they are checked
  std::vector<Written<ast::Table>> table_trees;
  std::vector<Table> tables;  // parallel, as they are checked
  std::vector<Written<ast::Template>> templates;
  std::vector<Written<ast::Test>> tests;
  std::vector<Written<ast::Apply>> applies;
  std::vector<Instance> instances;
  // Values given by `use ... with`, by full name.
  std::map<std::string, Written<ast::Expr>, std::less<>> overrides;
  std::deque<Scope> scopes;
  const Scope* scope = nullptr;  // of the item at hand
  bool in_step = false;          // of a rule: what `any NODE` means there
  // A text that stands for an event is a signature without a name.
  std::deque<ast::Sig> text_signatures;
  std::map<std::pair<const ast::Event*, const Scope*>, vm::EventId> text_events;
  // Of the files that no other uses, where their items stand: what is declared
  // in a file that is used may serve files that are not here.
  std::vector<Span> own_files;
  std::vector<const Scope*> file_scopes;  // parallel to the files
  // What was asked for; the rest is W707.
  mutable std::set<const Entity*> used;
  mutable std::set<std::pair<const Scope*, std::string>> used_aliases;
  std::set<std::pair<size_t, size_t>> used_columns;  // of which table
  // Taken where nobody can read it: in a `body`, a `drop`.
  std::vector<hir::Capture> unread;
  // Parallel to the module's nodes: the name, and that of the taxonomy.
  std::vector<std::pair<Span, Span>> node_spans;

  // Null, and E101 with the nearest name, if there is none.
  const Entity* Find(const ast::Name& name, std::string_view what);
  // What a name means in the scope at hand; null: nothing.
  [[nodiscard]] const Entity* Lookup(std::string_view name) const;
  // A text of a template with `{$param}` filled in.
  [[nodiscard]] std::string Filled(const std::string& text) const;
  void Define(const ast::Name& name, EntityKind kind, size_t index);
  // The value of a parameter; null if there is none of that name.
  [[nodiscard]] const Constant* Parameter(std::string_view name) const;

  [[nodiscard]] bool IsOwn(Span span) const;

  [[nodiscard]] vm::EventId EventOf(const Entity& entity) const;
  // Meaning of a signature or rule; null for a block.
  [[nodiscard]] const hir::Meaning* MeaningOf(vm::EventId event) const;
};

// A number of a clause: positive and at most `most`.
std::optional<uint32_t> CountOf(const ast::Literal& literal, uint32_t most,
                                std::string_view what, DiagSink& diags);
// Nanoseconds of `1h30m`.
int64_t DurationOf(const ast::Literal& literal);
// Bytes of `80GiB`.
int64_t BytesOf(const ast::Literal& literal);

// ", did you mean `x`?" or "".
std::string DidYouMean(std::string_view word,
                       const std::vector<std::string>& candidates);

// ---- the checks, in the order of check.cc

void CheckEdition(const ast::File& file, Context* context);
void CollectNames(std::span<const ast::File> files,
                  std::span<const std::vector<size_t>> uses,
                  std::span<const ast::Assignment> settings, Context* context);
void CheckTaxonomies(std::span<const ast::File> files, Context* context);
void CheckParams(Context* context);
void CheckTables(Context* context);
void CheckSources(Context* context);
void CheckBlocks(Context* context);
void CheckSignatureHeads(Context* context);  // verdicts and patterns
void CheckRuleHeads(Context* context);
void CheckSignatures(Context* context);  // clauses and examples
void CheckRules(Context* context);
void CheckStages(Context* context);
void CheckTests(Context* context);
void CheckCycles(Context* context);
void CheckLookups(Context* context);  // what needs all of a rule
void CheckRuleFacts(Context* context);
void CollectAllows(Context* context);
// Warnings; only of a module without errors.
void WarnOfUnused(std::span<const ast::File> files,
                  std::span<const std::vector<size_t>> uses, Context* context);
void WarnOfUnreached(Context* context);
void WarnOfUnits(Context* context);

// ---- parts that several checks use

// In `no record for 10m -> b`: any record.
inline constexpr std::string_view kRecord = "record";

// The axis that a word names.
std::optional<vm::Axis> AxisOf(std::string_view word);

// The node that a reference names: a full path, else the only one whose path
// ends so; `symptom.X`: of one axis.
std::optional<vm::NodeId> FindNode(const ast::Name& reference,
                                   Context* context);
void CheckVerdict(const std::vector<ast::Verdict>& verdicts,
                  hir::Meaning* meaning, Context* context);

// A column of a table; nothing after a report.
struct TableColumn {
  const Table* table = nullptr;
  size_t column = 0;
};
std::optional<TableColumn> FindColumn(const ast::Name& table,
                                      const ast::Name& column,
                                      Context* context);
// The key of a row, as KeyText of runtime/vm/value.h.
std::string KeyOfRow(const std::vector<Table::Cell>& row);
vm::TextColumn TextsOf(const TableColumn& column, const Context& context);
// W703. `field`: as written; `name`: of the value, which has that type.
void WarnOfVolatileGroup(const ast::Name& field, std::string_view name,
                         vm::Type type, Context* context);
// The events that `events` name, sorted.
std::vector<vm::EventId> CheckEvents(std::span<const ast::Event> events,
                                     Context* context);
vm::Reach CheckSpan(const ast::TimeSpan& span, Context* context);

// Clauses that signatures and rules share. `note` is left to the caller.
void CheckCommon(const std::vector<ast::Clause>& clauses, hir::Meaning* meaning,
                 Context* context);

// The slot of a signature that holds header field `field`, added if need be.
uint32_t FieldSlot(hir::Signature* signature, vm::FieldId field,
                   Context* context);
// The slot of a signature called `name`: a capture, else a header field.
std::optional<uint32_t> SlotNamed(hir::Signature* signature,
                                  std::string_view name, Context* context);

// A value that a note names.
struct NoteValue {
  int32_t step = 0;
  uint32_t slot = 0;
  std::optional<vm::TextColumn> column = std::nullopt;
};
using ResolveNote =
    std::function<std::optional<NoteValue>(std::string_view name)>;

// The value of a rule that a name stands for: `x.capture` of step `x`, or
// `capture` of the first step that has it.
std::optional<NoteValue> RuleValue(size_t rule, std::string_view name,
                                   Span span, Context* context);

// A text with `{x}` and `{x.y}` in it, split; an unknown name is E101.
std::vector<hir::TextPart> SplitText(const ast::String& note,
                                     const ResolveNote& resolve,
                                     Context* context);

// One clause of a kind; a second one is an error, not a silent override.
class OneOf {
 public:
  explicit OneOf(DiagSink* diags) : diags_(*diags) {}
  bool First(const ast::Clause& clause, std::string_view word) {
    for (const auto& [kind, span] : seen_) {
      if (kind == clause.kind) {
        diags_.Emit(clause.keyword, diag::Duplicate, word)
            .Label(span, "first here");
        return false;
      }
    }
    seen_.emplace_back(clause.kind, clause.keyword);
    return true;
  }

 private:
  DiagSink& diags_;
  std::vector<std::pair<ast::Clause::Kind, Span>> seen_;
};

}  // namespace telltale::check
