#!/usr/bin/env python3
"""How `telltale check` grows with the number of signatures.

    tests/bench/check_scale.py build/release/bin/telltale [100 300 1000 3000]

Writes generated rule files to a temporary folder: of ten signatures seven are
one text with typed holes, one has alternatives, one a condition, one an `&`;
each has a hit. Prints processor time (median of three) and peak memory, with
machine code and without.
"""
import os
import random
import statistics
import subprocess
import sys
import tempfile

SUBJECTS = """rank worker engine scheduler watchdog socket tensor kernel allocator
tokenizer checkpoint optimizer loader router cache shard stream communicator""".split()
EVENTS = """failed timed-out aborted diverged overflowed vanished stalled refused
truncated deadlocked mismatched exhausted corrupted expired""".split()
OBJECTS = """collective broadcast gradient attention embedding layer bucket barrier
handle region segment manifest template adapter plan graph""".split()


def rules(count):
    rng = random.Random(count)
    leaves = [f"F{k}" for k in range(20)]
    yield "taxonomy t { symptom { Crash { " + " ".join(leaves) + " } } }"
    for k in range(count):
        s, e, o = rng.choice(SUBJECTS), rng.choice(EVENTS), rng.choice(OBJECTS)
        code = f"{s}{k}-{e}"
        text, line = f"{code} in {o} {{n:int}} after {{t:duration}}", f"{code} in {o} 7 after 30 s"
        extra = ""
        if k % 10 == 7:
            pattern = f'"{text}" | "{code}: no {o} left" | "{code}: {o} is gone"'
        elif k % 10 == 8:
            pattern, extra = f'"{text}"', "\n  where n > 3"
        elif k % 10 == 9:
            pattern, line = f'"{code} in {o}" & "device {{d:pci}}"', f"{code} in {o}, device 0000:3b:00.0"
        else:
            pattern = f'"{text}"'
        yield f'sig s{k}: Crash.{leaves[k % 20]} {pattern}{extra}\n  hit "{line}"'


def run(program, path, tier):
    child = subprocess.Popen([program, "check", path, "--tier", tier],
                             stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    errors = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    if status != 0:
        sys.exit(errors[:2000])
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main():
    program = sys.argv[1]
    counts = [int(a) for a in sys.argv[2:]] or [100, 300, 1000, 3000]
    print(f"{'signatures':>10} {'tier':>5} {'s':>7} {'ms each':>8} {'MB':>6}")
    with tempfile.TemporaryDirectory() as folder:
        for count in counts:
            path = os.path.join(folder, f"{count}.tell")
            with open(path, "w", encoding="utf-8") as out:
                out.write("\n".join(rules(count)) + "\n")
            for tier in ("vm", "auto"):
                runs = [run(program, path, tier) for _ in range(3)]
                seconds = statistics.median(r[0] for r in runs)
                memory = max(r[1] for r in runs)
                print(f"{count:>10} {tier:>5} {seconds:>7.2f} {1000 * seconds / count:>8.2f} {memory:>6.0f}")


if __name__ == "__main__":
    main()
