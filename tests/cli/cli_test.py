#!/usr/bin/env python3
"""The command line from outside: exit codes, messages, JSON, odd inputs.

Usage: cli_test.py TELLTALE FOLDER [--long | NAME_PART]

Runs each function below whose name begins with `test_`, in a folder of its own
below FOLDER; --long runs those that begin with `long_` instead.
"""
import os
import subprocess
import sys
import time
import traceback
import zlib

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
from program import Ran, empty_folder, parse_json, run  # noqa: E402

TELLTALE = os.path.abspath(sys.argv[1])

RULES = r'''taxonomy t {
  attr study: text
  symptom { Crash "the process died" [study = "Crash"] {
    OOM "out of memory" [study = "Crash - Memory"] Other [study = "Crash - Other"] } }
  cause { Memory "too little memory" [study = "Resources - Memory"] }
  stage { Train [study = "Training"] }
  outcome { Finished [study = ""] Interrupted [study = ""] }
}
source job
  files "rank{rank:int}.log"
  line ^"{time:time} {msg}"
  clock time
  key rank
sig oom: Crash.OOM, Memory, Train "out of memory, wanted {n:bytes} on `{who}`"
  note "ask for less than {n}" see "https://example.org/oom"
  explains wrap for run
  hit "out of memory, wanted 2 GiB on `gpu 0`"
sig wrap: Crash.Other "exit code {c:int}" where c != 0 role cascade
  hit "exit code 1"
sig done: Finished "all done" hit "all done"
'''

LOG = (b"2026-01-02 03:04:05 step 1\n"
       b"2026-01-02 03:04:06 out of memory, wanted 2 GiB on `gpu 0`\n"
       b"2026-01-02 03:04:07 exit code 1\n")


class Skip(Exception):
    """The machine cannot show what the test is about."""


def check(condition, *what):
    if not condition:
        raise AssertionError(" ".join(str(part) for part in what))


def same(actual, expected, what=""):
    check(actual == expected, f"{what}: got {actual!r}, want {expected!r}")


def write(name, content):
    if os.path.dirname(name):
        os.makedirs(os.path.dirname(name), exist_ok=True)
    with open(name, "wb") as file:
        file.write(content if isinstance(content, bytes) else content.encode())
    return name


def telltale(*arguments, code=None, stdin=b""):
    ran = run(TELLTALE, *arguments, stdin=stdin)
    if code is not None:
        check(ran.code == code,
              f"{' '.join(arguments)}: exit code {ran.code}, want {code};",
              f"stdout {ran.out[:400]!r}, stderr {ran.err[:800]!r}")
    return ran


def why(*arguments, code=None, stdin=b""):
    return telltale("why", *arguments, "--rules", write("rules.tell", RULES),
                    code=code, stdin=stdin)


def verdict(*arguments, code=None, stdin=b""):
    """The only element of the JSON answer."""
    elements = why("--format", "json", *arguments, code=code, stdin=stdin).json()
    same(len(elements), 1, "elements")
    return elements[0]


def root_line(answer):
    return answer["roots"][0]["line"] if answer["roots"] else None


def gzip(content):
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    return packer.compress(content) + packer.flush()


# ------------------------------------------------------------- what is not there

def test_unknown_file():
    ran = why("missing.log", code=4)
    check(b"cannot open `missing.log`" in ran.err, ran.err)
    same(ran.out, b"", "stdout")
    answer = verdict("missing.log", code=4)
    same(answer["outcome"], "unknown")
    same(answer["roots"], [])
    same([gap["file"] for gap in answer["unread"]], ["missing.log"])
    check("missing.log" in answer["unread"][0]["reason"], answer["unread"])


def test_unknown_file_hides_no_other():
    write("a.log", LOG)
    ran = why("missing.log", "a.log", code=4)
    check(b"a.log:2:" in ran.out, ran.out)
    check(b"cannot open `missing.log`" in ran.err, ran.err)
    answers = why("--format", "json", "missing.log", "a.log", code=4).json()
    same([root_line(answer) for answer in answers], [None, 2])


