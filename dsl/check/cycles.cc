// What may not lead back to itself: rules through their steps, and `over`.
#include <functional>

#include "dsl/check/context.h"

namespace telltale::check {

namespace {

// Depth-first search for a cycle over the signatures and rules.
class CycleSearch {
 public:
  using Next = std::function<std::vector<vm::EventId>(vm::EventId)>;

  CycleSearch(std::string_view relation, Next next, Context* context)
      : relation_(relation), next_(std::move(next)), context_(*context) {}

  void Run() {
    const size_t count =
        context_.module.signatures.size() + context_.module.rules.size();
    state_.assign(count, State::New);
    for (size_t k = 0; k < count; ++k) {
      Visit(vm::EventId(k));
    }
  }

 private:
  enum class State { New, Open, Done };

  void Visit(vm::EventId event) {
    if (event.index() >= state_.size() || state_[event.index()] != State::New) {
      return;
    }
    // An own stack: chains may be as long as there are signatures.
    struct Frame {
      vm::EventId event;
      std::vector<vm::EventId> next;
      size_t at = 0;
    };
    std::vector<Frame> stack;
    state_[event.index()] = State::Open;
    stack.push_back({event, next_(event), 0});
    while (!stack.empty()) {
      Frame& frame = stack.back();
      if (frame.at == frame.next.size()) {
        state_[frame.event.index()] = State::Done;
        stack.pop_back();
        continue;
      }
      const vm::EventId to = frame.next[frame.at++];
      if (to.index() >= state_.size()) {
        continue;  // a block relates to nothing
      }
      if (state_[to.index()] == State::Open) {
        const hir::Meaning& meaning = *context_.MeaningOf(to);
        context_.diags.Emit(meaning.span, diag::Cycle, meaning.name, relation_);
        state_[to.index()] = State::Done;
      } else if (state_[to.index()] == State::New) {
        state_[to.index()] = State::Open;
        stack.push_back({to, next_(to), 0});
      }
    }
  }

  std::string_view relation_;
  Next next_;
  Context& context_;
  std::vector<State> state_;
};

// A rule is one deeper than the deepest rule among its steps.
void AssignDepths(Context* context) {
  std::vector<hir::Rule>& rules = context->module.rules;
  const size_t sigs = context->module.signatures.size();
  for (size_t round = 0; round < rules.size(); ++round) {
    bool changed = false;
    for (hir::Rule& rule : rules) {
      for (const hir::Step& step : rule.steps) {
        for (const vm::EventId event : step.events) {
          const size_t other = event.index() - sigs;
          if (event.index() >= sigs && other < rules.size() &&
              rule.depth <= rules[other].depth &&
              rules[other].depth < rules.size()) {
            rule.depth = rules[other].depth + 1;
            changed = true;
          }
        }
      }
    }
    if (!changed) {
      return;
    }
  }
}

}  // namespace

void CheckCycles(Context* context) {
  CycleSearch(
      "`over`",
      [context](vm::EventId event) { return context->MeaningOf(event)->over; },
      context)
      .Run();
  CycleSearch(
      "the steps of rules",
      [context](vm::EventId event) {
        std::vector<vm::EventId> next;
        const size_t sigs = context->module.signatures.size();
        if (event.index() >= sigs) {
          for (const hir::Step& step :
               context->module.rules[event.index() - sigs].steps) {
            next.insert(next.end(), step.events.begin(), step.events.end());
          }
        }
        return next;
      },
      context)
      .Run();
  AssignDepths(context);
}

}  // namespace telltale::check
