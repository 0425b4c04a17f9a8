#!/usr/bin/env python3
"""Checks every #include below ROOT against layers.txt beside this script.

Usage: check_layers.py ROOT
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1])
LAYERS = pathlib.Path(__file__).with_name("layers.txt")
INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)')
TOPS = ("runtime", "grammar", "dsl", "compiler")

allowed, third_party, errors = {}, {}, []
for line in LAYERS.read_text().splitlines():
    line = line.split("#")[0].strip()
    if line.startswith("third-party "):
        prefix, folders = line.removeprefix("third-party ").split(":")
        third_party[prefix.strip()] = set(folders.split())
    elif line:
        folder, deps = line.split(":")
        # The order of the file is the order of the layers: no cycle is possible.
        for dep in sorted(set(deps.split()) - set(allowed)):
            errors.append(f"{LAYERS.name}: {folder} names {dep}, which is not above it")
        allowed[folder.strip()] = set(deps.split())


def folder_of(path):
    """The longest folder in layers.txt that holds this repository path."""
    parts = pathlib.PurePosixPath(path).parts[:-1]
    for n in range(len(parts), 0, -1):
        if "/".join(parts[:n]) in allowed:
            return "/".join(parts[:n])
    return None


def check_include(where, here, name):
    for prefix, folders in third_party.items():
        if name.startswith(prefix) and here not in folders:
            errors.append(f"{where}: {here} may not include <{name}>")
    if name.split("/")[0] in TOPS:
        there = folder_of(name)
        if there != here and there not in allowed[here]:
            errors.append(f"{where}: {here} may not include {name}")


for top in TOPS:
    for path in sorted((ROOT / top).rglob("*")):
        if path.suffix not in (".h", ".cc", ".def"):
            continue
        rel = path.relative_to(ROOT).as_posix()
        here = folder_of(rel)
        if here is None:
            errors.append(f"{rel}: its folder is not in {LAYERS.name}")
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if found := INCLUDE.match(line):
                check_include(f"{rel}:{number}", here, found[1] or found[2])

print("\n".join(errors) or f"layers ok: {len(allowed)} folders")
sys.exit(bool(errors))
