"""A PostgreSQL server of the tests' own: made in a temporary folder, gone afterwards."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FOLDERS = ("/usr/lib/postgresql/*/bin", "/usr/local/pgsql/bin", "/opt/homebrew/opt/postgresql*/bin")


def programs() -> Path | None:
    """Return the folder of PostgreSQL's programs, or None where there is none on this machine."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    for pattern in FOLDERS:
        folders = sorted(Path("/").glob(pattern.lstrip("/")))
        if folders and (folders[-1] / "initdb").exists():
            return folders[-1]
    return None


@contextmanager
def running(folder: Path, *, is_durable: bool = False) -> Iterator[str]:
    """Run a server and yield its address, ``postgresql://...`` without a database name.

    Parameters
    ----------
    is_durable
        True where commits must reach the disk, as they do for a district; tests of behaviour do without.
    """
    with tempfile.TemporaryDirectory(prefix="postwise-pg-") as home:
        data = Path(home) / "data"
        # PostgreSQL refuses to run as root, so there it runs as the user its package made.
        as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if as_user:
            shutil.chown(home, "postgres", "postgres")
        subprocess.run(
            [*as_user, folder / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync"],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd="/",
        )
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={home}"
        if not is_durable:
            options += " -c fsync=off"
        subprocess.run(
            [*as_user, folder / "pg_ctl", "-D", data, "-w", "-l", f"{home}/log", "-o", options, "start"],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd="/",
        )
        try:
            yield f"postgresql://postgres@127.0.0.1:{port}"
        finally:
            subprocess.run(
                [*as_user, folder / "pg_ctl", "-D", data, "-m", "immediate", "stop"],
                check=True,
                stdout=subprocess.DEVNULL,
                cwd="/",
            )
            time.sleep(0.1)
