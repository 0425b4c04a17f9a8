#include <filesystem>

#include "compiler/driver/pipeline.h"
#include "runtime/input/read.h"

namespace telltale::driver {

namespace {

// All that a path holds, as one log.
class Collected : public input::FileVisitor {
 public:
  void BeginFile(const std::string& /*name*/) override {}
  bool Chunk(std::string_view bytes) override {
    text.append(bytes);
    return true;
  }
  void EndFile() override {}
  void Skip(input::Gap gap) override { unread = gap.reason; }

  std::string text;
  std::string unread;
};

}  // namespace

void LoadTestLogs(Compilation* compilation) {
  for (hir::Test& test : compilation->module.tests) {
    for (hir::TestLine& line : test.lines) {
      if (line.kind != hir::TestLine::Kind::File) {
        continue;
      }
      const std::filesystem::path rules(
          compilation->sources.PlaceOf(line.file_span.begin).file);
      const std::filesystem::path log =
          rules.parent_path() / std::filesystem::path(line.text);
      Collected collected;
      input::ReadInput(log.lexically_normal().string(), &collected, nullptr);
      if (!collected.unread.empty()) {
        compilation->diags.Emit(line.file_span, diag::CannotRead, line.text,
                                collected.unread);
      }
      line.kind = hir::TestLine::Kind::Line;
      line.text = std::move(collected.text);
      if (line.text.ends_with('\n')) {
        line.text.pop_back();
      }
    }
  }
}

}  // namespace telltale::driver
