// Engine: a program made ready to scan: the matcher of some tier, the
// prefilter, and who waits for which phrase. Immutable and shared by all
// threads; what a thread needs for itself is its Scratch.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "runtime/abi/matcher.h"
#include "runtime/scan/isa.h"
#include "runtime/scan/prefilter.h"
#include "runtime/vm/interpret.h"
#include "runtime/vm/program.h"

namespace telltale::scan {

// What a phrase may announce: a signature, a new attempt, a block.
struct Consumer {
  enum class Kind : uint8_t { Signature, Run, Block };
  Kind kind = Kind::Signature;
  uint32_t index = 0;    // signature or block; for Run: the source
  uint32_t pattern = 0;  // Run: which of the source's patterns
};

// One match of a term.
struct Match {
  std::vector<uint32_t> registers;
  [[nodiscard]] uint32_t begin() const { return registers[0]; }
  [[nodiscard]] uint32_t end() const { return registers[1]; }
};

struct Scratch {
  explicit Scratch(const vm::Program& program) : vm(program) {}
  vm::VmScratch vm;
  std::vector<Prefilter::Hit> hits;
  std::vector<Prefilter::Hit> line_hits;
};

class Engine {
 public:
  // `matcher` was made for `program`; both outlive the engine.
  Engine(const vm::Program& program, const tt_matcher& matcher, Isa isa);

  [[nodiscard]] const vm::Program& program() const { return program_; }
  [[nodiscard]] const Prefilter& prefilter() const { return prefilter_; }
  [[nodiscard]] Isa isa() const { return isa_; }
  [[nodiscard]] const std::vector<Consumer>& consumers() const {
    return consumers_;
  }
  // Consumers that wait for a phrase.
  [[nodiscard]] const std::vector<uint32_t>& waiting(uint32_t phrase) const {
    return waiting_[phrase];
  }
  // Consumers without a usable literal: they see every record.
  [[nodiscard]] const std::vector<uint32_t>& always() const { return always_; }
  // The key fields of all sources, and the place of a field among them.
  [[nodiscard]] const std::vector<vm::FieldId>& key_fields() const {
    return key_fields_;
  }
  // The key fields of which some rule asks for every value (`from all`): a
  // file that has one must tell its values, also of records without events.
  [[nodiscard]] const std::vector<vm::FieldId>& census() const {
    return census_;
  }
  // Does a rule ask how much time there was between records?
  [[nodiscard]] bool wants_gap() const { return wants_gap_; }
  // Signatures that look into a block.
  [[nodiscard]] const std::vector<uint32_t>& in_block(vm::BlockId block) const {
    return in_block_[block.index()];
  }

  bool Find(vm::TermId term, std::string_view text, uint32_t flags,
            Scratch* scratch, Match* match) const;
  bool Test(vm::PredicateId predicate, std::span<const vm::Value> slots) const;

 private:
  void Wait(const vm::Gate& gate, Consumer consumer);

  const vm::Program& program_;
  const tt_matcher& matcher_;
  Isa isa_;
  Prefilter prefilter_;
  std::vector<Consumer> consumers_;
  std::vector<std::vector<uint32_t>> waiting_;
  std::vector<uint32_t> always_;
  std::vector<vm::FieldId> key_fields_;
  std::vector<vm::FieldId> census_;
  bool wants_gap_ = false;
  std::vector<std::vector<uint32_t>> in_block_;
};

}  // namespace telltale::scan
