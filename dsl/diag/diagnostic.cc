#include "dsl/diag/diagnostic.h"

#include <algorithm>

namespace telltale {

namespace {

// More than a person reads; a broken file must not fill the terminal.
constexpr size_t kMaxKept = 200;
// Some of these will be silenced, others denied.
constexpr size_t kMaxWarnings = 20'000;

bool IsWarning(const Diagnostic& diagnostic) {
  return diagnostic.severity == Severity::Warning;
}

// What is wrong with a template is found once for each `apply`.
bool IsSame(const Diagnostic& a, const Diagnostic& b) {
  return a.code == b.code && a.span == b.span && a.message == b.message;
}

}  // namespace

const diag::Kind* FindWarning(std::string_view code) {
  const auto* const found = std::find_if(
      std::begin(diag::kAll), std::end(diag::kAll), [&](const auto& kind) {
        return kind.severity == Severity::Warning && kind.code == code;
      });
  return found == std::end(diag::kAll) ? nullptr : found;
}

DiagSink::Builder DiagSink::Add(Span span, const diag::Kind& kind,
                                std::string message) {
  const bool is_error = kind.severity == Severity::Error;
  size_t& count = is_error ? error_count_ : warning_count_;
  ++count;
  Diagnostic diagnostic;
  diagnostic.code = kind.code;
  diagnostic.severity = kind.severity;
  diagnostic.span = span;
  diagnostic.message = std::move(message);
  if (count > (is_error ? kMaxKept : kMaxWarnings)) {
    ++dropped_;
    overflow_ = std::move(diagnostic);
    return Builder(&overflow_);
  }
  diagnostics_.push_back(std::move(diagnostic));
  return Builder(&diagnostics_.back());
}

void DiagSink::DropWarnings(
    const std::function<bool(const Diagnostic&)>& silenced) {
  std::erase_if(diagnostics_, [&](const Diagnostic& diagnostic) {
    return IsWarning(diagnostic) && silenced(diagnostic);
  });
}

void DiagSink::Deny(std::span<const std::string> codes) {
  const auto denied = [&](std::string_view code) {
    return std::any_of(codes.begin(), codes.end(), [&](const auto& one) {
      return one == code || one == kAllWarnings;
    });
  };
  for (Diagnostic& diagnostic : diagnostics_) {
    if (IsWarning(diagnostic) && denied(diagnostic.code)) {
      diagnostic.severity = Severity::Error;
      ++error_count_;
    }
  }
}

std::vector<Diagnostic> DiagSink::TakeSorted() {
  std::stable_sort(diagnostics_.begin(), diagnostics_.end(),
                   [](const Diagnostic& a, const Diagnostic& b) {
                     return a.span.begin < b.span.begin;
                   });
  diagnostics_.erase(
      std::unique(diagnostics_.begin(), diagnostics_.end(), IsSame),
      diagnostics_.end());
  for (const Severity severity : {Severity::Error, Severity::Warning}) {
    size_t kept = 0;
    dropped_ += std::erase_if(diagnostics_, [&](const Diagnostic& diagnostic) {
      return diagnostic.severity == severity && ++kept > kMaxKept;
    });
  }
  return std::move(diagnostics_);
}

}  // namespace telltale
