// Relate: what the languages of two terms have to do with each other, each
// answer with a shortest text that shows it. The compiler's proofs stand on it.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/vm/program.h"

namespace telltale::automata {

// Where looks depend on: what stands before a position and after it.
enum class Before : uint8_t { Begin, Word, Other };
enum class After : uint8_t { End, Digit, Word, Other };

// The texts of a term, made ready to be compared. Captures play no part.
class Language {
 public:
  enum class Mode : uint8_t {
    Search,  // texts in which the term is found, as in a message
    Whole,   // texts that the term matches from one end to the other
  };

  // `term` outlives the language.
  Language(const vm::Term& term, Mode mode);

  // A place in the term: the instruction to go on at, or one of these two.
  using Place = uint32_t;
  static constexpr Place kSearching = UINT32_MAX - 1;
  static constexpr Place kFound = UINT32_MAX;

  [[nodiscard]] Place start() const {
    return mode_ == Mode::Search ? kSearching : 0;
  }
  // Bytes of one class are alike to the term.
  [[nodiscard]] uint16_t class_of(unsigned char byte) const {
    return class_of_[byte];
  }
  // Adds where the term can be after `byte`.
  void Step(Place place, Before before, unsigned char byte,
            std::vector<Place>* next);
  // May the text end here?
  bool EndsAt(Place place, Before before);

 private:
  struct Closure {
    std::vector<uint32_t> bytes;  // instructions that wait for a byte
    bool matches = false;
  };
  const Closure& ClosureOf(uint32_t inst, Before before, After after);
  [[nodiscard]] bool Holds(vm::Look look, Before before, After after) const;

  const vm::Term& term_;
  Mode mode_;
  bool looks_ = false;
  std::array<uint16_t, 256> class_of_{};
  std::map<std::pair<uint32_t, uint32_t>, Closure> closures_;
};

enum class Answer : uint8_t { Yes, No, Undecided };

struct Relation {
  Answer answer = Answer::Undecided;
  std::string witness;
};

// Pairs of places that are looked at before the answer is `Undecided`.
inline constexpr size_t kMaxPairs = 50'000;

// Is every text of `a` one of `b`? No: `witness` is a shortest text of `a` that
// is none of `b`.
Relation Contains(Language* b, Language* a, size_t max_pairs = kMaxPairs);

// Is there a text in both? Yes: `witness` is a shortest one.
Relation Meet(Language* a, Language* b, size_t max_pairs = kMaxPairs);

// A shortest text, of these one that is easy to read; nothing if there is none.
std::optional<std::string> ShortestText(Language* language);

}  // namespace telltale::automata
