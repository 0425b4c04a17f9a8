// What a scan keeps of a record, from rules to events.
#include <filesystem>
#include <fstream>
#include <string>

#include <catch2/catch.hpp>

#include "compiler/driver/pipeline.h"
#include "compiler/driver/tiers.h"
#include "runtime/scan/file_scanner.h"

namespace telltale::driver {
namespace {

scan::FileScan Scanned(std::string_view log) {
  const auto rules =
      std::filesystem::temp_directory_path() / "telltale_scan_test.tell";
  std::ofstream(rules) << "sig b \"beta\" hit \"beta\"\n";
  const auto compilation = Compile({{rules.string()}, false, false, {}});
  std::filesystem::remove(rules);
  REQUIRE(compilation->ok);
  const auto tier = MakeInterpreted(compilation->program);
  const scan::Engine engine(compilation->program, tier->matcher(),
                            scan::DetectIsa());
  scan::Scratch scratch(compilation->program);
  scan::FileScanner scanner(engine, &scratch, "a.log", 0, {});
  scanner.Chunk(log);
  return scanner.Finish();
}

TEST_CASE("a short record is quoted whole") {
  const scan::FileScan scan = Scanned("the beta\n");
  REQUIRE(scan.events.size() == 1);
  CHECK(scan.events[0].text == "the beta");
  CHECK(scan.events[0].match == 4);
}

TEST_CASE("of a long record the part around the match is quoted") {
  for (const size_t before : {5'000u, 100'000u, 400'000u}) {
    const std::string log =
        std::string(before, 'x') + " beta " + std::string(9'000, 'y') + "\n";
    const scan::FileScan scan = Scanned(log);
    REQUIRE(scan.events.size() == 1);
    const scan::Event& event = scan.events[0];
    CHECK(event.text.size() <= 4096);
    CHECK(event.text.substr(event.match, 4) == "beta");
    CHECK(event.text.substr(event.match - 2, 2) == "x ");
    CHECK(event.offset == 0);
  }
}

TEST_CASE("a quotation does not begin inside a character") {
  std::string log;
  for (int k = 0; k < 3'000; ++k) {
    log += "\xe2\x82\xac";
  }
  const scan::FileScan scan = Scanned(log + " beta\n");
  REQUIRE(scan.events.size() == 1);
  CHECK(scan.events[0].text.starts_with("\xe2\x82\xac"));
}

}  // namespace
}  // namespace telltale::driver
