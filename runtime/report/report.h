// Reports: what a scan found, as text for people and as JSON for programs. All
// functions return text; a main prints it.
#pragma once

#include <string>
#include <vector>

#include "runtime/scan/engine.h"
#include "runtime/scan/event.h"
#include "runtime/verdict/verdict.h"

namespace telltale::report {

// Everything known about one stream.
struct Stream {
  std::vector<scan::FileScan> files;
  std::vector<scan::Gap> unread;
  verdict::Verdict verdict;
};

// Lines around a culprit: two before, itself, two after, where they could be
// read again.
struct Context {
  std::vector<std::string> before;
  std::vector<std::string> after;
};

// Which attempts a report is about.
struct RunChoice {
  enum class Kind { Headline, First, All, Number };
  Kind kind = Kind::Headline;
  size_t number = 0;  // 1-based
};

// The attempts of a verdict that `choice` selects; none if there is no such.
std::vector<const verdict::RunVerdict*> Chosen(const verdict::Verdict& verdict,
                                               const RunChoice& choice);

struct TextOptions {
  bool color = false;
};

// `why`, for people: the culprit line first.
std::string WhyText(const scan::Engine& engine, const Stream& stream,
                    const verdict::RunVerdict& run, const Context& context,
                    const TextOptions& options);

// `why --format json`: one array, one element per stream and chosen attempt.
std::string WhyJson(const scan::Engine& engine,
                    const std::vector<Stream>& streams,
                    const RunChoice& choice);

// `scan`: one line per event. `at`: one of the timeline's.
std::string EventText(const scan::Engine& engine, const scan::FileScan& file,
                      const verdict::Timeline& timeline,
                      const verdict::Occurrence& at,
                      const TextOptions& options);
std::string EventJson(const scan::Engine& engine, const scan::FileScan& file,
                      const verdict::Timeline& timeline,
                      const verdict::Occurrence& at);

// What was not read, for people; empty if all was.
std::string UnreadText(const std::vector<scan::Gap>& unread);

// Control bytes made visible, so that a log cannot drive the terminal.
std::string Printable(std::string_view text);

}  // namespace telltale::report
