// A diagnostic: what is wrong with a user's rules, where, and how to mend it.
// Codes are declared once in codes.def; a check emits one as
//
//   diags.Emit(hole.span, diag::UnknownType, hole.type_name)
//       .Label(decl.span, "declared here")
//       .Fix(span, "bytes");
//
// The stage that emits goes on; the driver decides whether the next one runs.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "dsl/source/span.h"

namespace telltale {

enum class Severity { Error, Warning, Note };

struct Diagnostic {
  struct Label {
    Span span;
    std::string text;
  };
  struct Fix {  // replace `span` by `text`
    Span span;
    std::string text;
  };

  std::string_view code;  // "E101"
  Severity severity = Severity::Error;
  Span span;
  std::string message;
  std::vector<Label> labels;
  std::vector<std::string> notes;  // "witness: ...", facts
  std::vector<std::string> helps;  // what to do
  std::vector<Fix> fixes;          // machine-applicable
};

namespace diag {

// The type of an entry of codes.def.
struct Kind {
  std::string_view code;
  Severity severity;
  std::string_view text;  // fmt format string
};

#define TT_DIAG(code, severity, name, text) \
  inline constexpr Kind name{#code, Severity::severity, text};
#include "dsl/diag/codes.def"
#undef TT_DIAG

// All entries, in the file's order.
inline constexpr Kind kAll[] = {
#define TT_DIAG(code, severity, name, text) name,
#include "dsl/diag/codes.def"
#undef TT_DIAG
};

}  // namespace diag

// Stands for the code of every warning.
inline constexpr std::string_view kAllWarnings = "warnings";

// The warning of that code; null: there is none.
const diag::Kind* FindWarning(std::string_view code);

// Collects diagnostics; caps how many are kept, counts all.
class DiagSink {
 public:
  // Adds detail to the diagnostic just emitted. Valid until the next Emit.
  class Builder {
   public:
    explicit Builder(Diagnostic* diagnostic) : diagnostic_(diagnostic) {}
    Builder& Label(Span span, std::string text) {
      diagnostic_->labels.push_back({span, std::move(text)});
      return *this;
    }
    Builder& Fix(Span span, std::string text) {
      diagnostic_->fixes.push_back({span, std::move(text)});
      return *this;
    }
    Builder& Help(std::string text) {
      diagnostic_->helps.push_back(std::move(text));
      return *this;
    }
    Builder& Note(std::string text) {
      diagnostic_->notes.push_back(std::move(text));
      return *this;
    }

   private:
    Diagnostic* diagnostic_;
  };

  template <typename... Args>
  Builder Emit(Span span, const diag::Kind& kind, const Args&... args) {
    return Add(span, kind, fmt::format(fmt::runtime(kind.text), args...));
  }

  [[nodiscard]] bool has_errors() const { return error_count_ > 0; }
  [[nodiscard]] size_t error_count() const { return error_count_; }
  // After TakeSorted: how many are not in it.
  [[nodiscard]] size_t dropped() const { return dropped_; }

  // Takes out the warnings of which `silenced` is true.
  void DropWarnings(const std::function<bool(const Diagnostic&)>& silenced);
  // Makes errors of the warnings with these codes; of all: `warnings`.
  void Deny(std::span<const std::string> codes);

  // In order of file, then offset, each once; call when all stages are done.
  std::vector<Diagnostic> TakeSorted();

 private:
  Builder Add(Span span, const diag::Kind& kind, std::string message);

  std::vector<Diagnostic> diagnostics_;
  Diagnostic overflow_;  // takes the details of what is over the cap
  size_t error_count_ = 0;
  size_t warning_count_ = 0;
  size_t dropped_ = 0;
};

}  // namespace telltale
