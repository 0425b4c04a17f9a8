#include "compiler/driver/near_misses.h"

#include <algorithm>
#include <map>
#include <set>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "compiler/driver/rivalry.h"
#include "compiler/driver/tiers.h"
#include "compiler/plan/evidence.h"
#include "compiler/plan/lower.h"
#include "runtime/input/collect.h"
#include "runtime/scan/scan_files.h"

namespace telltale::driver {

namespace {

using plan::Difference;

// Of less fixed text a near miss is chance.
constexpr uint32_t kEnough = 8;
// Of one signature in one corpus.
constexpr size_t kShown = 3;

struct Matcher {
  explicit Matcher(const vm::Program& of)
      : program(of),
        tier(MakeInterpreted(program)),
        engine(program, tier->matcher(), scan::DetectIsa()),
        scratch(program) {}

  const vm::Program& program;
  std::unique_ptr<TierMatcher> tier;
  scan::Engine engine;
  scan::Scratch scratch;
};

// A signature on a record of a file.
using Match = std::pair<uint32_t, uint64_t>;

std::set<Match> MatchesOf(const vm::Program& program,
                          std::span<const scan::Event> events) {
  std::set<Match> found;
  for (const scan::Event& event : events) {
    if (program.is_signature(event.type)) {
      found.emplace(static_cast<uint32_t>(event.type.index()), event.offset);
    }
  }
  return found;
}

}  // namespace

struct NearMisses::Variant {
  Variant(Difference what, vm::Program of)
      : difference(what), program(std::move(of)), matcher(program) {}

  Difference difference;
  vm::Program program;
  Matcher matcher;
};

NearMisses::NearMisses(const Compilation& compilation) {
  for (const Difference difference :
       {Difference::Case, Difference::Blanks, Difference::Quotes}) {
    DiagSink diags;
    vm::Program program =
        plan::Lower(plan::Relaxed(compilation.module, difference), diags);
    // Relaxed patterns are larger, and may be too large.
    if (!diags.has_errors()) {
      variants_.push_back(
          std::make_unique<Variant>(difference, std::move(program)));
    }
  }
}

NearMisses::~NearMisses() = default;

std::optional<Difference> NearMisses::Of(uint32_t signature,
                                         std::string_view text,
                                         vm::SourceId source) {
  for (const auto& variant : variants_) {
    const scan::FileScan scan = ScanExample(
        variant->matcher.engine, &variant->matcher.scratch, text, source);
    for (const scan::Event& event : scan.events) {
      if (event.type == vm::EventId(signature)) {
        return variant->difference;
      }
    }
  }
  return std::nullopt;
}

class NearMissSearch {
 public:
  explicit NearMissSearch(Compilation* compilation)
      : compilation_(*compilation),
        strict_(compilation->program),
        relaxed_(*compilation) {}

  void InHits() {
    const auto& signatures = compilation_.module.signatures;
    for (uint32_t owner = 0; owner < signatures.size(); ++owner) {
      for (const hir::Example& example : signatures[owner].examples) {
        if (example.hit) {
          InHit(owner, example);
        }
      }
    }
  }

  std::vector<input::Gap> InCorpus(const std::vector<std::string>& corpus) {
    std::vector<input::Gap> unread;
    std::map<std::pair<uint32_t, Difference>, Lines> lines;
    for (const std::string& argument : corpus) {
      input::Inputs inputs = input::CollectInputs(argument);
      unread.insert(unread.end(), inputs.missing.begin(), inputs.missing.end());
      const auto strict = scan::ScanFiles(strict_.engine, inputs.paths, {});
      for (const scan::PathScan& path : strict) {
        unread.insert(unread.end(), path.unread.begin(), path.unread.end());
      }
      for (const auto& variant : relaxed_.variants_) {
        const auto relaxed =
            scan::ScanFiles(variant->matcher.engine, inputs.paths, {});
        for (size_t k = 0; k < relaxed.size(); ++k) {
          for (size_t f = 0; f < relaxed[k].files.size(); ++f) {
            if (f < strict[k].files.size()) {
              InFile(strict[k].files[f], relaxed[k].files[f],
                     variant->difference, &lines);
            }
          }
        }
      }
    }
    for (const auto& [missed, found] : lines) {
      auto report = Report(missed.first, missed.second);
      for (const std::string& line : found.first) {
        report.Note(line);
      }
      if (found.count > found.first.size()) {
        report.Note(
            fmt::format("and {} more", found.count - found.first.size()));
      }
    }
    return unread;
  }

 private:
  struct Lines {
    std::vector<std::string> first;
    size_t count = 0;
  };

  void InHit(uint32_t owner, const hir::Example& example) {
    const hir::Signature& signature = compilation_.module.signatures[owner];
    const auto scan = [&](Matcher* matcher) {
      return ScanExample(matcher->engine, &matcher->scratch, example.text,
                         SourceOf(signature));
    };
    const scan::FileScan strict = scan(&strict_);
    for (const auto& variant : relaxed_.variants_) {
      const scan::FileScan relaxed = scan(&variant->matcher);
      for (const Match& match : Missed(strict.events, relaxed.events)) {
        if (match.first != owner) {  // else it is E601
          Report(match.first, variant->difference)
              .Label(example.span,
                     fmt::format("this `hit` of `{}`", signature.meaning.name));
        }
      }
    }
  }

  void InFile(const scan::FileScan& strict, const scan::FileScan& relaxed,
              Difference difference,
              std::map<std::pair<uint32_t, Difference>, Lines>* lines) {
    const std::set<Match> missed = Missed(strict.events, relaxed.events);
    for (const scan::Event& event : relaxed.events) {
      const auto signature = static_cast<uint32_t>(event.type.index());
      if (!missed.contains({signature, event.offset})) {
        continue;
      }
      Lines& found = (*lines)[{signature, difference}];
      if (found.count++ < kShown) {
        found.first.push_back(fmt::format("{}:{}  {}", relaxed.name, event.line,
                                          event.text.substr(0, kLineBytes)));
      }
    }
  }

  // What only the relaxed signatures match.
  std::set<Match> Missed(std::span<const scan::Event> strict,
                         std::span<const scan::Event> relaxed) const {
    const std::set<Match> found = MatchesOf(compilation_.program, strict);
    std::set<Match> missed;
    for (const Match& match : MatchesOf(compilation_.program, relaxed)) {
      if (!found.contains(match) &&
          plan::EvidenceOf(
              compilation_.module.signatures[match.first].pattern) >= kEnough) {
        missed.insert(match);
      }
    }
    return missed;
  }

  DiagSink::Builder Report(uint32_t signature, Difference difference) {
    const hir::Signature& missed = compilation_.module.signatures[signature];
    DiagSink::Builder report = compilation_.diags.Emit(
        missed.pattern.span, diag::NearMiss, plan::WhatKeeps(difference),
        missed.meaning.name);
    report.Help(difference == Difference::Case
                    ? "take letters of either case: \"...\"i; or write it as "
                      "the log does"
                    : "write it as the log does");
    return report;
  }

  static constexpr size_t kLineBytes = 160;

  Compilation& compilation_;
  Matcher strict_;
  NearMisses relaxed_;
};

std::vector<input::Gap> FindNearMisses(const std::vector<std::string>& corpus,
                                       Compilation* compilation) {
  NearMissSearch search(compilation);
  search.InHits();
  return search.InCorpus(corpus);
}

}  // namespace telltale::driver
