#!/usr/bin/env python3
"""Writes grammar/telltale.tmLanguage.json, the colours of rule files in editors.

The words are those of grammar/language.h and grammar/keywords.def, so that an
editor knows what the compiler knows. `--check`: says whether the file is as it
would be written.
"""
import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
OUT = HERE / "telltale.tmLanguage.json"
RULES = (HERE / "language.h").read_text()
RESERVED = (HERE / "keywords.def").read_text()

ITEMS = "taxonomy source block table param let template apply sig rule stage test use pack edition end".split()
TRUTH = "and or not has in true false eof".split()


def words():
    """Every word of the language."""
    reserved = re.findall(r"^TT_KEYWORD\((\w+)\)", RESERVED, re.M)
    in_place = re.findall(r"TT_KW\((\w+)\)", RULES)
    return sorted({word for word in reserved + in_place if word != "name"})


def types():
    """The types of holes, from the table of the runtime."""
    text = (HERE.parent / "runtime/vm/value.cc").read_text()
    return sorted(re.findall(r'\{"(\w+)", Type::\w+\}', text))


def one_of(listed):
    return r"\b(?:" + "|".join(listed) + r")\b"


def grammar():
    clauses = [word for word in words() if word not in ITEMS + TRUTH]
    hole = {
        "name": "variable.parameter.hole.telltale",
        "begin": r"\{(?!\{)",
        "end": r"\}",
        "patterns": [
            {"name": "support.type.telltale", "match": one_of(types())},
            {"name": "string.regexp.telltale", "match": r"/(?:\\.|[^/\n])+/"},
        ],
    }
    return {
        "name": "Telltale",
        "scopeName": "source.telltale",
        "fileTypes": ["tell"],
        "patterns": [
            {"name": "comment.line.number-sign.telltale", "match": r"#.*$"},
            {"name": "string.unquoted.log-line.telltale", "match": r"^\s*\|.*$"},
            {
                "name": "string.quoted.double.telltale",
                "begin": '"',
                "end": '"[iw]*|$',
                "patterns": [
                    {"name": "constant.character.escape.telltale", "match": r"\\(?:x[0-9A-Fa-f]{2}|.)|\{\{|\}\}"},
                    hole,
                ],
            },
            {
                "name": "string.quoted.other.telltale",
                "begin": "`",
                "end": "`[iw]*|$",
                "patterns": [{"name": "constant.character.escape.telltale", "match": r"\{\{|\}\}"}, hole],
            },
            {"name": "string.regexp.telltale", "match": r"(?<=[\s(^|&!~:])/(?:\\.|[^/\n])+/[iw]*"},
            {
                "match": r"\b(sig|rule|let|param|table|template|block|source|taxonomy)\s+(\w+)",
                "captures": {
                    "1": {"name": "keyword.declaration.telltale"},
                    "2": {"name": "entity.name.function.telltale"},
                },
            },
            {"name": "keyword.declaration.telltale", "match": r"^\s*" + one_of(ITEMS)},
            {"name": "keyword.operator.word.telltale", "match": one_of(TRUTH)},
            {"name": "keyword.control.telltale", "match": one_of(clauses)},
            {"name": "constant.numeric.telltale",
             "match": r"\b0x[0-9A-Fa-f]+\b|\b\d+(?:\.\d+)*(?:[KMGT]iB|[kMGT]?B|ms|us|ns|s|m|h|d|%)?"},
            {"name": "entity.name.type.node.telltale", "match": r"\b[A-Z]\w*(?:\.[A-Z]\w*)*\b"},
            {"name": "keyword.operator.telltale", "match": r"->|==|!=|<=|>=|\?\?|[<>&|!~=+*/-]"},
        ],
    }


def main():
    text = json.dumps(grammar(), indent=2) + "\n"
    if sys.argv[1:] != ["--check"]:
        OUT.write_text(text)
        return 0
    if not OUT.exists() or OUT.read_text() != text:
        print(f"{OUT.name} is not what grammar/textmate.py writes: run it")
        return 1
    known = set(re.findall(r"\w+", text))
    missing = [word for word in words() if word not in known]
    # Each pattern is one that editors can read.
    patterns = re.findall(r'"(?:match|begin|end)": ("(?:\\.|[^"\\])*")', text)
    for pattern in patterns:
        re.compile(json.loads(pattern))
    print(f"editor grammar ok: {len(words())} words, {len(types())} types, {len(patterns)} patterns")
    return 1 if missing else 0


sys.exit(main())
