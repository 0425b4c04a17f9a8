#!/usr/bin/env python3
"""Checks the shape of the tree: names at the top, sizes of files, that each
diagnostic has a golden case and a page, that each sig of the standard library
has a sample.

Usage: check_tree.py ROOT
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1])
MAX_LINES = 800
REQUIRED = {"dsl", "compiler", "runtime", "stdlib", "examples", "tests", "grammar",
            "CMakeLists.txt"}
OPTIONAL = {"docs", "cmake", "scripts", "bindings", "build", "README.md",
            "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "CMakePresets.json"}
CODE = re.compile(r"^TT_DIAG\((\w+),", re.M)
STRING_OR_COMMENT = re.compile(r'"(?:[^"\\\n]|\\.)*"|#[^\n]*')
errors = []


def check_top():
    names = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    errors.extend(f"{name}: missing at the top" for name in sorted(REQUIRED - names))
    errors.extend(f"{name}: not a name for the top level"
                  for name in sorted(names - REQUIRED - OPTIONAL))


def check_sizes():
    for top in sorted(REQUIRED | {"bindings"}):
        for path in sorted((ROOT / top).rglob("*")):
            # A file that says it is a table is read by search, not top to bottom.
            if path.suffix not in (".h", ".cc") or path.stem.endswith("_table"):
                continue
            lines = path.read_text().count("\n")
            if lines > MAX_LINES:
                errors.append(f"{path.relative_to(ROOT)}: {lines} lines (limit {MAX_LINES})")


def check_diagnostics():
    codes = CODE.findall((ROOT / "dsl/diag/codes.def").read_text())
    pages = {path.stem for path in (ROOT / "docs/diagnostics").glob("[EWN]*.md")}
    shown = set()
    for case in (ROOT / "tests/golden").rglob("*.case"):
        shown.update(re.findall(r"\[(\w\d+)\]", case.read_text(errors="replace")))
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        errors.append(f"dsl/diag/codes.def: {code} is there twice")
    for code in sorted(set(codes) - pages):
        errors.append(f"docs/diagnostics/{code}.md: missing")
    for code in sorted(pages - set(codes)):
        errors.append(f"docs/diagnostics/{code}.md: no such diagnostic")
    for code in sorted(set(codes) - shown):
        errors.append(f"tests/golden: no case shows [{code}]")


def check_samples():
    for path in sorted((ROOT / "stdlib").rglob("*.tell")):
        text = STRING_OR_COMMENT.sub(
            lambda found: '""' if found[0][0] == '"' else "", path.read_text())
        # A declaration reaches to the next line that begins at the margin.
        for declaration in re.split(r"^(?=\S)", text, flags=re.M):
            name = re.match(r"sig\s+(\w+)", declaration)
            if name and not re.search(r"\bhit\b", declaration):
                errors.append(f"{path.relative_to(ROOT)}: sig {name[1]} has no hit")


check_top()
check_sizes()
check_diagnostics()
check_samples()
print("\n".join(errors) or "tree ok")
sys.exit(bool(errors))
