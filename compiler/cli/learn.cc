// telltale learn: a first signature from a line of a log.
#include "compiler/driver/learn.h"

#include <cstdio>

#include <fmt/format.h>

#include "compiler/cli/session.h"
#include "compiler/driver/tiers.h"
#include "runtime/input/lines.h"
#include "runtime/input/read.h"
#include "runtime/scan/header.h"
#include "runtime/scan/limits.h"

namespace telltale::cli {

namespace {

// Keeps one line of the first file, and the head by which its source is told.
class LineVisitor : public input::FileVisitor {
 public:
  explicit LineVisitor(uint64_t wanted) : wanted_(wanted) {}

  void BeginFile(const std::string& /*name*/) override { ++files_; }
  bool Chunk(std::string_view bytes) override {
    if (files_ == 1 && head_.size() < scan::kSourceSampleBytes) {
      head_ += bytes.substr(0, scan::kSourceSampleBytes - head_.size());
    }
    while (files_ == 1 && !bytes.empty() && lines_ <= wanted_) {
      const size_t end = bytes.find('\n');
      const size_t take =
          end == std::string_view::npos ? bytes.size() : end + 1;
      if (lines_ == wanted_) {
        text_ += bytes.substr(0, end == std::string_view::npos ? take : end);
        found_ = true;
      }
      lines_ += end == std::string_view::npos ? 0u : 1u;
      bytes.remove_prefix(take);
    }
    return files_ == 1 && lines_ <= wanted_;
  }
  void EndFile() override {}
  void Skip(input::Gap gap) override { unread_.push_back(std::move(gap)); }

  [[nodiscard]] bool found() const { return found_; }
  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] const std::string& head() const { return head_; }
  [[nodiscard]] const std::vector<scan::Gap>& unread() const { return unread_; }

 private:
  uint64_t wanted_;
  uint64_t lines_ = 1;
  size_t files_ = 0;
  bool found_ = false;
  std::string text_;
  std::string head_;
  std::vector<scan::Gap> unread_;
};

// The line without its header, as the source that reads the log has it.
std::optional<std::string> MessageOf(const Options& options,
                                     const LineVisitor& log) {
  driver::CompileOptions compile;
  compile.rules = options.rules;
  compile.settings = options.settings;
  compile.self_test = false;
  const auto compilation = driver::Compile(compile);
  if (!compilation->ok) {
    PrintDiagnostics(options, compilation.get());
    return std::nullopt;
  }
  const auto tier = driver::MakeInterpreted(compilation->program);
  const scan::Engine engine(compilation->program, tier->matcher(),
                            scan::DetectIsa());
  scan::Scratch scratch(compilation->program);
  std::vector<std::string> file_fields;
  const vm::SourceId source = scan::ChooseSource(
      engine, options.inputs.front(), log.head(), {}, &scratch, &file_fields);
  std::string plain;
  const std::string& line =
      input::StripEscapes(log.text(), plain) ? plain : log.text();
  scan::Header header;
  scan::ParseHeader(
      engine,
      source.valid() ? &compilation->program.sources[source.index()] : nullptr,
      line, file_fields, &scratch, &header);
  return std::string(header.message);
}

}  // namespace

int RunLearn(const Options& options) {
  LineVisitor visitor(options.line);
  input::ReadInput(options.inputs.front(), &visitor, nullptr);
  if (!visitor.found()) {
    Print(stderr, report::UnreadText(visitor.unread()));
    if (visitor.unread().empty()) {
      Print(stderr, fmt::format("telltale: `{}` has no line {}\n",
                                options.inputs.front(), options.line));
    }
    return visitor.unread().empty() ? kUsage : kUnread;
  }
  const std::optional<std::string> message = MessageOf(options, visitor);
  if (!message.has_value()) {
    return kBadRules;
  }
  const Result<std::string> rules = driver::Learn(*message);
  if (!rules.has_value()) {
    Print(stderr, fmt::format("telltale: {}\n", rules.error().message));
    return kBadRules;
  }
  Print(stdout, *rules);
  return kNothingFound;
}

}  // namespace telltale::cli
