#!/usr/bin/env bash
# A computation on this machine's cores, in tests and in a command: nobody is to look at it, so no dashboard.
#
# Package: distributed 2026.8.0, dask 2026.8.0
# Expected: `LocalCluster(dashboard_address=None)` has no web server, as its documentation says of None: it opens no port, and a second one beside it has nothing to complain about.
# Really: None is the same as nothing given. The web server is started, on port 8787 and on all of the machine's addresses; where that is taken, on another port, with a warning that "you already have a cluster running". An address such as ":0" is quiet, but listens, too.
# Seen: 2026-11-29
set -euo pipefail
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
python3 -m venv --without-pip "$box/venv"
python3 -m pip --python "$box/venv/bin/python" -qq install distributed==2026.8.0 dask==2026.8.0

cat > "$box/clusters.py" <<'END'
import socket
import warnings

from distributed import LocalCluster


def started(title, **given):
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", UserWarning)
        with LocalCluster(n_workers=1, processes=False, **given) as cluster:
            servers = cluster.scheduler.services.values()
            listens = any(one.fileno() >= 0 for server in servers for one in server._sockets.values())
    warned = any("already in use" in str(one.message) for one in told)
    print(f"{title}: a web server {'yes' if listens else 'no'}, a warning {'yes' if warned else 'no'}")


with socket.create_server(("127.0.0.1", 8787)):  # whoever was there first
    started("nothing given")
    started("None", dashboard_address=None)
    started(":0", dashboard_address=":0")
END

seen=$("$box/venv/bin/python" "$box/clusters.py" 2> /dev/null)  # what it says of closing is of no matter
printf '%s\n' "$seen"
[ "$seen" = "nothing given: a web server yes, a warning yes
None: a web server yes, a warning yes
:0: a web server yes, a warning no" ] || { echo "This has changed." >&2; exit 1; }
