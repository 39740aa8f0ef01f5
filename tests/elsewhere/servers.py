"""Other people's web servers, as Debian's packages set them up, on a folder of this machine.

Each is started with a copy of its own configuration, in which only the port, the folder and the
places of its own files are changed: what types it knows and what it does by default stays.
"""

from __future__ import annotations

import os
import pwd
import re
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tools import get_servers
from tools.shell import POLICY

NO_WASM = "script-src 'self'"
"""A Content-Security-Policy that forbids WebAssembly: nothing in it allows that."""
ALL_THAT_IS_NEEDED = POLICY
"""The policy that each page carries itself; here a server sends it, to the engine's worker too."""

# What nginx does for folders that the tests make beside the site; its own configuration is not
# touched by it.
_NGINX_EXTRAS = f"""
  location /policy/ {{ add_header Content-Security-Policy "{NO_WASM}"; }}
  location /least/ {{
    add_header Content-Security-Policy "{ALL_THAT_IS_NEEDED}";
    types {{ text/html html; text/css css; application/javascript js; }}
    default_type application/octet-stream;
  }}
  location ~ ^/stalled/.*wasm.gz$ {{ limit_rate_after 100k; limit_rate 1; }}
  location /no-types/ {{
    types {{ text/html html; text/css css; }}
    default_type application/octet-stream;
  }}
  location /nosniff/ {{
    types {{ text/html html; text/css css; }}
    default_type text/plain;
    add_header X-Content-Type-Options nosniff;
  }}
"""


@contextmanager
def running(name: str, folder: Path, own: Path) -> Iterator[str]:
    """A server ("nginx", "apache2" or "lighttpd") for `folder`; gives the address.

    `own` is an empty folder for what it writes. Skips the test where the server is not installed;
    in continuous integration (CI=true) it fails.
    """
    program = get_servers.find(name)
    if program is None:
        reason = f"{name} is not installed (apt-get install {name})"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command, environment = _SETUPS[name](program, folder, own, port)
    with (own / "said").open("w") as said:
        started = subprocess.Popen(
            command, stdout=said, stderr=said, env={**os.environ, **environment}
        )
    try:
        _wait_for(f"http://127.0.0.1:{port}/", started, own / "said")
        yield f"http://127.0.0.1:{port}/"
    finally:
        started.terminate()
        started.wait(30)


def _wait_for(url: str, started: subprocess.Popen[bytes], said: Path) -> None:
    for _ in range(300):
        if started.poll() is not None:
            break
        try:
            urlopen(url).close()
        except URLError as problem:
            if not isinstance(problem.reason, OSError):
                return  # it answers, with whatever status
            time.sleep(0.05)
        else:
            return
    pytest.fail(f"the server did not start: {said.read_text()}")


Setup = tuple[list[str], dict[str, str]]
"""A command and what it wants to find in its environment."""


def _nginx(program: str, folder: Path, own: Path, port: int) -> Setup:
    site = Path("/etc/nginx/sites-available/default").read_text(encoding="utf-8")
    site = re.sub(r"^\s*listen \[::\].*\n", "", site, flags=re.MULTILINE)
    site = _changed(site, r"listen 80 ", f"listen 127.0.0.1:{port} ")
    site = _changed(site, r"root /var/www/html;", f"root {folder};{_NGINX_EXTRAS}")
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    scratch = "".join(f"{kind}_temp_path {own}/{kind};\n" for kind in kinds)
    (own / "site.conf").write_text(scratch + site, encoding="utf-8")
    main = Path("/etc/nginx/nginx.conf").read_text(encoding="utf-8")
    main = _changed(main, r"^user .*;", f"user {pwd.getpwuid(os.geteuid()).pw_name};")
    main = _changed(main, r"^pid .*;", f"pid {own}/pid;")
    main = main.replace("/var/log/nginx", str(own))
    main = _changed(main, r"include /etc/nginx/sites-enabled/\*;", f"include {own}/site.conf;")
    (own / "nginx.conf").write_text(main, encoding="utf-8")
    return [program, "-c", f"{own}/nginx.conf", "-e", f"{own}/early", "-g", "daemon off;"], {}


def _apache2(program: str, folder: Path, own: Path, port: int) -> Setup:
    site = Path("/etc/apache2/sites-available/000-default.conf").read_text(encoding="utf-8")
    site = _changed(site, r"\*:80", f"127.0.0.1:{port}")
    site = _changed(site, r"DocumentRoot .*", f"DocumentRoot {folder}")
    (own / "site.conf").write_text(site, encoding="utf-8")
    main = Path("/etc/apache2/apache2.conf").read_text(encoding="utf-8")
    main = _changed(main, r"^Include ports.conf", f"Listen 127.0.0.1:{port}")
    main = _changed(main, r"<Directory /var/www/>", f"<Directory {folder}>")
    main = _changed(main, r"^IncludeOptional sites-enabled/\*.conf", f"Include {own}/site.conf")
    main += f"ServerName 127.0.0.1\nMutex file:{own} default\n"
    (own / "apache2.conf").write_text(main, encoding="utf-8")
    # As root it serves as another user, as whom else it would refuse to run.
    user = "www-data" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    group = "www-data" if os.geteuid() == 0 else f"#{os.getegid()}"
    places = {name: str(own) for name in ("APACHE_RUN_DIR", "APACHE_LOG_DIR", "APACHE_LOCK_DIR")}
    places |= {"APACHE_RUN_USER": user, "APACHE_RUN_GROUP": group}
    places |= {"APACHE_PID_FILE": f"{own}/pid"}
    return [program, "-d", "/etc/apache2", "-f", f"{own}/apache2.conf", "-DFOREGROUND"], places


def _lighttpd(program: str, folder: Path, own: Path, port: int) -> Setup:
    main = Path("/etc/lighttpd/lighttpd.conf").read_text(encoding="utf-8")
    for name, value in {
        "document-root": f'"{folder}"',
        "upload-dirs": f'("{own}")',
        "errorlog": f'"{own}/error.log"',
        "pid-file": f'"{own}/pid"',
        "port": str(port),
    }.items():
        main = _changed(main, rf"^server\.{name}\s*=.*", f"server.{name} = {value}")
    main = _changed(main, r"^server\.(user|group)name.*", "")  # it runs as whoever runs the tests
    (own / "lighttpd.conf").write_text(f'{main}server.bind = "127.0.0.1"\n', encoding="utf-8")
    return [program, "-D", "-f", f"{own}/lighttpd.conf"], {}


def _changed(text: str, pattern: str, replacement: str) -> str:
    """`text` with a pattern replaced, which must be in it: the packages may change."""
    changed, count = re.subn(pattern, lambda _: replacement, text, flags=re.MULTILINE)
    assert count, f"no {pattern} in the package's configuration"
    return changed


_SETUPS: dict[str, Callable[[str, Path, Path, int], Setup]] = {
    "nginx": _nginx,
    "apache2": _apache2,
    "lighttpd": _lighttpd,
}
