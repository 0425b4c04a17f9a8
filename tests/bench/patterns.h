// The patterns of the benchmark: each as Telltale writes it and as the regular
// expression that means the same, so that every engine does the same work.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace telltale::bench {

struct Pattern {
  std::string_view name;
  // As after `sig NAME` in a rule file.
  std::string_view tell;
  // The same, for any engine; see RegexOf for blanks and `<int>`.
  std::string_view regex;
  // A line that it matches, with fields as in corpus.h.
  std::string_view sample;
};

// Patterns that hold a literal of three bytes at least, as nearly all do.
std::span<const Pattern> LiteralPatterns();
// Patterns that are classes only: no engine can look for a literal first.
std::span<const Pattern> ClassPatterns();

// `count` patterns, at most MostPatterns(): those of the table, then families
// of error codes (pattern_families.cc). `classes`: a twentieth of them are
// classes only. The same call gives the same patterns.
std::vector<Pattern> MakePatterns(size_t count, bool classes);
size_t MostPatterns();

enum class Wording {
  // Exactly the language of the Telltale pattern: a blank is a run of blanks,
  // `<bytes>` is all that a {x:bytes} hole takes.
  Exact,
  // What one writes by hand: one blank, `\d+`. Finds the same in the corpus,
  // and gives engines that look for literals longer ones.
  Plain,
};

// The regular expression of a pattern in the syntax that PCRE2, RE2 and
// Vectorscan share; it matches no line end.
std::string RegexOf(const Pattern& pattern, Wording wording);

}  // namespace telltale::bench
