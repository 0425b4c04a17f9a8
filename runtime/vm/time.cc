// Time stamps as logs write them. Hand-written: it runs on every record that a
// scan looks at.
#include <array>
#include <chrono>

#include <fmt/format.h>

#include "runtime/vm/value.h"

namespace telltale::vm {

namespace {

constexpr int64_t kSecond = 1'000'000'000;

// Reads a text from the left; every step says whether it fitted.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}

  [[nodiscard]] size_t at() const { return at_; }
  [[nodiscard]] bool done() const { return at_ == text_.size(); }
  [[nodiscard]] char Peek() const { return done() ? '\0' : text_[at_]; }
  void Reset(size_t at) { at_ = at; }

  bool Take(char c) {
    if (Peek() != c || done()) {
      return false;
    }
    ++at_;
    return true;
  }

  bool TakeAny(std::string_view set) {
    if (done() || set.find(Peek()) == std::string_view::npos) {
      return false;
    }
    ++at_;
    return true;
  }

  void Blanks() {
    while (Peek() == ' ' || Peek() == '\t') {
      ++at_;
    }
  }

  // Exactly `digits` digits.
  bool Number(int digits, int64_t* value) {
    const size_t begin = at_;
    int64_t n = 0;
    for (int k = 0; k < digits; ++k) {
      const char c = Peek();
      if (c < '0' || c > '9') {
        at_ = begin;
        return false;
      }
      n = n * 10 + (c - '0');
      ++at_;
    }
    *value = n;
    return true;
  }

  size_t DigitsAhead() const {
    size_t n = 0;
    while (at_ + n < text_.size() && text_[at_ + n] >= '0' &&
           text_[at_ + n] <= '9') {
      ++n;
    }
    return n;
  }

  bool Month(int64_t* month) {
    static constexpr std::array<std::string_view, 12> kMonths = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun",
        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    for (size_t k = 0; k < kMonths.size(); ++k) {
      if (text_.substr(at_).starts_with(kMonths[k])) {
        at_ += 3;
        *month = static_cast<int64_t>(k) + 1;
        return true;
      }
    }
    return false;
  }

  bool Word() {
    size_t n = 0;
    while (at_ + n < text_.size() &&
           ((text_[at_ + n] >= 'a' && text_[at_ + n] <= 'z') ||
            (text_[at_ + n] >= 'A' && text_[at_ + n] <= 'Z'))) {
      ++n;
    }
    at_ += n;
    return n > 0;
  }

