// Objects: what is made is taken, and what is not as it was made is refused.
#include "compiler/aot/object.h"

#include <cstring>
#include <elf.h>
#include <functional>
#include <string>

#include <catch2/catch.hpp>

#include "compiler/automata/thompson.h"
#include "runtime/native/image.h"
#include "tests/support/generate.h"

namespace telltale::aot {
namespace {

vm::Program SomeProgram() {
  vm::Program program;
  for (uint64_t seed = 1; seed <= 6; ++seed) {
    testing::Random random(seed);
    std::vector<automata::CaptureRegisters> captures;
    program.terms.push_back(
        automata::BuildTerm(testing::RandomNode(&random), &captures));
  }
  return program;
}

std::string Made(const vm::Program& program) {
  const auto object = EmitObject(program, {});
  REQUIRE(object.has_value());
  return *object;
}

std::string Answer(const std::string& object, size_t terms) {
  const auto image = native::ReadObject(object, {terms, 0});
  return image.has_value() ? "" : image.error().message;
}

template <typename T>
void Change(std::string* object, size_t at,
            const std::function<void(T*)>& how) {
  T value;
  REQUIRE(at + sizeof(T) <= object->size());
  std::memcpy(&value, object->data() + at, sizeof(T));
  how(&value);
  std::memcpy(object->data() + at, &value, sizeof(T));
}

// Where the header of the first section of this type stands.
size_t SectionAt(const std::string& object, uint32_t type) {
  Elf64_Ehdr header;
  std::memcpy(&header, object.data(), sizeof(header));
  for (size_t k = 0; k < header.e_shnum; ++k) {
    const size_t at = header.e_shoff + k * sizeof(Elf64_Shdr);
    Elf64_Shdr section;
    std::memcpy(&section, object.data() + at, sizeof(section));
    if (section.sh_type == type && section.sh_size != 0) {
      return at;
    }
  }
  FAIL("there is no such section");
  return 0;
}

size_t ContentAt(const std::string& object, uint32_t type) {
  Elf64_Shdr section;
  std::memcpy(&section, object.data() + SectionAt(object, type),
              sizeof(section));
  return section.sh_offset;
}

TEST_CASE("an object is taken, for its program only") {
  const vm::Program program = SomeProgram();
  const std::string object = Made(program);
  CHECK(Answer(object, program.terms.size()).empty());
  CHECK(Answer(object, program.terms.size() + 1) ==
        "native object: it is for another program");
}

TEST_CASE("an object is the same each time") {
  const vm::Program program = SomeProgram();
  CHECK(Made(program) == Made(program));
}

TEST_CASE("objects that are not as they were made are refused") {
  const vm::Program program = SomeProgram();
  const size_t terms = program.terms.size();
  const std::string whole = Made(program);
  const auto refused = [&](const std::string& object, const char* why) {
    CHECK_THAT(Answer(object, terms), Catch::Matchers::Contains(why));
  };
  refused("", "cut off");
  refused(whole.substr(0, 200), "table of sections is damaged");

  std::string object = whole;
  Change<Elf64_Ehdr>(&object, 0, [](auto* h) { h->e_machine = EM_AARCH64; });
  refused(object, "no relocatable object for x86-64");

  object = whole;
  Change<Elf64_Shdr>(&object, SectionAt(whole, SHT_PROGBITS),
                     [](auto* s) { s->sh_flags |= SHF_WRITE; });
  refused(object, "of an unknown kind");

  object = whole;
  Change<Elf64_Shdr>(&object, SectionAt(whole, SHT_PROGBITS),
                     [](auto* s) { s->sh_size = UINT64_MAX; });
  refused(object, "ends outside of it");

  object = whole;
  Change<Elf64_Shdr>(&object, SectionAt(whole, SHT_PROGBITS),
                     [](auto* s) { s->sh_type = SHT_INIT_ARRAY; });
  refused(object, "of an unknown kind");

  const size_t relocation = ContentAt(whole, SHT_RELA);
  object = whole;
  Change<Elf64_Rela>(&object, relocation, [](auto* r) {
    r->r_info = ELF64_R_INFO(ELF64_R_SYM(r->r_info), R_X86_64_64);
  });
  refused(object, "relocation 1 is unknown");

  object = whole;
  Change<Elf64_Rela>(&object, relocation,
                     [](auto* r) { r->r_offset = UINT64_MAX - 2; });
  refused(object, "outside of its section");

  object = whole;
  Change<Elf64_Rela>(&object, relocation,
                     [](auto* r) { r->r_addend = INT64_MAX; });
  refused(object, "leads outside of it");

  const size_t symbol = ContentAt(whole, SHT_SYMTAB) + 2 * sizeof(Elf64_Sym);
  object = whole;
  Change<Elf64_Sym>(&object, symbol, [](auto* s) { s->st_shndx = SHN_UNDEF; });
  refused(object, "from elsewhere");

  object = whole;
  Change<Elf64_Sym>(&object, symbol, [](auto* s) {
    s->st_info = ELF64_ST_INFO(STB_LOCAL, STT_GNU_IFUNC);
  });
  refused(object, "of an unknown kind");
}

}  // namespace
}  // namespace telltale::aot