def test_folder_without_files():
    os.makedirs("empty/below")
    check(b"`empty` holds no files" in why("empty", code=4).err)
    same(telltale("scan", "empty", code=4).out, b"")


def test_unreadable_file():
    if os.geteuid() == 0:
        raise Skip("root may read everything")
    os.chmod(write("a.log", LOG), 0)
    check(b"cannot open `a.log`" in why("a.log", code=4).err)


def test_read_error():
    # Opens, but has no byte at 0.
    if not os.path.exists("/proc/self/mem"):
        raise Skip("no /proc")
    ran = why("/proc/self/mem", code=4)
    check(b"cannot read `/proc/self/mem`" in ran.err, ran.err)


def test_file_name_cannot_drive_the_terminal():
    ran = why("\x1b[31mred.log", code=4)
    check(b"\x1b" not in ran.err + ran.out, ran.err)
    # Nor can the names in an archive; this one ends in the middle of a record.
    name = b"\x1b]0;title\x07.log"
    header = (name.ljust(100, b"\0") + b"0000644\0" + b"0000000\0" * 2 +
              b"%011o\0" % 4096 + b"0" * 11 + b"\0" + b" " * 8 + b"0").ljust(257, b"\0")
    header = (header + b"ustar\x0000").ljust(512, b"\0")
    header = header[:148] + b"%06o\0 " % sum(header) + header[156:]
    write("a.tar", header + LOG)
    for command in (["why"], ["scan"], ["why", "--stats"]):
        ran = telltale(*command, "--rules", write("rules.tell", RULES), "a.tar", code=4)
        check(b"\x1b" not in ran.err + ran.out, ran.out, ran.err)


# ------------------------------------------------------------------ odd contents

def test_empty_file():
    write("a.log", b"")
    why("a.log", code=0)
    answer = verdict("a.log", code=0)
    same((answer["bytes"], answer["lines"], answer["roots"], answer["unread"]), (0, 0, [], []))


def test_only_line_ends():
    for content in (b"\n", b"\r\n", b"\r", b"\n\n\n"):
        write("a.log", content)
        answer = verdict("a.log", code=0)
        same((answer["bytes"], answer["lines"]),
             (len(content), max(1, content.count(b"\n"))), content)


def test_healthy_log():
    answer = verdict(write("a.log", b"step 1\nall done\n"), code=0)
    same((answer["outcome"], answer["roots"]), ("finished", []))
    ran = telltale("scan", "--rules", "rules.tell", "a.log", code=1)  # an event
    check(b"done" in ran.out, ran.out)


def test_binary_with_nul_bytes():
    noise = bytes(range(256)) * 300
    write("noise.bin", noise)
    verdict("noise.bin", code=0)
    why("noise.bin", code=0)
    write("a.log", noise + b"\n\0\0out of memory, wanted 2 GiB on `g\0pu`\0\n" + noise)
    answer = verdict("a.log", code=1)
    same(answer["roots"][0]["captures"]["who"], "g\0pu")
    same(root_line(answer), noise.count(b"\n") + 2)
    ran = why("a.log", code=1)
    check(b"\0" not in ran.out, "NUL on the terminal")


def test_invalid_utf8():
    write("a.log", b"\xff\xfe out of memory, wanted 1 KiB on `\xc3\x28`\n")
    root = verdict("a.log", code=1)["roots"][0]
    same(root["captures"]["who"], "\ufffd(")
    events = telltale("scan", "--format", "json", "--rules", "rules.tell", "a.log", code=1)
    check("\ufffd" in events.json()["text"], events.out)


