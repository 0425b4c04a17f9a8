#!/usr/bin/env python3
"""Checks that grammar/reference.peg, which people read, grammar/language.h, which
runs, and grammar/keywords.def have the same names and words.

Usage: check_grammar.py ROOT
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1])
PEG = re.sub(r"\s# .*|^#.*", "", (ROOT / "grammar/reference.peg").read_text(), flags=re.M)
RULES = re.sub(r"//.*", "", (ROOT / "grammar/language.h").read_text())
NODES = (ROOT / "dsl/parse/rules.def").read_text()
RESERVED = (ROOT / "grammar/keywords.def").read_text()

# Rules without a production, beside those that the parser keeps as nodes
# (rules.def): a part of a production is one rule to be a node.
ALLOWED = {
    "spacing, which reference.peg only mentions": "comment sp tok sym",
    "a part that messages name": "hole_close stray_brace second_brace flags_end close_quote close_tick",
    "a choice whose parts are nodes": "hole_body stage_axis",
    "what the parser reads one by one, so that an error in one leaves the others": "top",
}
# Two rules whose names differ in the `_` only: production and reason.
TWICE = {"group_": "the parentheses of Atom; `group` is the production Group"}

errors = []
productions = re.findall(r"^(\w+)\s*<-", PEG, re.M)
rules = list(dict.fromkeys(re.findall(r"^(?:template <[^>]*> )?struct (\w+)\b", RULES, re.M)))
nodes = set(re.findall(r"TT_RULE\((\w+)\)", NODES))
allowed = {name for names in ALLOWED.values() for name in names.split()}


def plain(name):
    """Production and rule differ in capitals, and in a `_` that avoids a C++ word."""
    return name.lower().removesuffix("_")


def check_names():
    known = {plain(rule) for rule in rules}
    wanted = {plain(name) for name in productions}
    for name in productions:
        if plain(name) not in known:
            errors.append(f"reference.peg: {name} has no rule in language.h")
    for rule in rules:
        twin = plain(rule) != rule and plain(rule) in rules
        if twin and rule not in TWICE:
            errors.append(f"language.h: {rule} and {plain(rule)} differ in `_` only")
        if plain(rule) not in wanted and rule not in nodes | allowed:
            errors.append(f"language.h: {rule} is in no production of reference.peg")
    for name in sorted(allowed | set(TWICE)):
        if name not in rules or (name in allowed and (plain(name) in wanted or name in nodes)):
            errors.append(f"{pathlib.Path(__file__).name}: {name} needs no exception")
    for name in sorted(nodes - set(rules)):
        errors.append(f"rules.def: {name} is no rule of language.h")
    for name in sorted({name for name in productions if productions.count(name) > 1}):
        errors.append(f"reference.peg: {name} is there twice")


def check_words():
    keyword = re.search(r"^keyword\s*<-((?:.|\n)*)\Z", PEG, re.M)
    listed = re.findall(r"'(\w+)'", keyword[1])
    reserved = re.findall(r"^TT_KEYWORD\((\w+)\)", RESERVED, re.M)
    for word in sorted(set(listed) ^ set(reserved)):
        errors.append(f"{word}: reserved in one of reference.peg and keywords.def only")
    # Productions are capitalised, tokens are not.
    syntax = PEG[:re.search(r"^[a-z]\w*\s*<-", PEG, re.M).start()]
    words = set(re.findall(r"'([a-z]+)'", syntax))
    for word in sorted(words ^ set(re.findall(r"TT_KW\((\w+)\)", RULES)) - {"name"}):
        errors.append(f"{word}: a word of one of reference.peg and language.h only")
    used = set(re.findall(r"\bkw_(\w+)", re.sub(r"#define.*", "", RULES)))
    defined = set(re.findall(r"TT_KW\((\w+)\)", RULES)) - {"name"}
    # Words inside tokens (`prev`, `true`) are written out there.
    for word in sorted(defined - used):
        if f'TAO_PEGTL_STRING("{word}")' not in RULES:
            errors.append(f"language.h: kw_{word} is not used")


check_names()
check_words()
print("\n".join(errors) or f"grammar ok: {len(productions)} productions, {len(rules)} rules")
sys.exit(bool(errors))