 private:
  std::string_view text_;
  size_t at_ = 0;
};

struct Parts {
  int64_t year = 1970, month = 1, day = 1;
  int64_t hour = 0, minute = 0, second = 0, nanosecond = 0;
  int64_t offset_minutes = 0;
  TimeStamp stamp;
};

std::optional<TimeStamp> Finish(Parts* parts) {
  const std::chrono::year_month_day date(
      std::chrono::year(static_cast<int>(parts->year)),
      std::chrono::month(static_cast<unsigned>(parts->month)),
      std::chrono::day(static_cast<unsigned>(parts->day)));
  // A log that counts on a calendar of its own is no stamp.
  if (!date.ok() || parts->hour > 24 || parts->minute > 59 ||
      parts->second > 60) {
    return std::nullopt;
  }
  const int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  const int64_t seconds = days * 86'400 + parts->hour * 3'600 +
                          (parts->minute - parts->offset_minutes) * 60 +
                          parts->second;
  // What nanoseconds in 64 bits cannot hold.
  if (parts->year < 1700 || parts->year > 2200) {
    return std::nullopt;
  }
  parts->stamp.nanoseconds = seconds * kSecond + parts->nanosecond;
  return parts->stamp;
}

void Fraction(Cursor* cursor, Parts* parts) {
  const size_t begin = cursor->at();
  if (!cursor->TakeAny(".,")) {
    return;
  }
  int64_t digit = 0;
  int64_t scale = kSecond;
  bool any = false;
  while (cursor->Number(1, &digit)) {
    any = true;
    scale /= 10;
    parts->nanosecond += digit * scale;
  }
  if (!any) {
    cursor->Reset(begin);
  }
}

bool Clock(Cursor* cursor, Parts* parts) {
  if (!cursor->Number(2, &parts->hour) || !cursor->Take(':') ||
      !cursor->Number(2, &parts->minute) || !cursor->Take(':') ||
      !cursor->Number(2, &parts->second)) {
    return false;
  }
  Fraction(cursor, parts);
  return true;
}

// Z, +02:00, -0700, maybe after a blank.
void Zone(Cursor* cursor, Parts* parts) {
  parts->stamp.has_zone = false;
  if (cursor->Take('Z')) {
    parts->stamp.has_zone = true;
    return;
  }
  const size_t begin = cursor->at();
  cursor->Take(' ');
  const bool minus = cursor->Peek() == '-';
  int64_t hours = 0;
  int64_t minutes = 0;
  if (cursor->TakeAny("+-") && cursor->Number(2, &hours)) {
    cursor->Take(':');
    if (cursor->Number(2, &minutes)) {
      const int64_t total = hours * 60 + minutes;
      parts->offset_minutes = minus ? -total : total;
      parts->stamp.has_zone = true;
      return;
    }
  }
  cursor->Reset(begin);
}

// 2026-07-30T03:36:29.123+02:00
bool Iso(Cursor* cursor, Parts* parts) {
  if (!cursor->Number(4, &parts->year) || !cursor->TakeAny("-/") ||
      !cursor->Number(2, &parts->month) || !cursor->TakeAny("-/") ||
      !cursor->Number(2, &parts->day) || !cursor->TakeAny("T _-") ||
      !Clock(cursor, parts)) {
    return false;
  }
  Zone(cursor, parts);
  return true;
}

bool ShortDay(Cursor* cursor, Parts* parts) {
  cursor->Blanks();
  return cursor->Number(2, &parts->day) || cursor->Number(1, &parts->day);
}

// Jul 30 03:36:29, Thu Jul 30 03:36:29 2026, Jul 30 2026 03:36:29
bool Named(Cursor* cursor, Parts* parts) {
  const size_t begin = cursor->at();
  if (!cursor->Month(&parts->month)) {
    cursor->Reset(begin);
    if (!cursor->Word() || !cursor->Take(' ') ||
        !cursor->Month(&parts->month)) {
      return false;
    }
  }
  if (!ShortDay(cursor, parts) || !cursor->Take(' ')) {
    return false;
  }
  parts->stamp.has_zone = false;
  parts->stamp.has_year = cursor->DigitsAhead() == 4 &&
                          cursor->Number(4, &parts->year) && cursor->Take(' ');
  if (!Clock(cursor, parts)) {
    return false;
  }
  const size_t end = cursor->at();
  if (!parts->stamp.has_year && cursor->Take(' ') &&
      cursor->DigitsAhead() == 4 && cursor->Number(4, &parts->year)) {
    parts->stamp.has_year = true;
  } else if (!parts->stamp.has_year) {
    cursor->Reset(end);
  }
  return true;
}

// 0730 03:36:29.123456 (glog), 07-30 03:36:29 (vLLM)
bool MonthDay(Cursor* cursor, Parts* parts) {
  if (!cursor->Number(2, &parts->month)) {
    return false;
  }
  cursor->Take('-');
  if (!cursor->Number(2, &parts->day) || !cursor->Take(' ') ||
      !Clock(cursor, parts)) {
    return false;
  }
  parts->stamp.has_year = false;
  parts->stamp.has_zone = false;
  return true;
}

// 07/30/2026-03:36:29, 30/Jul/2026:03:36:29 +0000
bool Slashed(Cursor* cursor, Parts* parts) {
  int64_t first = 0;
  if (!cursor->Number(2, &first) || !cursor->Take('/')) {
    return false;
  }
  parts->stamp.has_zone = false;
  if (cursor->Number(2, &parts->day)) {
    parts->month = first;
    return cursor->Take('/') && cursor->Number(4, &parts->year) &&
           cursor->TakeAny("- ") && Clock(cursor, parts);
  }
  parts->day = first;
  if (!cursor->Month(&parts->month) || !cursor->Take('/') ||
      !cursor->Number(4, &parts->year) || !cursor->Take(':') ||
      !Clock(cursor, parts)) {
    return false;
  }
  Zone(cursor, parts);
  return true;
}

// Seconds or milliseconds since the epoch, or since boot.
std::optional<TimeStamp> Counted(std::string_view text) {
  Cursor cursor(text);
  cursor.Blanks();
  const size_t digits = cursor.DigitsAhead();
  if (digits == 0 || digits > 13) {
    return std::nullopt;
  }
  Parts parts;
  int64_t whole = 0;
  cursor.Number(static_cast<int>(digits), &whole);
  Fraction(&cursor, &parts);
  if (!cursor.done()) {
    return std::nullopt;
  }
  TimeStamp stamp;
  if (digits == 13) {
    stamp.nanoseconds = whole * 1'000'000;
  } else if (digits == 10) {
    stamp.nanoseconds = whole * kSecond + parts.nanosecond;
  } else if (parts.nanosecond != 0 ||
             text.find('.') != std::string_view::npos) {
    stamp.nanoseconds = whole * kSecond + parts.nanosecond;
    stamp.since_boot = true;
    stamp.has_zone = false;
  } else {
    return std::nullopt;
  }
  return stamp;
}

}  // namespace

std::optional<TimeStamp> ParseTime(std::string_view text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) {
    text.remove_suffix(1);
  }
  using Shape = bool (*)(Cursor*, Parts*);
  for (const Shape shape : {Iso, Named, MonthDay, Slashed}) {
    Cursor cursor(text);
    cursor.Blanks();
    Parts parts;
    if (shape(&cursor, &parts) && cursor.done()) {
      return Finish(&parts);
    }
  }
  Cursor cursor(text);
  Parts parts;
  if (Clock(&cursor, &parts) && cursor.done()) {
    parts.stamp.has_date = false;
    parts.stamp.has_year = false;
    parts.stamp.has_zone = false;
    return Finish(&parts);
  }
  return Counted(text);
}

std::string FormatTime(int64_t nanoseconds) {
  int64_t seconds = nanoseconds / kSecond;
  int64_t rest = nanoseconds % kSecond;
  if (rest < 0) {
    rest += kSecond;
    --seconds;
  }
  int64_t days = seconds / 86'400;
  int64_t within = seconds % 86'400;
  if (within < 0) {
    within += 86'400;
    --days;
  }
  const std::chrono::year_month_day date{
      std::chrono::sys_days(std::chrono::days(days))};
  std::string out = fmt::format(
      "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
      within / 3'600, within / 60 % 60, within % 60);
  if (rest != 0) {
    std::string fraction = fmt::format("{:09}", rest);
    fraction.resize(fraction.find_last_not_of('0') + 1);
    out += "." + fraction;
  }
  return out + "Z";
}

}  // namespace telltale::vm
