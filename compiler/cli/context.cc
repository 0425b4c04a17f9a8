#include "compiler/cli/context.h"

#include <algorithm>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "runtime/input/lines.h"
#include "runtime/input/read.h"

namespace telltale::cli {

namespace {

constexpr uint64_t kAround = 16 * 1024;
constexpr size_t kLines = 2;

// Keeps the bytes around one offset of one file.
class WindowVisitor : public input::FileVisitor {
 public:
  WindowVisitor(std::string name, uint64_t offset)
      : name_(std::move(name)),
        from_(offset > kAround ? offset - kAround : 0),
        to_(offset + kAround) {}

  void BeginFile(const std::string& name) override {
    wanted_ = name == name_;
    at_ = 0;
  }
  bool Chunk(std::string_view bytes) override {
    if (!wanted_) {
      return false;
    }
    const uint64_t end = at_ + bytes.size();
    if (end > from_ && at_ < to_) {
      const uint64_t begin = std::max(at_, from_);
      text_.append(bytes.substr(begin - at_, std::min(end, to_) - begin));
    }
    at_ = end;
    return at_ < to_;
  }
  void EndFile() override { wanted_ = false; }
  void Skip(input::Gap) override {}

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] uint64_t from() const { return from_; }

 private:
  std::string name_;
  uint64_t from_;
  uint64_t to_;
  uint64_t at_ = 0;
  bool wanted_ = false;
  std::string text_;
};

// The file that holds what a scan calls `name`, which may be a member of an
// archive. Empty for what cannot be read twice: standard input, a pipe.
std::string PathOf(const std::string& name) {
  for (size_t at = name.find("//");; at = name.find("//", at + 1)) {
    std::error_code error;
    std::string path = name.substr(0, at);
    if (std::filesystem::is_regular_file(path, error)) {
      return path;
    }
    if (at == std::string::npos) {
      return "";
    }
  }
}

std::string Shown(std::string_view line) {
  if (line.ends_with('\r')) {
    line.remove_suffix(1);
  }
  // Of a progress line, what stood there last.
  line = line.substr(
      line.rfind('\r') == std::string_view::npos ? 0 : line.rfind('\r') + 1);
  std::string plain;
  return input::StripEscapes(line, plain) ? plain : std::string(line);
}

}  // namespace

report::Context ReadContext(const scan::FileScan& file,
                            const scan::Event& event) {
  report::Context context;
  const std::string path = PathOf(file.name);
  if (path.empty()) {
    return context;
  }
  WindowVisitor window(file.name, event.offset);
  input::ReadInput(path, &window, nullptr);
  const std::string_view text = window.text();
  const uint64_t at = event.offset - window.from();
  if (at >= text.size()) {
    return context;
  }
  // Lines before; the first may have been cut, and is left out then.
  std::string_view before = text.substr(0, at);
  before = before.substr(0, before.rfind('\n') == std::string_view::npos
                                ? 0
                                : before.rfind('\n') + 1);
  while (context.before.size() < kLines && !before.empty()) {
    before.remove_suffix(1);
    const size_t newline = before.rfind('\n');
    if (newline == std::string_view::npos && window.from() > 0) {
      break;
    }
    const size_t begin = newline == std::string_view::npos ? 0 : newline + 1;
    context.before.insert(context.before.begin(), Shown(before.substr(begin)));
    before = before.substr(0, begin);
  }
  std::string_view after = text.substr(at);
  const size_t end = after.find('\n');
  after = end == std::string_view::npos ? std::string_view()
                                        : after.substr(end + 1);
  while (context.after.size() < kLines && !after.empty()) {
    const size_t newline = after.find('\n');
    context.after.push_back(Shown(after.substr(0, newline)));
    after = newline == std::string_view::npos ? std::string_view()
                                              : after.substr(newline + 1);
  }
  return context;
}

}  // namespace telltale::cli
