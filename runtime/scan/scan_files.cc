#include "runtime/scan/scan_files.h"

#include <algorithm>
#include <optional>
#include <thread>

#include "runtime/input/read.h"
#include "runtime/scan/file_scanner.h"
#include "runtime/scan/search_ahead.h"

namespace telltale::scan {

namespace {

class ScanVisitor : public input::FileVisitor {
 public:
  ScanVisitor(const Engine& engine, const ScanOptions& options,
              SearchPool* pool, Scratch* scratch, PathScan* out)
      : engine_(engine),
        options_(options),
        pool_(*pool),
        scratch_(*scratch),
        out_(*out) {}

  void BeginFile(const std::string& name) override {
    scanner_.emplace(engine_, &scratch_, name, 0, options_.source);
    feeder_.emplace(&pool_, &*scanner_, options_.stretch);
  }
  bool Chunk(std::string_view bytes) override {
    feeder_->Chunk(bytes);
    return true;
  }
  void EndFile() override {
    feeder_->Flush();
    out_.files.push_back(scanner_->Finish());
    feeder_.reset();
    scanner_.reset();
  }
  void Skip(input::Gap gap) override { out_.unread.push_back(std::move(gap)); }

 private:
  const Engine& engine_;
  const ScanOptions& options_;
  SearchPool& pool_;
  Scratch& scratch_;
  PathScan& out_;
  std::optional<FileScanner> scanner_;
  std::optional<AheadFeeder> feeder_;
};

}  // namespace

std::vector<PathScan> ScanFiles(const Engine& engine,
                                std::span<const input::InputPath> paths,
                                const ScanOptions& options) {
  std::vector<PathScan> results(paths.size());
  const size_t jobs = std::max(1u, options.jobs);
  const size_t readers = std::min(jobs, paths.size());
  SearchPool pool(engine, static_cast<unsigned>(jobs - readers));
  std::atomic<size_t> next = 0;
  std::atomic<size_t> reading = readers;
  const auto read = [&] {
    Scratch scratch(engine.program());
    for (size_t k = next++; k < paths.size(); k = next++) {
      ScanVisitor visitor(engine, options, &pool, &scratch, &results[k]);
      input::ReadInput(paths[k].path, &visitor, options.progress);
    }
    if (--reading == 0) {
      pool.Close();
      return;
    }
    // The last files may be large ones.
    pool.AddHelper();
    pool.Help();
  };
  std::vector<std::jthread> threads;
  for (size_t k = 1; k < jobs && readers > 0; ++k) {
    threads.emplace_back([&, k] {
      if (k < readers) {
        read();
      } else {
        pool.Help();
      }
    });
  }
  if (readers > 0) {
    read();
  }
  threads.clear();  // joins
  return results;
}

}  // namespace telltale::scan
