#include "compiler/driver/rivalry.h"

#include <fmt/format.h>

#include "runtime/scan/file_scanner.h"
#include "runtime/verdict/rivals.h"

namespace telltale::driver {

scan::FileScan ScanExample(const scan::Engine& engine, scan::Scratch* scratch,
                           std::string_view text, vm::SourceId source) {
  scan::FileScanner scanner(engine, scratch, "example", 0, source);
  scanner.Chunk(text);
  scanner.Chunk("\n");
  return scanner.Finish();
}

vm::SourceId SourceOf(const hir::Signature& signature) {
  return signature.in_sources.empty() ? signature.first_source
                                      : signature.in_sources.front();
}

std::string WhyItWins(const vm::Program& program, vm::EventId winner,
                      vm::EventId loser) {
  const vm::Meaning& a = *program.meaning(winner);
  const vm::Meaning& b = *program.meaning(loser);
  switch (verdict::AdvantageOver(program, winner, loser)) {
    case verdict::Advantage::None:
      return fmt::format("`{}` wins against a third one that wins", a.name);
    case verdict::Advantage::Over:
      return fmt::format("`{}` says `over {}`", a.name, b.name);
    case verdict::Advantage::Role:
      return fmt::format("`{}` is a `cascade`", b.name);
    case verdict::Advantage::Evidence:
      return a.evidence / 2 == b.evidence / 2
                 ? fmt::format(
                       "both rest on {} bytes of fixed text, and `{}` has a "
                       "`where`",
                       a.evidence / 2, a.name)
                 : fmt::format(
                       "`{}` rests on {} bytes of fixed text, `{}` on {}",
                       a.name, a.evidence / 2, b.name, b.evidence / 2);
    case verdict::Advantage::Name:
      return fmt::format(
          "both rest on {} bytes of fixed text, and `{}` comes first by name",
          a.evidence / 2, a.name);
  }
  return "";
}

}  // namespace telltale::driver
