"""The servers under measurement: how each is started, awaited, read (CPU, memory) and stopped."""

from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import psutil

HOST = "127.0.0.1"
ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 300.0
"""Far above any limit: filling a million messages is part of a start."""


class ServerFailedError(Exception):
    """A server under measurement did not start, or ended while it was needed."""


def uvicorn_command(app: str) -> list[str]:
    """The one way in which every comparison app is served: one process, uvloop, httptools, no access log."""
    return [
        *(sys.executable, "-m", "uvicorn", app, "--host", HOST),
        *("--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning"),
    ]


COMMANDS = {
    "bare": uvicorn_command("bench.bare:app"),
    "cozum": [sys.executable, "-m", "cozum", "serve", "--store", "memory://", "--demo"],
    "fastapi": uvicorn_command("bench.by_fastapi:app"),
    "connexion": uvicorn_command("bench.by_connexion:app"),
}
"""Server name -> its command without the port."""


def free_port() -> int:
    """A loopback port nobody holds now, chosen by the kernel."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


class Server:
    """One server process. As a context manager it accepts connections inside and is gone outside."""

    def __init__(self, name: str, command: Sequence[str]) -> None:
        self.name = name
        self.port = free_port()
        self._command = [*command, "--port", str(self.port)]
        self._output: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed in __exit__
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            self.launch()
            self.connect(START_SECONDS).close()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def launch(self) -> None:
        """Start the process without waiting for it; what it prints is kept for `output`."""
        self._process = subprocess.Popen(
            self._command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=self._output, stderr=self._output
        )

    def connect(self, timeout: float, pause: float = 0.005) -> socket.socket:
        """A connection, tried every `pause` seconds until the server accepts, for `timeout` seconds.

        Raises `ServerFailedError` with what the server printed when it ended or does not accept in time.
        """
        deadline = time.perf_counter() + timeout
        while time.perf_counter() < deadline:
            try:
                connection = socket.create_connection((HOST, self.port), timeout=60)
            except OSError:
                if self._running.poll() is not None:
                    message = f"{self.name} ended with {self._running.returncode}:\n{self.output()}"
                    raise ServerFailedError(message) from None
                time.sleep(pause)
            else:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return connection
        raise ServerFailedError(f"{self.name} does not accept connections after {timeout:g} s:\n{self.output()}")

    def cpu_ns(self) -> int:
        """User and system CPU time of the server so far, all threads and child processes, in nanoseconds.

        Reads the process clock (clock_getcpuclockid(3)): what /proc/PID/stat gives as utime + stime in ticks
        of 10 ms, here in nanoseconds. Children are added in ticks; these servers have none.
        """
        clock = (~self._running.pid << 3) | 2
        total = time.clock_gettime_ns(clock)
        for child in self._family()[1:]:
            times = child.cpu_times()
            total += int((times.user + times.system) * 1e9)
        return total

    def memory(self) -> tuple[int, int]:
        """(RSS, PSS) of the server and its child processes in bytes; PSS counts shared pages in part."""
        full = [process.memory_full_info() for process in self._family()]
        return sum(one.rss for one in full), sum(one.pss for one in full)

    def output(self) -> str:
        """What the server has printed, at most the last 8 KiB."""
        self._output.seek(max(0, self._output.seek(0, 2) - 8192))
        return self._output.read().decode(errors="replace")

    def stop(self) -> None:
        """Terminate the process by its handle (kill after 10 s) and wait for its end."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._output.close()

    @property
    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise ServerFailedError(f"{self.name} was not started")
        return self._process

    def _family(self) -> list[psutil.Process]:
        parent = psutil.Process(self._running.pid)
        return [parent, *parent.children(recursive=True)]
