// Runs the examples of a pack on the tiers that will run the pack: a hit must
// be found with the values it promises, a miss must not.
#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "compiler/driver/near_misses.h"
#include "compiler/driver/pipeline.h"
#include "compiler/driver/play_tests.h"
#include "compiler/driver/rivalry.h"
#include "compiler/driver/tiers.h"
#include "compiler/plan/lower.h"
#include "runtime/verdict/rivals.h"
#include "runtime/verdict/timeline.h"
#include "runtime/verdict/verdict.h"

namespace telltale::driver {

namespace {

bool InLibrary(const Compilation& compilation, Span span) {
  return compilation.sources.PlaceOf(span.begin).file.starts_with("std/");
}

// One line, and not all of a long one.
std::string Quoted(std::string_view text) {
  constexpr size_t kShown = 60;
  std::string out(text.substr(0, kShown));
  if (const size_t newline = out.find('\n'); newline != std::string::npos) {
    out.resize(newline);
  }
  while (!out.empty() && out.size() < text.size() &&
         (static_cast<unsigned char>(text[out.size()]) & 0xc0u) == 0x80u) {
    out.pop_back();  // not inside a UTF-8 sequence
  }
  return fmt::format("\"{}{}\"", out, out.size() < text.size() ? "..." : "");
}

struct Check {
  uint32_t signature = 0;
  const hir::Example* example = nullptr;
  vm::PredicateId gives;
};

class Tester {
 public:
  Tester(Compilation* compilation, const std::vector<Check>& checks)
      : compilation_(*compilation),
        checks_(checks),
        failed_(checks.size(), false) {}

  void RunAll(const tt_matcher& matcher, std::string_view tier,
              bool library_too) {
    const scan::Engine engine(compilation_.program, matcher, scan::DetectIsa());
    scan::Scratch scratch(compilation_.program);
    for (size_t k = 0; k < checks_.size(); ++k) {
      if (!library_too && InLibrary(compilation_, checks_[k].example->span)) {
        continue;
      }
      if (!failed_[k]) {  // told once, by the first tier
        failed_[k] = !Passes(engine, &scratch, checks_[k], tier);
      }
    }
  }

  [[nodiscard]] bool failed(size_t check) const { return failed_[check]; }

 private:
  bool Passes(const scan::Engine& engine, scan::Scratch* scratch,
              const Check& check, std::string_view tier) {
    const hir::Signature& signature =
        compilation_.module.signatures[check.signature];
    const scan::FileScan scan =
        ScanExample(engine, scratch, check.example->text, SourceOf(signature));
    const scan::Event* found = nullptr;
    std::string others;
    for (const scan::Event& event : scan.events) {
      if (event.type == vm::EventId(check.signature)) {
        found = &event;
      } else {
        others += fmt::format("{}`{}`", others.empty() ? "" : ", ",
                              compilation_.program.event_name(event.type));
      }
    }
    const std::string where = tier.empty() ? "" : fmt::format(" ({})", tier);
    if (!check.example->hit) {
      if (found == nullptr) {
        return true;
      }
      compilation_.diags.Emit(check.example->span, diag::ExampleFailed,
                              fmt::format("this `miss` line matches `{}`{}",
                                          signature.meaning.name, where));
      return false;
    }
    if (found == nullptr) {
      auto report = compilation_.diags.Emit(
          check.example->span, diag::ExampleFailed,
          fmt::format("this `hit` line does not match `{}`{}",
                      signature.meaning.name, where));
      report.Label(signature.pattern.span, "this pattern");
      report.Note(others.empty() ? "no other signature matches it"
                                 : "what matched instead: " + others);
      if (near_misses_ == nullptr) {
        near_misses_ = std::make_unique<NearMisses>(compilation_);
      }
      if (const auto difference = near_misses_->Of(
              check.signature, check.example->text, SourceOf(signature))) {
        report.Note(fmt::format("only {} it from matching",
                                plan::WhatKeeps(*difference)));
      }
      return false;
    }
    if (check.gives.valid() && !engine.Test(check.gives, found->slots)) {
      auto report = compilation_.diags.Emit(
          check.example->gives->span, diag::ExampleFailed,
          fmt::format("the values of this `hit` line are not as `gives` "
                      "says{}",
                      where));
      for (size_t k = 0; k < signature.slots.size(); ++k) {
        report.Note(fmt::format("{} = {}", signature.slots[k].name,
                                found->slots[k].present
                                    ? vm::ToText(found->slots[k])
                                    : "(absent)"));
      }
      return false;
    }
    return WinsItsLine(engine, scan, *found, check);
  }

