"""Which rules of a style sheet stay, which characters of a font, and how scripts are joined."""

from __future__ import annotations

import base64
import io
import re
from pathlib import Path

import pydata_sphinx_theme
import pytest
from fontTools.ttLib import TTFont

from tools.shell.icons import with_icons
from tools.shell.scripts import bundle
from tools.shell.styles import Names, kept

FONTS = (
    Path(pydata_sphinx_theme.__file__).parent
    / "theme/pydata_sphinx_theme/static/vendor/fontawesome/webfonts"
)
NAMES = Names.of(
    [
        '<p class="one two" id="three" style="color: var(--used)">',
        r"{\"html\": \"<i class=\"four\">",
    ],
    ["list.classList.add('five')"],
)


@pytest.mark.parametrize(
    ("css", "left"),
    [
        (".one{color:red}", ".one{color:red}\n"),
        (".six{color:red}", ""),
        ("#three>.two,.six{color:red}", "#three>.two{color:red}\n"),
        (".one .six{color:red}", ""),
        (".four{x:y}.five{x:y}", ".four{x:y}\n.five{x:y}\n"),
        (".one:not(.six){color:red}", ".one:not(.six){color:red}\n"),
        (".one:is(.six,.seven){color:red}", ""),
        (".one:is(.six,.two){color:red}", ".one:is(.six,.two){color:red}\n"),
        ("p:hover::before{content:', ;'}", 'p:hover::before{content:", ;"}\n'),
        ("/* .one */ a {\n  color : red ;\n}", "a{color : red}\n"),
        ("@media (min-width:960px){.one{a:b}.six{a:b}}", "@media (min-width:60em){.one{a:b}\n}\n"),
        ("@media print{.six{a:b}}", ""),
        ("@media screen and (max-width: 59.998px){.six{a:b}}", ""),
        ("@supports (a:b){@media print{.one{a:b}}}", None),
        ("@font-face{font-family:x;src:url(x.woff2)}", ""),
        ("p{animation: x 1s}@keyframes x{from{a:b}to{a:c}}", None),
        ("p{a:b}@keyframes x{from{a:b}to{a:c}}", "p{a:b}\n"),
        ("p{--used:1;--unused:2;color:red}", "p{--used:1;color:red}\n"),
        ("p{--a:var(--b);--b:1;color:red}", "p{color:red}\n"),
        ("p{--b:';';color:var(--a);--a:var( --b )}", None),
    ],
)
def test_a_rule_stays_if_a_page_can_use_it(css: str, left: str | None) -> None:
    found = kept(css, NAMES)
    if left is None:  # all of it is used
        assert re.sub(r"[\s'\"]|;(?=\})", "", found) == re.sub(r"[\s'\"]|;(?=\})", "", css)
    else:
        assert found == left


def test_of_our_own_sheets_every_rule_stays() -> None:
    assert kept(".six{--x:1}@font-face{a:b}", None) == ".six{--x:1}\n@font-face{a:b}\n"


def test_a_sheet_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="line 1 is no rule of a style sheet"):
        kept("p{a:b} }", NAMES)


def test_the_fonts_have_the_icons_that_the_sheet_draws_and_no_others() -> None:
    css = r'.a::before{content:"\f0c9"}.b{--c:"' + "\uf09b" + '"}'
    joined = with_icons(css, FONTS)
    assert joined.endswith(css)
    fonts = [
        TTFont(io.BytesIO(base64.b64decode(data)))
        for data in re.findall(r"base64,([^)]*)\)", joined)
    ]
    assert [set(font.getBestCmap()) for font in fonts] == [{0xF0C9}, {0xF09B}]
    assert len(joined) < 4000


def test_an_icon_that_no_font_has_is_named() -> None:
    with pytest.raises(ValueError, match=r"no font of the theme has U\+F8FE"):
        with_icons(r'.a::before{content:"\f8fe"}', FONTS)


def test_scripts_are_joined_in_one_scope_and_ask_for_widths_in_letters() -> None:
    joined = bundle(
        ["let a = 1\n//# sourceMappingURL=x.map", '(() => matchMedia("(min-width: 992px)"))()']
    )
    assert joined == ';let a = 1\n;(() => matchMedia("(min-width: 62em)"))()\n'


def test_remarks_in_scripts_are_left_out_but_for_who_wrote_them() -> None:
    text = 'f(); // here\n  // why\n// Copyright: somebody\nlet a = "//host";\n'
    assert bundle([text]) == ';f(); // here\n// Copyright: somebody\nlet a = "//host";\n'
