"""Without an optional package, whatever needs it says in one line how to get it."""

from __future__ import annotations

import subprocess
import sys

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from oomlab.errors import MissingPackageError, needed

BLOCKED = """
import sys
sys.modules[{package!r}] = None
from oomlab.errors import InputError
try:
    {needs}
except InputError as error:
    assert isinstance(error, ImportError)
    print(error)
"""


@pytest.mark.parametrize(
    ("package", "needs", "get"),
    [
        ("matplotlib", "import oomlab.figures.plots", "oomlab[plots]"),
        ("anywidget", "import oomlab.widgets", "oomlab[widgets]"),
        ("traitlets", "from oomlab.widgets.panel import Panel", "oomlab[widgets]"),
        ("ipywidgets", "from oomlab.widgets.grid import *", "oomlab[widgets]"),
        ("shtab", "from oomlab.command.dispatch import COMMANDS; from argparse import Namespace; "
         "list(COMMANDS['completion'].answer(Namespace(shell='zsh'), None))", "oomlab[completion]"),
        ("perfetto", "from oomlab import exported, run; exported(run('h1-two-task-cycle'), "
         "'perfetto')", "oomlab[perfetto]"),
        ("matplotlib", "from oomlab.views import call; call("
         "'oomlab.views.statistics:price_of_load', {'measure': 'lent'})", "oomlab[plots]"),
        ("matplotlib", "from oomlab.widgets import Panel, crowd_controls; "
         "Panel('oomlab.views.statistics:rounds', crowd_controls())", "oomlab[plots]"),
        ("SALib", "from oomlab.evidence import shares, stored; shares(stored('guesses'))",
         "oomlab[book]"),
    ],
)  # fmt: skip
def test_a_missing_package_says_how_to_get_it(package: str, needs: str, get: str) -> None:
    code = BLOCKED.format(package=package, needs=needs)
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout == (
        f'{package} is not installed, which this needs; get it with: pip install "{get}"\n'
    )
    assert said.stderr == ""


def test_in_a_page_it_says_where_the_package_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "emscripten")
    with pytest.raises(MissingPackageError) as refused, needed("plots"):
        raise ModuleNotFoundError(name="matplotlib.axes")
    assert str(refused.value) == (
        "matplotlib is not in this page's Python, which this needs; it is there on Binder, and on"
        " a machine of your own"
    )


def test_a_notebook_shows_that_line_and_no_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    shell = InteractiveShell(config=Config({"HistoryManager": {"enabled": False}}))
    shell.run_cell("from oomlab.errors import needed\nwith needed('plots'):\n    import no_such")
    line = 'no_such is not installed, which this needs; get it with: pip install "oomlab[plots]"'
    assert capsys.readouterr().out == f"{line}\n"


def test_the_controls_of_a_plot_need_no_matplotlib() -> None:
    code = "import sys; sys.modules['matplotlib'] = None; from oomlab.widgets import crowd_controls"
    subprocess.run([sys.executable, "-c", f"{code}; crowd_controls()"], check=True)


_OPTIONAL = ("matplotlib", "anywidget", "perfetto", "google")


def test_the_course_and_the_command_need_none_of_them() -> None:
    blocked = "".join(f"sys.modules[{name!r}] = None; " for name in _OPTIONAL)
    code = f"import sys; {blocked} import oomlab.course, oomlab.command.dispatch, oomlab.views"
    subprocess.run([sys.executable, "-c", code], check=True)
