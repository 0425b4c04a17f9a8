// PEGTL's own analysis of the grammar.
#include <catch2/catch.hpp>
#include <tao/pegtl/contrib/analyze.hpp>

#include "grammar/language.h"

namespace telltale::grammar {
namespace {

TEST_CASE("no rule of the grammar can loop without reading") {
  CHECK(analyze<file_>() == 0);
}

}  // namespace
}  // namespace telltale::grammar
