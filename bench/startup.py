"""How long `make serve` takes from its command to the first page: `python bench/startup.py`.

The first start makes the database and the demo data, the later ones find them.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[1]


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start_and_stop(database: Path) -> tuple[float, float]:
    """Seconds until the first page is there, and until the process has ended."""
    port = free_port()
    environment = os.environ | {"SQLALCHEMY_URL": f"sqlite:///{database}"}
    options = ["demo", f"--port={port}", "--sandbox-port=0"]
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "srp_portal.cli", "-c", str(ROOT / "development.ini"), *options],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not answers(port):
            if process.poll() is not None:
                raise SystemExit("the demo did not start")
            time.sleep(0.02)
        ready = time.perf_counter()
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)
        return ready - began, time.perf_counter() - ready
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def answers(port: int) -> bool:
    """Whether the login page is served."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/login/", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def main() -> None:
    """Prints a line for the first start and one for the median of the others."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    print("| start | seconds to the first page | seconds to stop |")
    print("|---|---:|---:|")
    with TemporaryDirectory() as folder:
        database = Path(folder) / "demo.sqlite"
        first = start_and_stop(database)
        print(f"| first, with demo data made | {first[0]:.1f} | {first[1]:.1f} |")
        others = sorted(start_and_stop(database) for _ in range(arguments.repeats))
        middle = others[len(others) // 2]
        print(f"| later | {middle[0]:.1f} | {middle[1]:.1f} |")


if __name__ == "__main__":
    main()