def test_carriage_returns():
    write("unix.log", LOG)
    write("dos.log", LOG.replace(b"\n", b"\r\n"))
    unix, dos = verdict("unix.log", code=1), verdict("dos.log", code=1)
    same(dos["lines"], unix["lines"])
    for field in ("line", "text", "time", "captures", "symptom", "explains"):
        wanted = unix["roots"][0][field]
        if field == "explains":
            wanted = [dict(group, file="dos.log") for group in wanted]
        same(dos["roots"][0][field], wanted, field)
    same(dos["roots"][0]["offset"], unix["roots"][0]["offset"] + 1)


def test_no_last_line_end():
    same(root_line(verdict(write("a.log", LOG[:LOG.rindex(b"exit") - 21]), code=1)), 2)
    same(root_line(verdict(write("a.log", LOG.splitlines()[1]), code=1)), 1)


def test_escapes_do_not_reach_the_terminal():
    write("a.log", b"before\x1b[2J\n\x1b[31mout of memory, wanted 2 GiB on `\x07gpu\x1b[0m`\n"
          b"\x1b]0;x\x07\n")
    for command in ("why", "scan"):
        ran = telltale(command, "--rules", write("rules.tell", RULES), "a.log", code=1)
        check(b"\x1b" not in ran.out and b"\x07" not in ran.out, command, ran.out)
    ran = telltale("why", "--color", "always", "--rules", "rules.tell", "a.log", code=1)
    check(b"\x1b[" in ran.out and b"\x1b[2J" not in ran.out and b"\x07" not in ran.out, ran.out)


# ------------------------------------------------------------------- compressed

def test_gzip():
    write("a.log.gz", gzip(LOG))
    answer = verdict("a.log.gz", code=1)
    same((root_line(answer), answer["bytes"]), (2, len(LOG)))
    same(answer["unread"], [])
    write("two.gz", gzip(LOG) + gzip(LOG))
    same(verdict("two.gz", code=1)["lines"], 6)


