// Every limit of a scan, with its reason. Where something may be missed because
// of one, the event is flagged or counted; what is only quoted is cut silently.
#pragma once

#include <cstddef>
#include <cstdint>

namespace telltale::scan {

// A longer record is matched in windows of this size that overlap by half, so
// that memory stays bounded on a log without line ends.
inline constexpr size_t kWindow = 64 * 1024;
inline constexpr size_t kWindowStep = kWindow / 2;

// What an event keeps of its record; reports print no more.
inline constexpr size_t kEventText = 4096;

// A text value is a quotation, not the log.
inline constexpr size_t kValueText = 4096;

// Prefixes cut from one record: real logs stack four.
inline constexpr int kMaxPrefixes = 16;

// The head of a file that decides which source reads it.
inline constexpr size_t kSourceSampleRecords = 200;
inline constexpr size_t kSourceSampleBytes = 256 * 1024;

// Open blocks of one file (interleaved writers); the oldest goes first.
inline constexpr size_t kMaxOpenBlocks = 4096;

// Lines between two blocks of a chain: what ties them stands next to both, and
// until then every record must be looked at.
inline constexpr uint64_t kMaxTieLines = 100;

// Bytes that one block keeps for its signatures.
inline constexpr size_t kMaxBlockBytes = 4 * 1024 * 1024;

// Events kept per file; a rule file that matches every line must not eat the
// machine.
inline constexpr size_t kMaxEvents = 4'000'000;

// What a thread that helps with a large file searches at once: handing it over
// costs microseconds, searching it a hundred times that. And how many such
// stretches are in flight a file: enough that no thread waits for another.
inline constexpr size_t kStretchBytes = 1024 * 1024;
inline constexpr size_t kSearchedAhead = 16;

}  // namespace telltale::scan
