"""Runs telltale for the tests that are scripts, and reads its JSON.

Needs nothing that Debian's python3-minimal lacks: no json, no tempfile, no
shutil, no unittest.
"""
import os
import re
import subprocess


class Ran:
    """One finished run: exit code and what it wrote, as bytes."""

    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    def json(self):
        return parse_json(self.out.decode("utf-8"))  # strict: all must be UTF-8


def run(program, *arguments, stdin=b"", **options):
    done = subprocess.run([program, *arguments], input=stdin, capture_output=True,
                          timeout=300, check=False, **options)
    return Ran(done.returncode, done.stdout, done.stderr)


def remove_tree(path):
    for folder, folders, files in os.walk(path, topdown=False):
        for name in files:
            os.unlink(os.path.join(folder, name))
        for name in folders:
            os.rmdir(os.path.join(folder, name))
    if os.path.isdir(path):
        os.rmdir(path)


def empty_folder(path):
    remove_tree(path)
    os.makedirs(path)
    return path


# ----------------------------------------------------------------------- JSON
# Strict, as RFC 8259 has it: what a reader elsewhere may refuse is refused.

_TOKEN = re.compile(
    r'[ \t\n\r]*(?:(?P<mark>[\[\]{}:,])'
    r'|"(?P<text>(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*)"'
    r'|(?P<number>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)'
    r'|(?P<word>true|false|null))')
_ESCAPE = re.compile(r'\\(?:u([0-9a-fA-F]{4})|(.))')
_CONTROLS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_WORDS = {"true": True, "false": False, "null": None}


def _unescape(text):
    plain = _ESCAPE.sub(
        lambda found: chr(int(found[1], 16)) if found[1]
        else _CONTROLS.get(found[2], found[2]), text)
    # Joins surrogate pairs; a lone one is an error.
    return plain.encode("utf-16-le", "surrogatepass").decode("utf-16-le")


class _Reader:
    def __init__(self, text):
        self.text, self.at = text, 0

    def next(self):
        found = _TOKEN.match(self.text, self.at)
        if found is None:
            raise ValueError(f"no JSON at {self.at}: {self.text[self.at:self.at + 40]!r}")
        self.at = found.end()
        return found.lastgroup, found[found.lastgroup]

    def value(self, token=None):
        kind, text = token or self.next()
        if kind == "text":
            return _unescape(text)
        if kind == "word":
            return _WORDS[text]
        if kind == "number":
            return int(text) if re.fullmatch(r"-?[0-9]+", text) else float(text)
        if text == "[":
            return self.items("]", self.value)
        if text == "{":
            pairs = self.items("}", self.pair)
            if len(dict(pairs)) != len(pairs):
                raise ValueError(f"a key is there twice: {[key for key, _ in pairs]}")
            return dict(pairs)
        raise ValueError(f"{text!r} before {self.at} begins no value")

    def pair(self, token):
        if token[0] != "text" or self.next() != ("mark", ":"):
            raise ValueError(f"no key before {self.at}")
        return _unescape(token[1]), self.value()

    def items(self, close, item):
        found, token = [], self.next()
        if token == ("mark", close):
            return found
        while True:
            found.append(item(token))
            token = self.next()
            if token == ("mark", close):
                return found
            if token != ("mark", ","):
                raise ValueError(f"{token[1]!r} before {self.at}, not a comma")
            token = self.next()


def parse_json(text):
    reader = _Reader(text)
    value = reader.value()
    if text[reader.at:].strip(" \t\n\r"):
        raise ValueError(f"more after the JSON: {text[reader.at:reader.at + 40]!r}")
    return value
