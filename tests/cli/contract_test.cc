// The command line: exit codes, messages, and the JSON that programs rely on.
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <unistd.h>

#include <archive.h>
#include <archive_entry.h>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/cli/run.h"

namespace telltale::testing {
namespace {

using Json = nlohmann::json;

bool Has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

const std::string kOom =
    "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB. "
    "GPU 0 has a total capacity of 79.15 GiB of which 1.23 GiB is free.\n";

TEST_CASE("a root is exit code 1, none is 0") {
  const Folder folder;
  CHECK(Telltale("why " + folder.Write("a.log", kOom)).exit_code == 1);
  const Ran healthy = Telltale("why " + folder.Write("b.log", "all is well\n"));
  CHECK(healthy.exit_code == 0);
  CHECK(Has(healthy.out, "no failure found"));
}

TEST_CASE("what is missing is named, and is exit code 4") {
  const Folder folder;
  const Ran none = Telltale("why " + folder.path() + "/none.log");
  CHECK(none.exit_code == 4);
  CHECK(Has(none.err, "none.log"));
  const std::string log = folder.Write("a.log", kOom);
  // What was found is still said.
  const Ran both = Telltale("why " + log + " " + folder.path() + "/none.log");
  CHECK(both.exit_code == 4);
  CHECK(Has(both.out, "CUDA out of memory"));
  const Folder empty;
  const Ran folder_without = Telltale("why " + empty.path());
  CHECK(folder_without.exit_code == 4);
  CHECK(Has(folder_without.err, empty.path()));
  if (geteuid() != 0) {
    REQUIRE(std::system(("chmod 000 " + log).c_str()) == 0);
    CHECK(Telltale("why " + log).exit_code == 4);
  }
}

TEST_CASE("wrong usage is exit code 2") {
  for (const char* arguments : {"", "why", "wy a.log", "why --nonsense a.log",
                                "why --tier warp a.log", "explain"}) {
    CAPTURE(arguments);
    const Ran ran = Telltale(arguments);
    CHECK(ran.exit_code == 2);
    CHECK_FALSE(ran.err.empty());
  }
}

TEST_CASE("--set gives params values") {
  const Folder folder;
  const std::string rules =
      folder.Write("a.tell",
                   "param slow: duration = 5m\n"
                   "sig a \"took {t:duration}\" where t > slow "
                   "hit \"took 6m\"\n");
  const std::string log = folder.Write("a.log", "took 6m\ntook 2m\n");
  const std::string scan = "scan --rules " + rules + " " + log;
  CHECK(Telltale(scan).out == log + ":1: a: took 6m\n");
  CHECK(Telltale(scan + " --set slow=1m").out ==
        log + ":1: a: took 6m\n" + log + ":2: a: took 2m\n");
  CHECK(Telltale(scan + " --set slow=7m").exit_code == 0);
  for (const char* bad :
       {"slow", "slow=1", "slo=1m", "slow=1m --set slow=2m"}) {
    CHECK(Telltale(scan + " --set " + bad).exit_code == 3);
  }
  // The example is about the value in the file.
  CHECK(Telltale("check --set slow=7m " + rules).exit_code == 3);
}

TEST_CASE("diff tells what other rules make of the same logs") {
  const Folder folder;
  const std::string old_rules =
      folder.Write("old.tell",
                   "taxonomy t { symptom { A B } }\n"
                   "sig oom: A \"out of memory\" hit \"out of memory\"\n"
                   "sig gone \"gone {n:int}\" hit \"gone 1\"\n");
  const std::string new_rules =
      folder.Write("new.tell",
                   "taxonomy t { symptom { A B } }\n"
                   "sig oom: B \"out of memory\" hit \"out of memory\"\n"
                   "sig killed: A \"Killed\" hit \"Killed\"\n");
  const std::string log =
      folder.Write("a.log", "Killed\ngone 7\nCUDA out of memory\n");
  const Ran same = Telltale("diff " + old_rules + " " + old_rules + " " + log);
  CHECK(same.exit_code == 0);
  CHECK(same.out ==
        "0 records gained, 0 lost, 0 told otherwise; 0 of 1 roots changed\n");
  const Ran ran = Telltale("diff " + old_rules + " " + new_rules + " " + log);
  CHECK(ran.exit_code == 1);
  CHECK(ran.out ==
        "- " + log + ":2: gone: gone 7\n+ " + log +
            ":1: killed [A]: Killed\n~ " + log +
            ":3: oom [A] -> oom [B]: CUDA out of memory\nroot of " + log +
            ": oom (line 3) -> killed (line 1)\n"
            "1 records gained, 1 lost, 1 told otherwise; 1 of 1 roots "
            "changed\n");
  CHECK(Telltale("diff " + old_rules + " " + log).exit_code == 2);
  CHECK(Telltale("diff " + old_rules + " " + new_rules + " -").exit_code == 2);
  CHECK(Telltale("diff nowhere.tell " + new_rules + " " + log).exit_code == 3);
  CHECK(Telltale("diff " + old_rules + " " + new_rules + " nowhere.log")
            .exit_code == 4);
}

TEST_CASE("learn makes a signature of a line, which compiles") {
  const Folder folder;
  const std::string log = folder.Write(
      "a.log",
      "[rank3]: connect to 10.1.2.3:29500 failed after 600s (attempt 3/10)\n"
      "12345\n\n"
      "a\\b \"x\" {y} \xff 0x1f, 98% of 2.00 GiB in /opt/a/b.py\n"
      "  1% [a]\r 99% [01:41<00:00,  3.49s/it] done\r\n");
  const Ran ran = Telltale("learn --line 1 " + log);
  CHECK(ran.exit_code == 0);
  CHECK(Has(ran.out,
            "sig connect_to_failed \"connect to {addr:ip}:{n:int} failed after "
            "{after:duration} (attempt {attempt:int}/{n2:int})\"\n"));
  for (const char* line : {"1", "4", "5"}) {
    const Ran made = Telltale(std::string("learn --line ") + line + " " + log);
    CAPTURE(made.out, made.err);
    CHECK(made.exit_code == 0);
    const std::string rules = folder.Write("a.tell", made.out);
    CHECK(Telltale("check " + rules).exit_code == 0);
    CHECK(Telltale("scan --rules " + rules + " " + log).exit_code == 1);
  }
  CHECK(Telltale("learn --line 2 " + log).exit_code == 3);
  CHECK(Telltale("learn --line 3 " + log).exit_code == 3);
  CHECK(Telltale("learn --line 9 " + log).exit_code == 2);
  CHECK(Telltale("learn --line 1 nowhere.log").exit_code == 4);
}

constexpr const char* kExplained =
    "taxonomy t { symptom { Crash { OOM \"out of memory\" Other } }\n"
    "  cause { Memory } }\n"
    "source s\n"
    "  prefix ^\"{rank:int}: \"\n"
    "  line ^\"[{time:time}] {msg}\" | ^\"{msg}\"\n"
    "  key rank clock time\n"
    "block trace open \"Traceback\"$ body ^\" {*}\" close ^\"{exc:word}:\"\n"
    "sig oom: Crash.OOM, Memory \"out of memory, wanted {n:bytes}\"\n"
    "  where n > 1MiB\n"
    "  explains gone for 10m\n"
    "  hit \"MemoryError: out of memory, wanted 2 GiB\"\n"
    "sig any_error: Crash.Other \"Error: \" hit \"RuntimeError: no\"\n"
    "sig in_trace: Crash.Other in trace ^\"Value{what:word}: no\"\n"
    "  hit \"Traceback\\n  File\\nValueError: no\"\n"
    "sig gone: Crash.Other \"rank is gone\" role cascade hit \"rank is gone\"\n"
    "rule twice: Crash.Other when a: oom -> b: gone where rank == a.rank\n"
    "  within 10m by rank up to 100\n";

TEST_CASE("explain tells what an item of the rules means") {
  const Folder folder;
  folder.Write("a.tell", kExplained);
  const auto explain = [&](const std::string& what) {
    const Ran ran = Telltale("explain --rules a.tell " + what, folder.path());
    CHECK(ran.exit_code == 0);
    CHECK(ran.err.empty());
    return ran.out;
  };
  const std::string oom = explain("oom");
  for (const char* line :
       {"sig oom\n  defined      a.tell:8\n",
        "  symptom      out of memory  [Crash.OOM]\n",
        "  pattern      \"out of memory, wanted {n:bytes}\"\n",
        "  where        n > 1MiB\n",
        "  phrases      \"out of me[mory], wanted \"\n",
        "  evidence     18 bytes of fixed text and a condition\n",
        "  price        cheap: ", "  captures     n: bytes\n",
        "  beats        any_error: `oom` rests on 18 bytes of fixed text, "
        "`any_error` on 6\n",
        "  explains     gone for 10m\n", "  used by      twice\n"}) {
    CAPTURE(oom, line);
    CHECK(Has(oom, line));
  }
  CHECK(Has(explain("any_error"), "  loses to     oom: "));
  CHECK(Has(explain("gone"), "  explained by oom\n"));
  const std::string twice = explain("twice");
  CAPTURE(twice);
  CHECK(Has(twice, "  steps        a: oom\n"));
  CHECK(Has(twice, "  within       10m\n"));
  CHECK(Has(twice, "  by           rank, rank\n"));
  CHECK(Has(twice, " registers a key, at most 100 keys: under about "));
  const std::string trace = explain("trace");
  CAPTURE(trace);
  CHECK(Has(trace, "  patterns     open \"Traceback\"$\n"));
  CHECK(Has(trace, "  signatures   in_trace\n"));
  const std::string source = explain("s");
  CAPTURE(source);
  CHECK(Has(source, "  fields       rank: int, time: time\n"));
  CHECK(Has(source, "  keys         rank\n"));

  const Ran unknown = Telltale("explain --rules a.tell oon", folder.path());
  CHECK(unknown.exit_code == 2);
  CHECK(Has(unknown.err, "did you mean `oom`?"));
  CHECK(Telltale("explain E999").exit_code == 2);
  folder.Write("bad.tell", "sig\n");
  CHECK(Telltale("explain --rules bad.tell oom", folder.path()).exit_code == 3);
}

TEST_CASE("explain says the same to programs") {
  const Folder folder;
  folder.Write("a.tell", kExplained);
  const Json answer = Json::parse(
      Telltale("explain --rules a.tell --format json oom", folder.path()).out);
  REQUIRE(answer.size() == 1);
  CHECK(answer[0]["kind"] == "sig");
  CHECK(answer[0]["line"] == 8);
  CHECK(answer[0]["evidence"] == 18);
  CHECK(answer[0]["price"]["class"] == "cheap");
  CHECK(answer[0]["captures"][0]["type"] == "bytes");
  CHECK(answer[0]["rivals"][0]["name"] == "any_error");
  CHECK(answer[0]["rivals"][0]["wins"] == false);
  CHECK(answer[0]["used_by"] == Json({"twice"}));
  const Json page = Json::parse(Telltale("explain --format json E101").out);
  CHECK(page["code"] == "E101");
}

TEST_CASE("explain tells what the rules make of a line") {
  const Folder folder;
  folder.Write("a.tell", kExplained);
  folder.Write("a.log",
               "1: [2026-01-02T03:04:05Z] up\n"
               "1: MemoryError: out of memory, wanted 2 GiB\n"
               "2: Traceback\n"
               "2:   File\n"
               "1: rank is gone\n"
               "2: ValueError: no\n"
               "1: out of memory, wanted 4 KiB\n"
               "1: out of memory, wanted plenty\n"
               "\x1b[1mbar 1\rbar 2\x1b[0m\n");
  const auto explain = [&](const std::string& what) {
    const Ran ran = Telltale(
        "explain --rules a.tell --log a.log --line " + what, folder.path());
    CHECK(ran.exit_code == 0);
    CHECK(ran.err.empty());
    return ran.out;
  };
  CHECK(explain("2") ==
        "a.log:2: 1: MemoryError: out of memory, wanted 2 GiB\n"
        "  source   s\n"
        "  fields   rank = 1\n"
        "  message  MemoryError: out of memory, wanted 2 GiB\n"
        "matched:\n"
        "  sig oom [Crash.OOM, Memory], from column 17\n"
        "      with n = 2.00 GiB\n"
        "      explained by `twice`, line 5\n"
        "  sig any_error [Crash.Other], from column 10\n"
        "      loses the record: `oom` rests on 18 bytes of fixed text, "
        "`any_error` on 6\n");
  // The whole block, of whichever of its lines is asked.
  for (const char* line : {"3", "4", "6"}) {
    const std::string out = explain(line);
    CAPTURE(out);
    CHECK(Has(out, "  block    trace, lines 3 to 6\n"));
    CHECK(Has(out, "  sig in_trace [Crash.Other]"));
  }
  CHECK_FALSE(Has(explain("5"), "block"));
  CHECK(Has(explain("5"), "      explained by `oom`, line 2\n"));
  CHECK(
      Has(explain("7"),
          "  oom: its pattern matches, but `where n > 1MiB` is false: n = 4.00 "
          "KiB\n"));
  CHECK(
      Has(explain("8"),
          "  oom: `out of memory, wanted ` is found (columns 4 to 25); behind "
          "it, at column 26, `{n:bytes}` is not found, but `plenty`\n"));
  CHECK(Has(explain("9"), "a.log:9: bar 2\n  record   2 of 2 on this line\n"));
  CHECK(Has(explain("1 oom"),
            "not matched:\n  oom: none of its phrases stands there, so it was "
            "not tried; its beginning, `out of memory, wanted {n:bytes}`, is "
            "nowhere in it\n"));
  CHECK(Has(explain("1 in_trace"),
            "in_trace: it looks into blocks, and the line is in none of them"));
  const std::string rule = explain("2 twice");
  CAPTURE(rule);
  CHECK(Has(rule, "the line is of `twice` the step\n  a: oom\n"));
  CHECK(Has(rule,
            "how far `twice` is after it, key 1, 1:\n"
            "  a: oom: oom, line 2\n"
            "  b: gone where rank == a.rank: not yet\n"));
}

TEST_CASE("explain says of a line the same to programs") {
  const Folder folder;
  folder.Write("a.tell", kExplained);
  folder.Write("a.log", "1: RuntimeError: out of memory, wanted x\n");
  const std::string explain =
      "explain --rules a.tell --format json --log a.log --line ";
  const Json answer = Json::parse(Telltale(explain + "1", folder.path()).out);
  CHECK(answer["source"] == "s");
  CHECK(answer["fields"] == Json({{"rank", "1"}}));
  CHECK(answer["block"] == nullptr);
  CHECK(answer["events"][0]["name"] == "any_error");
  CHECK(answer["events"][0]["fate"] == "root");
  CHECK(answer["events"][0]["column"] == 11);
  CHECK(answer["misses"][0]["why"] == "pattern");
  CHECK(answer["misses"][0]["stop"] == 40);
  CHECK(answer["phrases"].size() == 2);
  const auto code = [&](const std::string& arguments) {
    return Telltale("explain --rules a.tell " + arguments, folder.path())
        .exit_code;
  };
  CHECK(code("--log a.log --line 2") == 2);
  CHECK(code("--log a.log --line 1 nobody") == 2);
  CHECK(code("--log a.log --line 1 --source nobody") == 2);
  CHECK(code("--log a.log") == 2);
  CHECK(code("--line 1") == 2);
  CHECK(code("") == 2);
  CHECK(code("--log nowhere.log --line 1") == 4);
}

constexpr const char* kTested =
    "sig oom \"out of memory\" hit \"out of memory\" miss \"all is well\"\n"
    "sig gone \"gone {n:int}\" hit \"gone 1\" gives n == 2\n"
    "rule both when oom -> gone within 5 lines\n"
    "test \"in order\"\n  | out of memory\n  | gone 7\n  expect both\n"
    "test \"the other way round\"\n  | gone 7\n  | out of memory\n"
    "  expect both\n";

TEST_CASE("test lists hits, misses and tests, and says what fails") {
  const Folder folder;
  folder.Write("a.tell", kTested);
  const Ran ran = Telltale("test a.tell", folder.path());
  CHECK(ran.exit_code == 3);
  CHECK(ran.out ==
        "a.tell\n"
        "  ok      1  oom hit \"out of memory\"\n"
        "  ok      1  oom miss \"all is well\"\n"
        "  FAIL    2  gone hit \"gone 1\"\n"
        "  ok      4  test \"in order\"\n"
        "  FAIL    8  test \"the other way round\"\n"
        "3 of 5 pass\n");
  CHECK(Has(ran.err, "error[E601]: the values of this `hit` line"));
  CHECK(Has(ran.err, "error[E601]: test \"the other way round\" fails"));

  const Ran quiet = Telltale("test --quiet --tier vm a.tell", folder.path());
  CHECK_FALSE(Has(quiet.out, "ok  "));
  CHECK(Has(quiet.out, "FAIL    2"));

  const Ran some = Telltale("test --filter order a.tell", folder.path());
  CHECK(some.exit_code == 0);
  CHECK(some.out == "a.tell\n  ok      4  test \"in order\"\n1 of 1 pass\n");
  CHECK(some.err.empty());
  CHECK(Telltale("test --filter nobody a.tell", folder.path()).exit_code == 2);
  folder.Write("bad.tell", "sig\n");
  CHECK(Telltale("test bad.tell", folder.path()).exit_code == 3);

  const Ran json = Telltale("test --format json a.tell", folder.path());
  CHECK(json.exit_code == 3);
  CHECK(json.err.empty());
  const Json answer = Json::parse(json.out);
  REQUIRE(answer["cases"].size() == 5);
  CHECK(answer["cases"][1] == Json({{"kind", "miss"},
                                    {"name", "oom miss \"all is well\""},
                                    {"file", "a.tell"},
                                    {"line", 1},
                                    {"passed", true}}));
  REQUIRE(answer["diagnostics"].size() == 2);
  CHECK(answer["diagnostics"][0]["code"] == "E601");
}

TEST_CASE("test runs the cases of the library only if asked for it") {
  const Folder folder;
  folder.Write("a.tell", "use \"std/std.tell\"\nsig a \"abcd\" hit \"abcd\"\n");
  CHECK(Has(Telltale("test a.tell", folder.path()).out, "1 of 1 pass\n"));
  CHECK(Has(Telltale("test std/ci.tell --tier vm --filter hit").out, "std/ci"));
}

constexpr const char* kCovered =
    "taxonomy t { attr cases: int = 0\n"
    "  symptom { Crash { A \"a\" [cases = 30] B \"b\" [cases = 5]\n"
    "    C \"c\" [cases = 65] } }\n"
    "  cause { D E } stage { Load Save } }\n"
    "table t (code: int, why: cause) { 1 D else E }\n"
    "sig oom: Crash.A, t[n].why \"out of memory {n:int}\"\n"
    "  hit \"out of memory 1\"\n"
    "sig gone: Crash \"gone away\" hit \"gone away\"\n"
    "stage Save from gone to oom\n";

TEST_CASE("cover tells kinds of failure without a rule, the commonest first") {
  const Folder folder;
  folder.Write("a.tell", kCovered);
  const Ran ran = Telltale("cover --rules a.tell", folder.path());
  CHECK(ran.exit_code == 1);
  CHECK(ran.out ==
        "symptom: 1 of 3 leaves have a rule, which is 30 of 100 cases "
        "(30.0 %)\n"
        "     65  Crash.C: c\n"
        "      5  Crash.B: b\n"
        "cause: 2 of 2 leaves have a rule\n"
        "stage: 1 of 2 leaves have a rule\n"
        "      -  Load: Load\n");
  const Json answer = Json::parse(
      Telltale("cover --format json --rules a.tell", folder.path()).out);
  REQUIRE(answer["axes"].size() == 3);
  CHECK(answer["axes"][0]["cases_reached"] == 30);
  CHECK(answer["axes"][0]["missing"][0] == Json({{"node", "Crash.C"},
                                                 {"title", "c"},
                                                 {"study", nullptr},
                                                 {"cases", 65}}));
  CHECK(answer.find("rules") == answer.end());
}

TEST_CASE("cover with logs tells which rules matched, and what none knows") {
  const Folder folder;
  folder.Write("a.tell", kCovered);
  folder.Write("a.log",
               "out of memory 1\nout of memory 2\nErr: disk 7 failed\n"
               "all is well\nErr: disk 12 failed");
  const Ran ran = Telltale("cover --rules a.tell a.log", folder.path());
  CHECK(ran.exit_code == 1);
  CHECK(Has(ran.out,
            "rules: 1 of 2 matched in these logs\n"
            "      2  oom\n"
            "never matched:\n"
            "         gone\n"));
  CHECK_FALSE(Has(ran.out, "look like failures"));
  const std::string unexplained = "cover --unexplained --rules a.tell ";
  CHECK(Has(Telltale(unexplained + "a.log", folder.path()).out,
            "lines that look like failures, and that no rule knows:\n"
            "      2  a.log:3: Err: disk 7 failed\n"));
  const Json answer = Json::parse(
      Telltale(unexplained + "--format json a.log", folder.path()).out);
  CHECK(answer["rules"][0] ==
        Json({{"name", "oom"}, {"kind", "sig"}, {"hits", 2}, {"cases", 30}}));
  CHECK(answer["unexplained"] == Json::parse(R"([{"file": "a.log", "line": 3,
      "text": "Err: disk 7 failed", "count": 2}])"));
  CHECK(Telltale(unexplained, folder.path()).exit_code == 2);
  CHECK(Telltale(unexplained + "-", folder.path()).exit_code == 2);
  CHECK(Telltale("cover nowhere.log").exit_code == 4);
}

TEST_CASE("cover finds nothing amiss where each leaf has a rule") {
  const Folder folder;
  folder.Write(
      "a.tell",
      "taxonomy t { symptom { A } }\nsig a: A \"abcd\" hit \"abcd\"\n");
  CHECK(Telltale("cover --rules a.tell", folder.path()).exit_code == 0);
}

TEST_CASE("an attempt that no log has is wrong usage") {
  const Folder folder;
  const std::string log = folder.Write("a.log", kOom);
  CHECK(Telltale("why --run 1 " + log).exit_code == 1);
  CHECK(Telltale("why --run 2 " + log).exit_code == 2);
  CHECK(Telltale("why --format json --run 2 " + log).exit_code == 2);
}

TEST_CASE("rules that do not compile are exit code 3") {
  const Folder folder;
  const std::string log = folder.Write("a.log", kOom);
  const struct {
    const char* text;
    const char* message;
  } cases[] = {
      {"this is no rule file\n", "E001"},
      {"sig a \"x\"\n", "E602"},
      {"sig a \"alpha\" hit \"beta\"\n", "E601"},
      {"\xff\xfe binary", "E002"},
  };
  for (const auto& one : cases) {
    const std::string rules = folder.Write("bad.tell", one.text);
    CAPTURE(one.text);
    for (const std::string& command :
         {"check " + rules, "why --rules " + rules + " " + log}) {
      const Ran ran = Telltale(command);
      CHECK(ran.exit_code == 3);
      CHECK(Has(ran.err, one.message));
      CHECK(Has(ran.err, "bad.tell"));
    }
  }
  const Ran none = Telltale("check " + folder.path() + "/none.tell");
  CHECK(none.exit_code == 3);
  CHECK(Has(none.err, "none.tell"));
}

TEST_CASE("odd bytes are scanned: nothing, NUL, bad UTF-8, CRLF") {
  const Folder folder;
  CHECK(Telltale("why " + folder.Write("empty.log", "")).exit_code == 0);
  std::string binary;
  for (int k = 0; k < 100'000; ++k) {
    binary.push_back(static_cast<char>(k * 37 % 256));
  }
  CHECK(Telltale("why " + folder.Write("binary.log", binary)).exit_code == 0);
  const std::string odd = std::string("\0\xff\xfe\r\n", 5) + "x" +
                          std::string(1, '\0') + "\r\n" + kOom.substr(0, 60) +
                          "\r\n";
  const Ran ran = Telltale("why --format json " + folder.Write("odd.log", odd));
  CHECK(ran.exit_code == 1);
  const Json json = Json::parse(ran.out);
  CHECK(json[0]["roots"][0]["line"] == 3);
  CHECK_FALSE(Has(json[0]["roots"][0]["text"], "\r"));
}

TEST_CASE("standard input is `-`") {
  const Folder folder;
  const std::string log = folder.Write("a.log", "fine\n" + kOom);
  const Ran ran = Telltale("why - <" + log);
  CHECK(ran.exit_code == 1);
  CHECK(Has(ran.out, "(standard input):2:"));
}

TEST_CASE("a truncated file gives what it holds, and exit code 4") {
  const Folder folder;
  std::string text;
  for (int k = 0; k < 20'000; ++k) {
    text += "step " + std::to_string(k * 7919 % 20'011) + "\n";
  }
  const std::string path = folder.path() + "/a.gz";
  archive* out = archive_write_new();
  archive_write_set_format_raw(out);
  archive_write_add_filter_gzip(out);
  REQUIRE(archive_write_open_filename(out, path.c_str()) == ARCHIVE_OK);
  archive_entry* entry = archive_entry_new();
  archive_entry_set_filetype(entry, AE_IFREG);
  archive_write_header(out, entry);
  const std::string bytes = kOom + text;
  archive_write_data(out, bytes.data(), bytes.size());
  archive_entry_free(entry);
  archive_write_close(out);
  archive_write_free(out);
  REQUIRE(truncate(path.c_str(), 20'000) == 0);
  const Ran ran = Telltale("why " + path);
  CHECK(ran.exit_code == 4);
  CHECK(Has(ran.out, "CUDA out of memory"));
  CHECK(Has(ran.out + ran.err, "not read"));
}

TEST_CASE("the JSON verdict has what it promises") {
  const Folder folder;
  const std::string log = folder.Write(
      "a.log", "[2026-01-02 03:04:05] start\n" + kOom +
                   "ERROR failed (exitcode: 1) local_rank: 0 (pid: 84)\n");
  const Ran ran = Telltale("why --format json " + log);
  const Json json = Json::parse(ran.out);
  REQUIRE(json.is_array());
  REQUIRE(json.size() == 1);
  const Json& stream = json[0];
  for (const char* key : {"files", "bytes", "lines", "outcome", "roots",
                          "alternatives", "unread"}) {
    CAPTURE(key);
    CHECK(stream.contains(key));
  }
  REQUIRE(stream["roots"].size() == 1);
  const Json& root = stream["roots"][0];
  for (const char* key : {"sig", "file", "line", "offset", "text", "time",
                          "keys", "captures", "symptom", "cause", "stage",
                          "certainty", "flags", "explains", "note", "see"}) {
    CAPTURE(key);
    CHECK(root.contains(key));
  }
  CHECK(root["sig"] == "cuda_oom");
  CHECK(root["line"] == 2);
  CHECK(root["offset"] == 28);
  CHECK(root["captures"]["want"] == 2147483648);
  CHECK(root["symptom"]["study"] == "Crash - CUDA Error - Out of Memory");
  const std::set<std::string> outcomes = {
      "finished",    "finished_after_failure",
      "failed",      "failed_after_success",
      "interrupted", "cut_off",
      "unknown"};
  CHECK(outcomes.count(stream["outcome"]) == 1);
}

TEST_CASE("a folder is one stream; --per-file makes one of each file") {
  const Folder folder;
  folder.Write("logs/a.log", kOom);
  folder.Write("logs/b.log", "fine\n");
  const std::string logs = folder.path() + "/logs";
  CHECK(Json::parse(Telltale("why --format json " + logs).out).size() == 1);
  CHECK(Json::parse(Telltale("why --format json --per-file " + logs).out)
            .size() == 2);
}

TEST_CASE("threads and tiers do not change the answer") {
  const Folder folder;
  for (int k = 0; k < 8; ++k) {
    std::string text = "rank " + std::to_string(k) + "\n";
    for (int line = 0; line < 500; ++line) {
      text += "Traceback (most recent call last):\n  File \"a.py\", line 3\n" +
              (line % 7 == 0 ? kOom : "ValueError: bad value\n");
    }
    folder.Write("logs/rank" + std::to_string(k) + ".log", text);
  }
  // Large enough that threads share it, with a line longer than a thread's
  // part.
  std::string large;
  for (int line = 0; line < 60'000; ++line) {
    large +=
        "step " + std::to_string(line) + " loss 1.25 lr 0.0001 tokens 4096\n";
    large += line % 9'000 == 8'999 ? kOom : "";
    large += line == 30'000 ? std::string(1'300'000, 'x') + kOom : "";
  }
  folder.Write("logs/large.log", large);
  const std::string logs = " --format json " + folder.path() + "/logs";
  const std::string expected = Telltale("why --tier vm --jobs 1" + logs).out;
  CHECK(Has(expected, "cuda_oom"));
  for (const char* how :
       {"--tier vm --jobs 4", "--tier auto --jobs 1", "--tier jit --jobs 4",
        "--isa v2", "--isa baseline"}) {
    CAPTURE(how);
    CHECK(Telltale("why " + std::string(how) + logs).out == expected);
  }
}

TEST_CASE("scan prints one JSON object a line") {
  const Folder folder;
  const Ran ran =
      Telltale("scan --format json " + folder.Write("a.log", kOom + kOom));
  CHECK(ran.exit_code == 1);
  std::istringstream lines(ran.out);
  std::string line;
  int objects = 0;
  while (std::getline(lines, line)) {
    CHECK(Json::parse(line).contains("line"));
    ++objects;
  }
  CHECK(objects >= 2);
}

TEST_CASE("explain, version and print answer") {
  const Ran explain = Telltale("explain E101");
  CHECK(explain.exit_code == 0);
  CHECK(Has(explain.out, "E101"));
  CHECK(Telltale("explain E999").exit_code == 2);
  CHECK(Telltale("version").exit_code == 0);
  const Folder folder;
  const std::string rules =
      folder.Write("a.tell", "sig a \"alpha {n:int}\" hit \"alpha 1\"\n");
  for (const char* stage : {"ast", "hir", "plan", "llvm"}) {
    CAPTURE(stage);
    const Ran ran =
        Telltale("print --stage=" + std::string(stage) + " " + rules);
    CHECK(ran.exit_code == 0);
    CHECK_FALSE(ran.out.empty());
  }
}

TEST_CASE("a line of a gigabyte is read in bounded memory", "[.long]") {
  const Ran ran = Telltale(
      "version >/dev/null; (head -c 1073741824 /dev/zero | tr '\\0' x; echo "
      "' " +
      kOom.substr(0, kOom.size() - 1) + "') | " + TT_PROGRAM +
      " why --format json -");
  CHECK(ran.exit_code == 1);
  const Json json = Json::parse(ran.out);
  CHECK(json[0]["bytes"] > 1073741824);
  const Json& root = json[0]["roots"][0];
  CHECK(root["sig"] == "cuda_oom");
  CHECK(Has(root["text"], "CUDA out of memory"));
  CHECK(root["flags"].dump().find("long_line") != std::string::npos);
}

}  // namespace
}  // namespace telltale::testing
