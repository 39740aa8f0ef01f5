"""The rules of a style sheet that the pages can use.

A rule is kept if every class and id that it names is found somewhere: in the pages, also in the
markup that is stored in them, or as a word of a script, which may set it. What is only pressed,
hovered or asked about the reader's system is no reason to drop a rule.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import tinycss2

_NAMED = re.compile(r"\b(?:class|id)=\\?[\"']([^\"'\\]*)")
_WORD = re.compile(r"[A-Za-z_][\w-]*")
_VARIABLE = re.compile(r"--[\w-]+")
_ANIMATED = re.compile(r"animation(?:-name)?:([^;}]*)")
_KEYFRAMES = re.compile(r"@keyframes ([\w-]+)\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}\n?")
_READ = re.compile(r"var\(\s*(--[\w-]+)")
_DECLARED = re.compile(r"(?<=[{;])((--[\w-]+):(?:\"[^\"]*\"|[^\";{}])*;?)")
BY_BOOTSTRAP = {
    *("active", "fade", "show", "dropdown-menu-end", "dropdown-menu-dark"),
    *("tooltip", "tooltip-inner", "tooltip-arrow", "bs-tooltip-auto"),
    *("bs-tooltip-top", "bs-tooltip-bottom", "bs-tooltip-start", "bs-tooltip-end"),
}
"""Classes that Bootstrap's script sets for what the theme uses of it: menus, tooltips and the place
in the contents. Its other words would keep rules for carousels."""


@dataclass(frozen=True)
class Names:
    """Classes and ids that may be on a page, and the custom properties that pages mention."""

    found: frozenset[str]
    variables: frozenset[str]

    @classmethod
    def of(cls, pages: Iterable[str], scripts: Iterable[str]) -> Names:
        """All in the text of `pages` and `scripts`; Bootstrap's own script is none of them."""
        found, variables = set(BY_BOOTSTRAP), set()
        for page in pages:
            for names in _NAMED.findall(page):
                found.update(names.split())
            variables.update(_VARIABLE.findall(page))
        for script in scripts:
            found.update(_WORD.findall(script))
            variables.update(_VARIABLE.findall(script))
        return cls(frozenset(found), frozenset(variables))


def kept(css: str, names: Names | None) -> str:
    """The rules of `css` that pages with these names can use; None keeps all.

    Fonts of the theme are left out in any case: `icons.with_icons` brings what is drawn of them.
    Widths of the window are told in letters, of 16 px if the reader has not chosen another size.
    """
    rules = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    text = _rules(rules, names)
    if names is None:
        return text
    return _without_unused_variables(_without_unused_motion(text), names.variables)


def _rules(rules: Sequence[Any], names: Names | None) -> str:
    out = []
    for rule in rules:
        if rule.type == "at-rule":
            out.append(_at_rule(rule, names))
        elif rule.type == "qualified-rule":
            if selectors := _selectors(rule.prelude, names):
                out.append(f"{selectors}{{{_text(rule.content)}}}\n")
        else:
            raise ValueError(f"line {rule.source_line} is no rule of a style sheet: {rule.message}")
    return "".join(out)


def _at_rule(rule: Any, names: Names | None) -> str:
    keyword, prelude = rule.lower_at_keyword, _text(rule.prelude)
    if keyword == "charset" or (keyword == "font-face" and names is not None):
        return ""
    if rule.content is None:
        return f"@{keyword} {prelude};\n"
    if keyword not in ("media", "supports", "layer", "container"):
        return f"{f'@{keyword} {prelude}'.strip()}{{{_text(rule.content)}}}\n"
    for token in _all(rule.prelude) if keyword == "media" else ():
        if token.type == "dimension" and token.lower_unit == "px":
            token.representation, token.unit = f"{token.value / 16:g}", "em"
    inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
    body = _rules(inner, names)
    return f"@{keyword} {_text(rule.prelude)}{{{body}}}\n" if body else ""


def _all(tokens: Iterable[Any]) -> Iterable[Any]:
    for token in tokens:
        yield token
        yield from _all(getattr(token, "content", None) or ())


def _selectors(prelude: Sequence[Any], names: Names | None) -> str:
    """Those of a list that may match something; all where nothing is known of the pages."""
    parts = _parts(prelude)
    if names is not None:
        parts = [part for part in parts if _may_match(part, names.found.__contains__)]
    return ",".join(_text(part) for part in parts)


def _parts(tokens: Sequence[Any]) -> list[list[Any]]:
    parts: list[list[Any]] = [[]]
    for token in tokens:
        if token.type == "literal" and token.value == ",":
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def _may_match(selector: Sequence[Any], known: Callable[[str], bool]) -> bool:
    before = ""
    for token in selector:
        # A hash is an id; an identifier behind a full stop is a class.
        named = token.type == "hash" or (token.type == "ident" and before == ".")
        if named and not known(token.value):
            return False
        choice = token.type == "function" and token.lower_name in ("is", "where", "has")
        if choice and not any(_may_match(part, known) for part in _parts(token.arguments)):
            return False
        before = token.value if token.type == "literal" else ""
    return True


def _text(tokens: Sequence[Any]) -> str:
    """The tokens without comments, and with no more space than they need."""
    out: list[str] = []
    for token in tokens:
        if token.type == "whitespace":
            if out and out[-1] not in (" ", ",", ";"):
                out.append(" ")
        elif token.type != "comment":
            text: str = tinycss2.serialize([token])
            if text in (",", ";") and out and out[-1] == " ":
                out.pop()
            out.append(text)
    return "".join(out).strip(" ;")


def _without_unused_motion(css: str) -> str:
    """Drops the @keyframes that no rule of the sheet runs."""
    run = {word for value in _ANIMATED.findall(css) for word in _WORD.findall(value)}
    return _KEYFRAMES.sub(lambda found: found[0] if found[1] in run else "", css)


def _without_unused_variables(css: str, mentioned: frozenset[str]) -> str:
    """Drops declarations of custom properties that nobody reads, until none is left."""
    while True:
        read = {*mentioned, *_READ.findall(css)}
        parts = _DECLARED.split(css)  # text, declaration, its name, text, declaration, ...
        declared = zip(parts[1::3], parts[2::3], parts[3::3], strict=True)
        smaller = parts[0] + "".join(
            (whole if name in read else "") + rest for whole, name, rest in declared
        )
        if smaller == css:
            return css
        css = smaller
