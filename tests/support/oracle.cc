// Backtracking with a list of what is left to do. Lists are shared and
// numbered, so "this list fails at this place" is remembered and not tried
// again: captures never decide whether a list fails.
#include "tests/support/oracle.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "runtime/abi/matcher.h"

namespace telltale::testing {

namespace {

using pattern::Node;

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

bool IsWord(char c) {
  return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         c == '_';
}

char Lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

class Backtracker {
 public:
  Backtracker(const Node& node, std::string_view text, uint32_t flags)
      : node_(node), text_(text), flags_(flags) {
    Number(node);
  }

  std::optional<OracleMatch> Find() {
    const uint32_t todo = Push({Task::Kind::Match, &node_}, kDone);
    for (uint32_t start = 0; start <= text_.size(); ++start) {
      captures_.assign(indices_.size(), {});
      if (Run(todo, start)) {
        return OracleMatch{{true, start, end_}, captures_};
      }
    }
    return std::nullopt;
  }

 private:
  static constexpr uint32_t kDone = 0;
  static constexpr uint32_t kNowhere = UINT32_MAX;

  struct Task {
    enum class Kind : uint8_t {
      Match,  // node
      Close,  // node: a capture that began at `start`
      Again,  // node: a repeat after `count` copies, the last from `start`
    };
    Kind kind = Kind::Match;
    const Node* node = nullptr;
    uint32_t count = 0;
    uint32_t start = kNowhere;
    uint32_t next = kDone;
  };

  void Number(const Node& node) {
    if (node.kind == Node::Kind::Capture) {
      const size_t index = indices_.size();
      indices_[&node] = index;
    }
    for (const Node& child : node.children) {
      Number(child);
    }
  }

  uint32_t Push(Task task, uint32_t next) {
    task.next = next;
    const auto key = std::make_tuple(task.kind, task.node, task.count,
                                     task.start, task.next);
    const auto [place, is_new] =
        numbers_.try_emplace(key, static_cast<uint32_t>(tasks_.size()));
    if (is_new) {
      tasks_.push_back(task);
    }
    return place->second;
  }

  bool Run(uint32_t todo, uint32_t at) {
    if (todo == kDone) {
      end_ = at;
      return true;
    }
    if (failed_.contains({todo, at})) {
      return false;
    }
    const Task task = tasks_[todo];
    const bool done = task.kind == Task::Kind::Match   ? Match(task, at)
                      : task.kind == Task::Kind::Close ? Close(task, at)
                                                       : Again(task, at);
    if (!done) {
      failed_.insert({todo, at});
    }
    return done;
  }

  bool Match(const Task& task, uint32_t at) {
    const Node& node = *task.node;
    switch (node.kind) {
      case Node::Kind::Empty:
        return Run(task.next, at);
      case Node::Kind::Nothing:
        return false;
      case Node::Kind::Literal: {
        const std::string_view here = text_.substr(at, node.literal.size());
        const bool same =
            std::equal(here.begin(), here.end(), node.literal.begin(),
                       node.literal.end(), [&](char a, char b) {
                         return a == b || (node.fold && Lower(a) == Lower(b));
                       });
        return same && Run(task.next, at + static_cast<uint32_t>(here.size()));
      }
      case Node::Kind::Class:
        return at < text_.size() &&
               node.set[static_cast<unsigned char>(text_[at])] &&
               Run(task.next, at + 1);
      case Node::Kind::Cat: {
        uint32_t todo = task.next;
        for (size_t k = node.children.size(); k-- > 0;) {
          todo = Push({Task::Kind::Match, &node.children[k]}, todo);
        }
        return Run(todo, at);
      }
      case Node::Kind::Alt:
        return std::any_of(
            node.children.begin(), node.children.end(), [&](const Node& child) {
              return Run(Push({Task::Kind::Match, &child}, task.next), at);
            });
      case Node::Kind::Repeat:
        return Run(Push({Task::Kind::Again, &node}, task.next), at);
      case Node::Kind::Look:
        return Holds(node.look, at) && Run(task.next, at);
      case Node::Kind::Capture: {
        const uint32_t close =
            Push({Task::Kind::Close, &node, 0, at}, task.next);
        return Run(Push({Task::Kind::Match, &node.children[0]}, close), at);
      }
    }
    return false;
  }

  bool Close(const Task& task, uint32_t at) {
    OracleSpan& capture = captures_[indices_.at(task.node)];
    const OracleSpan before = capture;
    capture = {true, task.start, at};
    if (Run(task.next, at)) {
      return true;
    }
    capture = before;
    return false;
  }

  bool Again(const Task& task, uint32_t at) {
    const Node& node = *task.node;
    const bool must = task.count < node.min;
    // A copy beyond the minimum that matched nothing was the last.
    const bool may = task.count < node.max && task.start != at;
    const auto once_more = [&] {
      // Beyond the minimum, an unbounded repeat need not count.
      const bool counts = must || node.max != Node::kUnbounded;
      const uint32_t count = counts ? task.count + 1 : task.count;
      const uint32_t then = Push(
          {Task::Kind::Again, &node, count, must ? kNowhere : at}, task.next);
      return Run(Push({Task::Kind::Match, &node.children[0]}, then), at);
    };
    if (must) {
      return once_more();
    }
    if (node.greedy) {
      return (may && once_more()) || Run(task.next, at);
    }
    return Run(task.next, at) || (may && once_more());
  }

  [[nodiscard]] bool Holds(vm::Look look, uint32_t at) const {
    const bool before = at > 0 && IsWord(text_[at - 1]);
    const bool after = at < text_.size() && IsWord(text_[at]);
    switch (look) {
      case vm::Look::Begin:
        return at == 0 && (flags_ & TT_AT_START) != 0;
      case vm::Look::End:
        return at == text_.size() && (flags_ & TT_AT_END) != 0;
      case vm::Look::WordBoundary:
        return before != after;
      case vm::Look::NotWordBoundary:
        return before == after;
      case vm::Look::NoDigitAhead:
        return at == text_.size() || !IsDigit(text_[at]);
    }
    return false;
  }

  const Node& node_;
  std::string_view text_;
  uint32_t flags_;
  std::map<const Node*, size_t> indices_;
  std::map<std::tuple<Task::Kind, const Node*, uint32_t, uint32_t, uint32_t>,
           uint32_t>
      numbers_;
  std::vector<Task> tasks_{1};  // number 0 is kDone
  std::set<std::pair<uint32_t, uint32_t>> failed_;
  std::vector<OracleSpan> captures_;
  uint32_t end_ = 0;
};

}  // namespace

std::optional<OracleMatch> FindByBacktracking(const pattern::Node& node,
                                              std::string_view text,
                                              uint32_t flags) {
  return Backtracker(node, text, flags).Find();
}

}  // namespace telltale::testing
