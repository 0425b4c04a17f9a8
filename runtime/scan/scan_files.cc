#include "runtime/scan/scan_files.h"

#include <algorithm>
#include <optional>
#include <thread>

#include "runtime/input/read.h"
#include "runtime/scan/file_scanner.h"

namespace telltale::scan {

namespace {

class ScanVisitor : public input::FileVisitor {
 public:
  ScanVisitor(const Engine& engine, Scratch* scratch, vm::SourceId source,
              PathScan* out)
      : engine_(engine), scratch_(*scratch), source_(source), out_(*out) {}

  void BeginFile(const std::string& name) override {
    scanner_.emplace(engine_, &scratch_, name, 0, source_);
  }
  bool Chunk(std::string_view bytes) override {
    scanner_->Chunk(bytes);
    return true;
  }
  void EndFile() override {
    out_.files.push_back(scanner_->Finish());
    scanner_.reset();
  }
  void Skip(input::Gap gap) override { out_.unread.push_back(std::move(gap)); }

 private:
  const Engine& engine_;
  Scratch& scratch_;
  vm::SourceId source_;
  PathScan& out_;
  std::optional<FileScanner> scanner_;
};

}  // namespace

std::vector<PathScan> ScanFiles(const Engine& engine,
                                std::span<const input::InputPath> paths,
                                const ScanOptions& options) {
  std::vector<PathScan> results(paths.size());
  std::atomic<size_t> next = 0;
  const auto work = [&] {
    Scratch scratch(engine.program());
    while (true) {
      const size_t k = next.fetch_add(1);
      if (k >= paths.size()) {
        return;
      }
      ScanVisitor visitor(engine, &scratch, options.source, &results[k]);
      input::ReadInput(paths[k].path, &visitor, options.progress);
    }
  };
  const size_t threads =
      std::min<size_t>(std::max(1u, options.jobs), paths.size());
  std::vector<std::jthread> pool;
  for (size_t k = 1; k < threads; ++k) {
    pool.emplace_back(work);
  }
  work();
  pool.clear();  // joins
  return results;
}

}  // namespace telltale::scan
