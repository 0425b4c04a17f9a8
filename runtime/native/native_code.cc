#include "runtime/native/native_code.h"

#include <cerrno>
#include <cstring>
#include <string>
#include <sys/mman.h>
#include <utility>
#include <vector>

#include "runtime/native/format.h"
#include "runtime/native/image.h"
#include "runtime/vm/dfa_table.h"
#include "runtime/vm/interpret.h"

namespace telltale::native {

namespace {

using FindFn = int32_t (*)(const uint8_t*, uint32_t, uint32_t, uint32_t*);
using TestFn = int32_t (*)(const tt_value*);

// A stretch of memory.
class Slab {
 public:
  explicit Slab(size_t size)
      : size_(size),
        memory_(mmap(nullptr, size, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) {}
  ~Slab() {
    if (ok()) {
      munmap(memory_, size_);
    }
  }
  Slab(const Slab&) = delete;
  Slab& operator=(const Slab&) = delete;

  [[nodiscard]] bool ok() const { return memory_ != MAP_FAILED; }
  [[nodiscard]] uint8_t* bytes() const {
    return static_cast<uint8_t*>(memory_);
  }
  // Only that from now on: code up to `code_size`, data behind it.
  bool Seal(size_t code_size) {
    return mprotect(memory_, code_size, PROT_READ | PROT_EXEC) == 0 &&
           mprotect(bytes() + code_size, size_ - code_size, PROT_READ) == 0;
  }

 private:
  size_t size_;
  void* memory_;
};

vm::DfaTableView ViewOf(const uint8_t* at) {
  const auto* table = reinterpret_cast<const Table*>(at);
  vm::DfaTableView view;
  view.byte_class = table->byte_class;
  view.window_end = table->window_end;
  view.message_end = table->message_end;
  view.start = table->start;
  view.start_inside = table->start_inside;
  view.registers = table->registers;
  view.cells = reinterpret_cast<const uint32_t*>(at + sizeof(Table));
  view.moves =
      reinterpret_cast<const vm::DfaTable::Move*>(view.cells + table->cells);
  view.ops =
      reinterpret_cast<const vm::DfaTable::Op*>(view.moves + table->moves);
  return view;
}

class Loaded : public NativeCode {
 public:
  Loaded(const vm::Program& program, size_t size)
      : program_(program), slab_(size), matcher_(vm::MakeMatcher(program)) {
    matcher_.context = this;
    matcher_.find = Find;
    matcher_.test = Test;
  }

  bool Fill(const Image& image) {
    if (!slab_.ok()) {
      return false;
    }
    std::memcpy(slab_.bytes(), image.bytes.data(), image.bytes.size());
    if (!slab_.Seal(image.code_size)) {
      return false;
    }
    for (const Image::Place& place : image.terms) {
      Term& term = terms_.emplace_back();
      const uint8_t* at = slab_.bytes() + place.offset;
      switch (place.kind) {
        case Image::Place::Kind::Absent:
          continue;
        case Image::Place::Kind::Code:
          term.code = reinterpret_cast<FindFn>(reinterpret_cast<uintptr_t>(at));
          break;
        case Image::Place::Kind::Table:
          term.table = ViewOf(at);
          break;
      }
      ++compiled_;
    }
    for (const Image::Place& place : image.predicates) {
      tests_.push_back(
          place.kind == Image::Place::Kind::Code
              ? reinterpret_cast<TestFn>(
                    reinterpret_cast<uintptr_t>(slab_.bytes()) + place.offset)
              : nullptr);
    }
    return true;
  }

  [[nodiscard]] const tt_matcher& matcher() const override { return matcher_; }
  [[nodiscard]] size_t compiled() const override { return compiled_; }

 private:
  // One of the two, or neither.
  struct Term {
    FindFn code = nullptr;
    vm::DfaTableView table;
  };

  static int32_t Find(const tt_matcher* matcher, void* scratch, uint32_t index,
                      const uint8_t* text, uint32_t size, uint32_t flags,
                      uint32_t* registers) {
    const auto* self = static_cast<const Loaded*>(matcher->context);
    const Term& term = self->terms_[index];
    if (term.code != nullptr) {
      return term.code(text, size, flags, registers);
    }
    if (term.table.cells != nullptr) {
      return vm::Find(term.table, text, size, flags, registers) ? 1 : 0;
    }
    const vm::Term& wanted = self->program_.terms[index];
    return vm::Find(wanted, {reinterpret_cast<const char*>(text), size}, flags,
                    static_cast<vm::VmScratch*>(scratch),
                    {registers, wanted.registers})
               ? 1
               : 0;
  }

  static int32_t Test(const tt_matcher* matcher, uint32_t predicate,
                      const tt_value* slots) {
    const auto* self = static_cast<const Loaded*>(matcher->context);
    if (const TestFn code = self->tests_[predicate]) {
      return code(slots);
    }
    return vm::Evaluate(self->program_.predicates[predicate], slots) ? 1 : 0;
  }

  const vm::Program& program_;
  Slab slab_;
  std::vector<Term> terms_;
  std::vector<TestFn> tests_;
  size_t compiled_ = 0;
  tt_matcher matcher_;
};

}  // namespace

Result<std::unique_ptr<NativeCode>> LoadObject(std::string_view object,
                                               const vm::Program& program) {
#if defined(__x86_64__)
  const auto image =
      ReadObject(object, {program.terms.size(), program.predicates.size()});
  if (!image.has_value()) {
    return Fail(image.error().message);
  }
  auto code = std::make_unique<Loaded>(program, image->bytes.size());
  if (!code->Fill(*image)) {
    return Fail(std::string("native object: no executable memory: ") +
                std::strerror(errno));
  }
  return std::unique_ptr<NativeCode>(std::move(code));
#else
  static_cast<void>(object);
  static_cast<void>(program);
  return Fail("native objects are not supported on this machine");
#endif
}

}  // namespace telltale::native