  // E603: on the record of its own hit line the signature is beaten.
  bool WinsItsLine(const scan::Engine& engine, const scan::FileScan& scan,
                   const scan::Event& found, const Check& check) {
    const vm::Program& program = compilation_.program;
    const auto verdict_of = [&](const scan::Event& event) {
      verdict::Occurrence occurrence;
      occurrence.event = &event;
      return verdict::VerdictOf(engine, {}, occurrence);
    };
    std::vector<vm::EventId> rivals;
    std::vector<vm::Verdict> verdicts;
    bool competes = false;
    for (const scan::Event& event : scan.events) {
      const vm::Verdict verdict = verdict_of(event);
      if (event.offset == found.offset && program.is_signature(event.type) &&
          verdict::Competes(program, event.type, verdict)) {
        rivals.push_back(event.type);
        verdicts.push_back(verdict);
        competes = competes || event.type == found.type;
      }
    }
    if (!competes) {
      return true;
    }
    const size_t best = verdict::WinnerOf(program, rivals);
    if (verdicts[best] == verdict_of(found)) {
      return true;
    }
    const hir::Signature& winner =
        compilation_.module.signatures[rivals[best].index()];
    const std::string& name =
        compilation_.module.signatures[check.signature].meaning.name;
    compilation_.diags
        .Emit(check.example->span, diag::HitOfAnother, winner.meaning.name,
              name)
        .Label(winner.pattern.span, "this pattern wins")
        .Note(WhyItWins(program, rivals[best], found.type))
        .Help(HowToWin(rivals[best], found.type));
    return false;
  }

  std::string HowToWin(vm::EventId winner, vm::EventId loser) const {
    const vm::Program& program = compilation_.program;
    const std::string& name = program.meaning(loser)->name;
    // An `over` against an `over` would be a ring.
    const bool said = verdict::AdvantageOver(program, winner, loser) ==
                      verdict::Advantage::Over;
    return (said ? "take"
                 : fmt::format("say `over {}` in `{}` if that is right here; "
                               "else take",
                               program.meaning(winner)->name, name)) +
           fmt::format(" a line that `{}` wins", name);
  }

  Compilation& compilation_;
  const std::vector<Check>& checks_;
  std::vector<bool> failed_;
  std::unique_ptr<NearMisses> near_misses_;  // made when first needed
};

std::string NameOf(const Compilation& compilation, const Check& check) {
  return fmt::format(
      "{} {} {}", compilation.module.signatures[check.signature].meaning.name,
      check.example->hit ? "hit" : "miss", Quoted(check.example->text));
}

std::string NameOf(const hir::Test& test) {
  return fmt::format("test \"{}\"", test.title);
}

bool Wanted(const SelfTestOptions& options, const std::string& name) {
  return name.find(options.filter) != std::string::npos;
}

std::vector<Check> ChecksOf(const SelfTestOptions& options,
                            Compilation* compilation) {
  std::vector<Check> checks;
  for (uint32_t s = 0; s < compilation->module.signatures.size(); ++s) {
    for (const hir::Example& example :
         compilation->module.signatures[s].examples) {
      Check check{s, &example, {}};
      if (!Wanted(options, NameOf(*compilation, check))) {
        continue;
      }
      if (example.gives.has_value()) {
        check.gives =
            plan::LowerGives(*example.gives, {0}, &compilation->program);
      }
      checks.push_back(check);
    }
  }
  return checks;
}

}  // namespace

std::vector<CaseResult> SelfTest(const SelfTestOptions& options,
                                 Compilation* compilation) {
  const std::vector<Check> checks = ChecksOf(options, compilation);
  const std::vector<hir::Test>& tests = compilation->module.tests;
  Tester tester(compilation, checks);
  TestPlayer player(compilation);
  for (size_t t = 0; t < tests.size(); ++t) {
    if (!Wanted(options, NameOf(tests[t]))) {
      player.Skip(t);
    }
  }
  const auto interpreter = MakeInterpreted(compilation->program);
  tester.RunAll(interpreter->matcher(), "", true);
  player.PlayAll(interpreter->matcher(), "");
  if (options.native) {
    auto compiled = MakeNativeForTests(compilation->program, scan::DetectIsa());
    if (compiled.has_value()) {
      tester.RunAll((*compiled)->matcher(), "in machine code",
                    options.library_too);
      player.PlayAll((*compiled)->matcher(), "in machine code");
    }
  }
  std::vector<CaseResult> results;
  const auto add = [&](CaseResult result) {
    if (!result.passed || options.library_too ||
        !InLibrary(*compilation, result.span)) {
      results.push_back(std::move(result));
    }
  };
  using Kind = CaseResult::Kind;
  for (size_t k = 0; k < checks.size(); ++k) {
    const hir::Example& example = *checks[k].example;
    add({example.hit ? Kind::Hit : Kind::Miss, NameOf(*compilation, checks[k]),
         example.span, !tester.failed(k)});
  }
  for (size_t t = 0; t < tests.size(); ++t) {
    if (Wanted(options, NameOf(tests[t]))) {
      add({Kind::Test, NameOf(tests[t]), tests[t].span, !player.failed(t)});
    }
  }
  std::stable_sort(results.begin(), results.end(),
                   [](const CaseResult& a, const CaseResult& b) {
                     return a.span.begin < b.span.begin;
                   });
  return results;
}

}  // namespace telltale::driver
