#include "runtime/pack/pack.h"

#include <catch2/catch.hpp>

namespace telltale::pack {

namespace {

// One signature: a byte `a`.
Pack Small() {
  Pack pack;
  pack.about = {"test", {"slow=10m"}};
  pack.sources = {{"rules/a.tell", "sig a: X \"a\"\n"}};
  pack.tests = {{"a hit \"a\"", true}};
  pack.costs = {{"a", 2, 32, true, 0}};
  pack.native = {{"v3", std::string("\x7f\0ELF", 5)}};
  vm::Term term;
  vm::ByteSet a;
  a.set('a');
  term.sets = {a};
  term.code = {{vm::Inst::Op::Byte, 0, 1, 0}, {vm::Inst::Op::Match, 0, 0, 0}};
  term.first = vm::FirstBytes(term);
  pack.program.terms = {term};
  vm::Predicate predicate;
  predicate.integers = {INT64_MIN, INT64_MAX, -1, 0};
  predicate.floats = {-0.0, 1e300};
  predicate.texts = {"", std::string(300, 'x')};
  predicate.code.emplace_back();
  pack.program.predicates = {predicate};
  vm::Signature signature;
  signature.meaning.name = "a";
  signature.pattern.terms = {vm::TermId(0)};
  signature.pattern.nodes.emplace_back();
  pack.program.signatures = {signature};
  return pack;
}

std::string MessageOf(std::string_view bytes) {
  const auto contents = Contents::Open(bytes);
  if (!contents.has_value()) {
    return contents.error().message;
  }
  const auto pack = contents->ReadAll();
  return pack.has_value() ? "" : pack.error().message;
}

}  // namespace

TEST_CASE("a pack comes back as it was written") {
  const std::string bytes = Write(Small());
  const auto contents = Contents::Open(bytes);
  REQUIRE(contents.has_value());
  const auto pack = contents->ReadAll();
  REQUIRE(pack.has_value());
  CHECK(pack->about.settings == std::vector<std::string>{"slow=10m"});
  CHECK(pack->sources.at(0).name == "rules/a.tell");
  CHECK(pack->program.predicates.at(0).integers ==
        Small().program.predicates.at(0).integers);
  CHECK(pack->native.at(0).object == Small().native.at(0).object);
  CHECK(Write(*pack) == bytes);
}

TEST_CASE("a pack that is cut off anywhere is refused") {
  const std::string bytes = Write(Small());
  for (size_t size = 0; size < bytes.size(); ++size) {
    CHECK(!MessageOf(std::string_view(bytes).substr(0, size)).empty());
  }
  CHECK(!MessageOf(bytes + "x").empty());
}

TEST_CASE("a pack with any bit turned is refused") {
  std::string bytes = Write(Small());
  for (char& byte : bytes) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      byte = static_cast<char>(static_cast<uint8_t>(byte) ^ (1U << bit));
      CHECK(!MessageOf(bytes).empty());
      byte = static_cast<char>(static_cast<uint8_t>(byte) ^ (1U << bit));
    }
  }
  CHECK(MessageOf(bytes).empty());
}

TEST_CASE("a program that points outside is refused") {
  Pack pack = Small();
  pack.program.terms[0].code[0].next = 7;
  CHECK(MessageOf(Write(pack)) ==
        "its program is not safe to run: term 0: an instruction points "
        "outside");
}

TEST_CASE("names of source files stay inside") {
  for (const char* name :
       {"", "/etc/x", "..", "../x", "a/../b", "a//b", "a/", "./a"}) {
    Pack pack = Small();
    pack.sources[0].name = name;
    INFO(name);
    CHECK(MessageOf(Write(pack)) == "a source file's name leads outside");
  }
}

TEST_CASE("another format version says what to do") {
  std::string bytes = Write(Small());
  bytes[8] = 9;
  CHECK(MessageOf(bytes) ==
        "its format is version 9, this program reads 1: build it again");
}

}  // namespace telltale::pack
