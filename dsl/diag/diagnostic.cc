#include "dsl/diag/diagnostic.h"

#include <algorithm>

namespace telltale {

namespace {

// More than a person reads; a broken file must not fill the terminal.
constexpr size_t kMaxKept = 200;

}  // namespace

DiagSink::Builder DiagSink::Add(Span span, const diag::Kind& kind,
                                std::string message) {
  error_count_ += kind.severity == Severity::Error ? 1 : 0;
  Diagnostic diagnostic;
  diagnostic.code = kind.code;
  diagnostic.severity = kind.severity;
  diagnostic.span = span;
  diagnostic.message = std::move(message);
  if (diagnostics_.size() >= kMaxKept) {
    ++dropped_;
    overflow_ = std::move(diagnostic);
    return Builder(&overflow_);
  }
  diagnostics_.push_back(std::move(diagnostic));
  return Builder(&diagnostics_.back());
}

std::vector<Diagnostic> DiagSink::TakeSorted() {
  std::stable_sort(diagnostics_.begin(), diagnostics_.end(),
                   [](const Diagnostic& a, const Diagnostic& b) {
                     return a.span.begin < b.span.begin;
                   });
  return std::move(diagnostics_);
}

}  // namespace telltale
