#include "tests/bench/measure.h"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <iterator>

#include <fmt/format.h>

#include "tests/bench/corpus.h"

namespace telltale::bench {

namespace {

constexpr size_t kShownDifferences = 10;

double Elapsed() {
  return std::chrono::duration<double>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

std::string_view LineAt(std::string_view text, uint64_t line) {
  size_t begin = 0;
  for (uint64_t k = 1; k < line && begin < text.size(); ++k) {
    begin = std::min(text.find('\n', begin), text.size() - 1) + 1;
  }
  return text.substr(begin, text.find('\n', begin) - begin);
}

std::vector<Pair> Minus(const std::vector<Pair>& a,
                        const std::vector<Pair>& b) {
  std::vector<Pair> rest;
  std::set_difference(a.begin(), a.end(), b.begin(), b.end(),
                      std::back_inserter(rest));
  return rest;
}

// Pairs that `has` has and `lacks` has not; the first few with their lines.
void Describe(const Measurement& has, const Measurement& lacks,
              std::span<const Pattern> patterns, std::string_view text,
              size_t* shown, std::string* out) {
  const std::vector<Pair> extra = Minus(has.pairs, lacks.pairs);
  if (extra.empty()) {
    return;
  }
  const auto add = std::back_inserter(*out);
  fmt::format_to(add, "{} that {} has and {} has not\n", extra.size(), has.name,
                 lacks.name);
  for (size_t k = 0; k < extra.size() && *shown < kShownDifferences; ++k) {
    fmt::format_to(add, "  `{}` in line {}\n    {}\n",
                   patterns[extra[k].pattern].name, extra[k].line,
                   LineAt(text, extra[k].line));
    ++*shown;
  }
}

// Every pattern finds its own sample: in a short corpus some never occur.
Result<void> CheckSamples(std::span<const Pattern> patterns, Engine* engine) {
  std::string text;
  for (const Pattern& pattern : patterns) {
    text += SampleOf(pattern) + "\n";
  }
  std::vector<Pair> pairs;
  if (const auto ok = engine->Scan(text, &pairs); !ok.has_value()) {
    return ok;
  }
  for (uint32_t k = 0; k < patterns.size(); ++k) {
    if (std::find(pairs.begin(), pairs.end(), Pair{k + 1, k}) == pairs.end()) {
      return Fail(fmt::format("{}: `{}` does not match its sample",
                              engine->name(), patterns[k].name));
    }
  }
  return {};
}

}  // namespace

double ThreadSeconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) +
         static_cast<double>(now.tv_nsec) * 1e-9;
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle]
                                : (values[middle - 1] + values[middle]) / 2;
}

Result<std::vector<Measurement>> Measure(
    std::span<const std::unique_ptr<Engine>> engines,
    std::span<const Pattern> patterns, std::string_view text, size_t runs) {
  std::vector<Measurement> all;
  for (const std::unique_ptr<Engine>& engine : engines) {
    Measurement one;
    one.name = engine->name();
    one.about = engine->about();
    one.gives_pairs = engine->gives_pairs();
    const double begin = ThreadSeconds();
    const Result<void> compiled = engine->Compile(patterns);
    one.compile_seconds = ThreadSeconds() - begin;
    if (!compiled.has_value()) {
      return Fail(compiled.error().message);
    }
    if (one.gives_pairs) {
      if (const auto ok = CheckSamples(patterns, engine.get());
          !ok.has_value()) {
        return Fail(ok.error().message);
      }
    }
    if (const auto ok = engine->Scan(text, &one.pairs); !ok.has_value()) {
      return Fail(ok.error().message);
    }
    std::sort(one.pairs.begin(), one.pairs.end());
    all.push_back(std::move(one));
  }
  std::vector<Pair> pairs;
  for (size_t run = 0; run < runs; ++run) {
    for (size_t k = 0; k < engines.size(); ++k) {
      // Each run begins with another engine.
      const size_t at = (run + k) % engines.size();
      pairs.clear();
      const double cpu = ThreadSeconds();
      const double wall = Elapsed();
      const Result<void> ok = engines[at]->Scan(text, &pairs);
      all[at].elapsed.push_back(Elapsed() - wall);
      all[at].seconds.push_back(ThreadSeconds() - cpu);
      if (!ok.has_value()) {
        return Fail(ok.error().message);
      }
      std::sort(pairs.begin(), pairs.end());
      if (pairs != all[at].pairs) {
        return Fail(all[at].name + ": two scans of one text differ");
      }
    }
  }
  return all;
}

std::string Differences(std::span<const Measurement> measurements,
                        std::span<const Pattern> patterns,
                        std::string_view text) {
  std::string out;
  size_t shown = 0;
  const Measurement* first = nullptr;
  for (const Measurement& other : measurements) {
    if (!other.gives_pairs) {
      continue;
    }
    if (first == nullptr) {
      first = &other;
      continue;
    }
    Describe(*first, other, patterns, text, &shown, &out);
    Describe(other, *first, patterns, text, &shown, &out);
  }
  return out;
}

}  // namespace telltale::bench