def test_truncated_gzip():
    # Filler that does not compress to nothing, and enough of it.
    filler = b"".join(b"step %d of %x\n" % (k, k * 2654435761 % 2**32) for k in range(40000))
    packed = gzip(LOG + filler)
    write("a.log.gz", packed[:len(packed) * 2 // 3])
    ran = why("a.log.gz", code=4)
    check(b"a.log.gz:2:" in ran.out, ran.out)
    check(b"cannot read all of `a.log.gz`" in ran.err, ran.err)
    answer = verdict("a.log.gz", code=4)
    same(root_line(answer), 2)
    same(len(answer["unread"]), 1)
    check(answer["unread"][0]["offset"] > 0, answer["unread"])


def test_gzip_of_little():
    for size in (10, 11, 18, 30):  # with less it is not known for one
        write("a.log.gz", gzip(LOG)[:size])
        check(b"a.log.gz" in why("a.log.gz", code=4).err, size)


# ------------------------------------------------------------------------ rules

def test_rules_that_are_none():
    write("a.log", LOG)
    for name, content in (("a.tell", b"no rules at all"), ("b.tell", b"\xff\xfe\0"),
                          ("c.tell", LOG), ("d.tell", gzip(LOG)), ("e.tell", b"sig")):
        write(name, content)
        for command in (["why", "--rules", name, "a.log"], ["scan", "--rules", name, "a.log"],
                        ["check", name], ["print", name]):
            ran = telltale(*command, code=3)
            check(name.encode() in ran.err, command, ran.err)
            same(ran.out, b"", command)


def test_rules_that_are_not_there():
    write("a.log", LOG)
    os.makedirs("folder")
    for name in ("missing.tell", "folder", "std/missing.tell"):
        ran = telltale("why", "--rules", name, "a.log", code=3)
        check(b"cannot read `" + name.encode() in ran.err, ran.err)


def test_rules_whose_example_fails():
    write("a.log", LOG)
    write("bad.tell", 'sig a "beta" hit "alpha"\n')
    check(b"[E601]" in telltale("check", "bad.tell", code=3).err)
    check(b"[E601]" in telltale("why", "--rules", "bad.tell", "a.log", code=3).err)


def test_check():
    ran = telltale("check", write("rules.tell", RULES), code=0)
    same(ran.out, b"ok: 3 signatures, 0 rules, 3 examples pass\n")
    same(telltale("check", "--format", "json", "rules.tell", code=0).json(), [])
    write("bad.tell", 'sig a "beta" where n > 1 hit "beta"\nsig a "alpha" hit "alpha"\n')
    ran = telltale("check", "bad.tell", code=3)
    check(b"bad.tell:1:" in ran.err and b"error" in ran.err, ran.err)
    found = telltale("check", "--format", "json", "bad.tell", code=3).json()
    check(len(found) >= 2, found)
    for diagnostic in found:
        check(diagnostic["code"][0] in "EW" and diagnostic["message"], diagnostic)


def test_warnings():
    write("a.log", LOG)
    write("weak.tell", 'sig oom "out of memory" allow W709 "why" hit "out of memory"\n')
    ran = telltale("check", "weak.tell", code=0)
    check(b"warning[W709]" in ran.err and ran.out.startswith(b"ok: "), ran.err, ran.out)
    found = telltale("check", "--format", "json", "weak.tell", code=0).json()
    same([(one["code"], one["severity"]) for one in found], [("W709", "warning")])
    for code in ("W709", "warnings"):
        ran = telltale("check", "--deny", code, "weak.tell", code=3)
        check(b"error[W709]" in ran.err, code, ran.err)
        for command in ("why", "scan"):
            ran = telltale(command, "--rules", "weak.tell", "--deny", code, "a.log", code=3)
            check(b"error[W709]" in ran.err, command, ran.err)
    ran = telltale("scan", "--rules", "weak.tell", "a.log", code=1)
    same(ran.err, b"", "warnings of scan")
    telltale("check", "--deny", "W701", "--deny", "W702", "weak.tell", code=0)
    telltale("check", "--deny", "E101", "weak.tell", code=2)
    # What silences a proof that scans leave out is not useless.
    telltale("why", "--deny", "warnings", "a.log", code=0)


def test_near_misses():
    write("near.tell", 'sig s "failed! Received Signal: {n:word}" hit "failed! Received Signal: 7"\n')
    write("near.log", "failed! Received signal: SIGBUS\nfine\n" * 5)
    same(telltale("check", "near.tell", code=0).err, b"")
    ran = telltale("check", "near.tell", "--corpus", "near.log", code=0)
    for line in (b"only the case keeps `s`", b"near.log:1  failed!", b"near.log:5  failed!",
                 b"and 2 more"):
        check(line in ran.err, line, ran.err)
    ran = telltale("check", "--deny", "W705", "near.tell", "--corpus", "near.log", code=3)
    check(b"error[W705]" in ran.err, ran.err)
    ran = telltale("check", "near.tell", "--corpus", "near.log", "--corpus", "none", code=4)
    check(b"not read: cannot open `none`" in ran.err, ran.err)
    write("near.tell", 'sig s "Received  Signal" hit "Received signal"\n')
    ran = telltale("check", "near.tell", code=3)
    check(b"only the case keeps it from matching" in ran.err, ran.err)


def test_print_stages():
    write("rules.tell", RULES)
    for stage in ("ast", "hir", "plan", "llvm"):
        check(telltale("print", "--stage", stage, "rules.tell", code=0).out, stage)
    telltale("print", "--stage", "tokens", "rules.tell", code=2)


# ------------------------------------------------------------------------ usage

def test_usage_errors():
    write("a.log", LOG)
    write("rules.tell", RULES)
    for arguments in ([], ["because"], ["why"], ["scan"], ["why", "--no-such-option", "a.log"],
                      ["why", "--format", "xml", "a.log"], ["why", "--tier", "fast", "a.log"],
                      ["why", "--run", "0", "a.log"], ["why", "--run", "1x", "a.log"],
                      ["why", "--run", "-1", "a.log"], ["why", "--run", "", "a.log"],
                      ["why", "--jobs", "-1", "a.log"],
                      ["why", "--jobs", "many", "a.log"], ["why", "--date", "1", "a.log"],
                      ["why", "--isa", "v9", "a.log"], ["why", "--rules"], ["explain"],
                      ["explain", "E999"], ["explain", "e101"], ["explain", "../E101"],
                      ["explain", "E101", "E102"], ["version", "1"],
                      ["why", "--rules", "rules.tell", "--source", "nosuch", "a.log"]):
        ran = telltale(*arguments, code=2)
        check(ran.err, "no message for", arguments)
        same(ran.out, b"", arguments)
    ran = telltale("why", "--rules", "rules.tell", "--source", "nosuch", "a.log", code=2)
    check(b"nosuch" in ran.err and b"job" in ran.err, ran.err)


def test_each_rules_option_takes_one_file():
    write("a.log", LOG)
    write("b.log", LOG)
    write("rules.tell", RULES)
    for arguments in (["--rules", "rules.tell", "a.log", "b.log"],
                      ["a.log", "--rules", "rules.tell", "b.log"],
                      ["a.log", "b.log", "--rules=rules.tell"]):
        answers = telltale("why", "--format", "json", *arguments, code=1).json()
        same([answer["files"] for answer in answers], [["a.log"], ["b.log"]], arguments)
    write("more.tell", 'sig step "step {n:int}" hit "step 1"\n')
    out = telltale("scan", "--rules", "rules.tell", "--rules", "more.tell", "a.log", code=1).out
    check(b"oom" in out and b"step" in out, out)


def test_help_and_version():
    for arguments in (["--help"], ["why", "--help"], ["scan", "--help"], ["check", "--help"]):
        ran = telltale(*arguments, code=0)
        check(b"Usage" in ran.out, arguments, ran.out)
        same(ran.err, b"", arguments)
    ran = telltale("version", code=0)
    check(ran.out.startswith(b"telltale ") and ran.out.count(b"\n") == 1, ran.out)
    same(telltale("--version", code=0).out.strip(), ran.out.strip())


def test_explain():
    ran = telltale("explain", "E101", code=0)
    check(ran.out.startswith(b"# E101"), ran.out)


# -------------------------------------------------------------------------- JSON

def fields(what, value, wanted):
    """`wanted`: names and types; None stands for null."""
    for name, types in wanted.items():
        check(name in value, f"{what} has no `{name}`: {sorted(value)}")
        check(any(value[name] is None if kind is None else
                  isinstance(value[name], kind) and
                  (kind is not int or not isinstance(value[name], bool))
                  for kind in types), f"{what}.{name} is {value[name]!r}")


NODE = {"node": [str], "study": [str, None], "title": [str]}
GROUP = {"sig": [str], "file": [str], "line": [int], "count": [int]}
PLACE = {"file": [str], "line": [int], "offset": [int], "text": [str], "time": [str, None],
         "keys": [dict], "captures": [dict], "symptom": [dict, None], "cause": [dict, None],
         "stage": [dict, None], "flags": [list]}
FINDING = {**PLACE, "certainty": [str], "explains": [list], "note": [str, None],
           "see": [str, None]}
ANSWER = {"files": [list], "bytes": [int], "lines": [int], "outcome": [str], "roots": [list],
          "alternatives": [list], "unread": [list]}
GAP = {"file": [str], "offset": [int], "bytes": [int, None], "reason": [str]}


def check_place(what, value):
    check(("sig" in value) + ("rule" in value) + ("block" in value) == 1, what, value)
    for axis in ("symptom", "cause", "stage"):
        if value[axis] is not None:
            fields(f"{what}.{axis}", value[axis], NODE)


def check_answer(answer):
    fields("answer", answer, ANSWER)
    for finding in answer["roots"] + answer["alternatives"]:
        fields("finding", finding, FINDING)
        check_place("finding", finding)
        check(finding["certainty"] in ("certain", "likely", "possible"), finding)
        for group in finding["explains"]:
            fields("explains", group, GROUP)
    for gap in answer["unread"]:
        fields("unread", gap, GAP)


def test_verdict_contract():
    content = LOG.replace(b"step 1", "step \u20ac \U0001f600 \"q\" \\ \t".encode())
    answer = verdict(write("rank7.log", content), code=1)
    check_answer(answer)
    same(answer["files"], ["rank7.log"])
    same((answer["bytes"], answer["lines"], answer["outcome"]), (len(content), 3, "failed"))
    same(len(answer["roots"]), 1)
    root = answer["roots"][0]
    offset = content.index(b"\n") + 1
    same({name: root[name] for name in FINDING},
         {"file": "rank7.log", "line": 2, "offset": offset,
          "text": content[offset:].split(b"\n")[0].decode(),
          "time": root["time"], "keys": {"rank": 7},
          "captures": {"n": 2 * 2**30, "who": "gpu 0"},
          "symptom": {"node": "Crash.OOM", "study": "Crash - Memory", "title": "out of memory"},
          "cause": {"node": "Memory", "study": "Resources - Memory",
                    "title": "too little memory"},
          "stage": {"node": "Train", "study": "Training", "title": root["stage"]["title"]},
          "certainty": root["certainty"], "flags": [],
          "explains": [{"sig": "wrap", "file": "rank7.log", "line": 3, "count": 1}],
          "note": "ask for less than 2.00 GiB", "see": "https://example.org/oom"})
    same(root["sig"], "oom")
    check(root["time"].startswith("2026-01-02") and "03:04:06" in root["time"], root["time"])
    # A finding's offset and text are where they say.
    same(content[root["offset"]:][:len(root["text"].encode())].decode(), root["text"])


def test_contract_of_the_library():
    log = write("a.log", b"Traceback (most recent call last):\n"
                b"  File \"/job/train.py\", line 3, in <module>\n    main()\n"
                b"torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB. "
                b"GPU 0 has a total capacity of 79.14 GiB of which 1.00 GiB is free.\n")
    answers = telltale("why", "--format", "json", log, code=1).json()
    same(len(answers), 1)
    check_answer(answers[0])
    root = answers[0]["roots"][0]
    same((root["line"], root["symptom"]["study"]), (4, "Crash - CUDA Error - Out of Memory"))


def test_scan_is_one_json_a_line():
    write("rank0.log", LOG * 3)
    ran = telltale("scan", "--format", "json", "--rules", write("rules.tell", RULES),
                   "rank0.log", code=1)
    check(ran.out.endswith(b"\n"), ran.out)
    events = [parse_json(line) for line in ran.out.decode().splitlines()]
    same([(event["sig"], event["line"]) for event in events],
         [("oom", 2), ("wrap", 3), ("oom", 5), ("wrap", 6), ("oom", 8), ("wrap", 9)])
    for event in events:
        fields("event", event, PLACE)
        check_place("event", event)
    text = telltale("scan", "--rules", "rules.tell", "rank0.log", code=1).out
    same(text.count(b"\n"), len(events))


def test_flags_have_names():
    write("block.tell", 'block tb open "Traceback" body ^"  {*}" close ^"{e}Error"\n'
          'sig file in tb "File" hit "Traceback\\n  File\\nAnError"\n')
    write("a.log", b"Traceback\n  File\nTypeError\nTraceback\n  File\n")
    ran = telltale("scan", "--format", "json", "--rules", "block.tell", "a.log", code=1)
    same([parse_json(line)["flags"] for line in ran.out.decode().splitlines()],
         [[], ["unfinished"]])


# ----------------------------------------------------------------- inputs, threads

def test_standard_input():
    answer = verdict("-", code=1, stdin=LOG)
    same((root_line(answer), answer["lines"]), (2, 3))
    check(b":2:" in why("-", code=1, stdin=LOG).out)
    same(root_line(verdict("-", code=1, stdin=gzip(LOG))), 2)
    same(verdict("-", code=0, stdin=b"")["lines"], 0)
    events = telltale("scan", "--rules", "rules.tell", "-", code=1, stdin=LOG).out
    same(events.count(b"\n"), 2)


def many_logs():
    for k in range(40):
        content = LOG if k % 3 == 0 else b"2026-01-02 03:05:%02d step\n" % k * (k + 1)
        write(f"logs/node{k % 4}/rank{k}.log", content)
    write("logs/packed.gz", gzip(LOG))
    return "logs"


def test_jobs_give_the_same():
    folder = many_logs()
    write("rules.tell", RULES)
    for command in (["why"], ["why", "--per-file"], ["scan"],
                    ["why", "--format", "json"], ["why", "--per-file", "--format", "json"],
                    ["scan", "--format", "json"]):
        runs = [telltale(*command, "--rules", "rules.tell", "--jobs", jobs, *tier, folder, code=1)
                for jobs, tier in (("1", []), ("4", []), ("0", []), ("4", ["--tier", "vm"]),
                                   ("4", ["--tier", "jit"]))]
        for other in runs[1:]:
            same((other.out, other.err), (runs[0].out, runs[0].err), command)


def test_per_file():
    folder = many_logs()
    together = verdict(folder, code=1)
    same(len(together["files"]), 41)
    apart = why("--per-file", "--format", "json", folder, code=1).json()
    same([answer["files"] for answer in apart], [[name] for name in together["files"]])
    failed = [answer["files"][0] for answer in apart if answer["roots"]]
    same(sorted(failed), sorted([f"logs/node{k % 4}/rank{k}.log" for k in range(0, 40, 3)] +
                                ["logs/packed.gz"]))


def test_several_inputs():
    for k in range(3):
        write(f"{k}.log", LOG)
    answers = why("--format", "json", "2.log", "0.log", "1.log", "0.log", code=1).json()
    same([answer["files"] for answer in answers], [["2.log"], ["0.log"], ["1.log"], ["0.log"]])


def test_lines_around_the_culprit():
    around = b"exit code 1"  # the line after
    write("logs/a.log", LOG)
    for name in ("logs/a.log", "logs//a.log", "logs///a.log", "./logs/.//a.log"):
        out = why(name, code=1).out
        check(around in out and name.encode() + b":2:" in out, out)
    write("logs/a.gz", gzip(LOG))
    check(around in why("logs//a.gz", code=1).out)


def test_pipe_is_read_once():
    os.mkfifo("pipe")
    for command in (["why"], ["why", "--format", "json"], ["scan"]):
        with subprocess.Popen([TELLTALE, *command, "--rules", write("rules.tell", RULES), "pipe"],
                              stdout=subprocess.PIPE) as child:
            write("pipe", LOG)
            try:
                out, _ = child.communicate(timeout=30)
            finally:
                child.kill()
            same(child.returncode, 1, command)
            check(b"out of memory" in out, command, out)


def test_reader_that_goes_away():
    write("a.log", LOG * 20000)
    write("rules.tell", RULES)
    with subprocess.Popen([TELLTALE, "scan", "--rules", "rules.tell", "a.log"],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        child.stdout.readline()
        child.stdout.close()
        child.stderr.read()
        check(child.wait(60) in (-13, 1), child.returncode)  # SIGPIPE


def test_output_that_cannot_be_written():
    write("a.log", LOG)
    write("rules.tell", RULES)
    write("bad.tell", 'sig a "beta" where n > 1 hit "beta"\n' * 200)  # over a buffer
    for name in ("stdout", "stderr"):
        for command in (["why", "--rules", "rules.tell", "a.log"],
                        ["scan", "--rules", "rules.tell", "a.log"],
                        ["why", "--rules", "rules.tell", "missing.log"],
                        ["why", "--rules", "rules.tell", "--run", "9", "a.log"],
                        ["check", "--format", "json", "bad.tell"], ["check", "bad.tell"],
                        ["explain", "E101"], ["explain", "E999"], ["version"], ["--help"]):
            with open("/dev/full", "wb") as full:
                streams = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, name: full}
                code = subprocess.run([TELLTALE, *command], check=False, **streams).returncode
            check(0 <= code <= 4, f"{command} with a full {name}: {code}")
            if name == "stdout" and command[0] in ("scan", "version", "--help"):
                same(code, 4, command)


# -------------------------------------------------------------------------- long

def long_line_of_1_gb():
    """Memory stays bounded on a log without a line end."""
    write("rules.tell", RULES)
    megabyte = b"x" * (2**20 - 1) + b" "
    child = subprocess.Popen([TELLTALE, "why", "--format", "json", "--rules", "rules.tell", "-"],
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    for k in range(1000):
        if k == 700:
            child.stdin.write(b"out of memory, wanted 2 GiB on `gpu 0` ")
        child.stdin.write(megabyte)
    child.stdin.write(b"\nexit code 1\n")
    child.stdin.close()
    out = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    answer = Ran(child.returncode, out, b"").json()[0]
    same(child.returncode, 1, "exit code")
    same((root_line(answer), answer["lines"]), (1, 2))
    check(answer["bytes"] > 1000 * 2**20, answer["bytes"])
    same(answer["roots"][0]["flags"], ["long_line"])
    check(len(answer["roots"][0]["text"]) <= 4096, "a quotation, not the log")
    same(answer["roots"][0]["explains"][0]["line"], 2)
    print(f"  peak memory {usage.ru_maxrss // 1024} MiB")
    check(usage.ru_maxrss < 256 * 1024, f"peak memory {usage.ru_maxrss} KiB")


# -------------------------------------------------------------------------- main

def test_fmt_lays_out_in_place():
    os.makedirs("rules")
    for name, text in (("rules/a.tell", 'sig a   "x" hit "x" # c\n'), ("rules/b.txt", "sig"),
                       ("rules/bad.tell", 'sig a "x\n')):
        with open(name, "w", encoding="utf-8") as file:
            file.write(text)
    os.chmod("rules/a.tell", 0o640)
    same(telltale("fmt", "--check", "rules/a.tell", code=1).out.decode(), "rules/a.tell\n")
    check("E001" in telltale("fmt", "rules", code=3).err.decode())
    with open("rules/a.tell", encoding="utf-8") as file:
        same(file.read(), 'sig a "x"\n  hit  "x"  # c\n')
    same(os.stat("rules/a.tell").st_mode & 0o777, 0o640)
    same(sorted(os.listdir("rules")), ["a.tell", "b.txt", "bad.tell"])
    same(telltale("fmt", "--check", "rules/a.tell", code=0).out, b"")
    same(telltale("fmt", "-", stdin=b"sig b  /x/ hit'", code=3).out, b"")
    same(telltale("fmt", "-", stdin=b"sig b  /x/", code=0).out, b"sig b /x/\n")
    telltale("fmt", "none.tell", code=4)


def main():
    home = empty_folder(os.path.abspath(sys.argv[2]))
    part = (sys.argv[3:] or [""])[0]
    prefix = "long_" if part == "--long" else "test_"
    failed = ran = skipped = 0
    os.environ.pop("NO_COLOR", None)
    for name, test in list(globals().items()):
        if not name.startswith(prefix) or (part not in name and part != "--long"):
            continue
        os.chdir(empty_folder(os.path.join(home, name)))
        begin = time.monotonic()
        ran += 1
        try:
            test()
            result = "ok"
        except Skip as reason:
            result = f"skipped: {reason}"
            skipped += 1
        except Exception:  # pylint: disable=broad-except
            result = "FAILED\n" + traceback.format_exc()
            failed += 1
        print(f"{name}: {result} ({time.monotonic() - begin:.2f} s)", flush=True)
        os.chdir(home)
    print(f"{ran} tests, {failed} failed, {skipped} skipped")
    return failed > 0 or ran == 0


sys.exit(main())
