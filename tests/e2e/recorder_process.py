"""Runs muxtap-record as a user would and reads what it says."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

BIN = Path(os.environ.get("MUXTAP_BIN") or Path(__file__).resolve().parents[2] / "build/dev/bin")


def wait_until(condition, seconds=10, what="the condition"):
    """Polls until `condition()` is true and returns what it returned."""
    deadline = time.monotonic() + seconds
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not come true within {seconds} s")
        time.sleep(0.01)


class RecorderProcess:
    """One muxtap-record with a JSON log. Ended by `stop`, at the latest by `close`."""

    def __init__(self, folder, *arguments, stdout=subprocess.DEVNULL, environment=None):
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        self.log_path = folder / f"log-{time.monotonic_ns()}.txt"
        clean = {name: value for name, value in os.environ.items() if name.startswith(("PATH", "HOME", "LD_", "ASAN",
                                                                                       "UBSAN", "TSAN"))}
        clean.update(environment or {})
        with self.log_path.open("wb") as log:
            self.process = subprocess.Popen([BIN / "muxtap-record", "--log-format", "json", *map(str, arguments)],
                                            cwd=folder, stdout=stdout, stderr=log, env=clean)

    def log_text(self):
        return self.log_path.read_text(errors="replace")

    def events(self, name=None):
        """The log lines with this event, oldest first."""
        found = []
        for line in self.log_text().splitlines():
            if line.startswith("{"):
                try:
                    event = json.loads(line)
                except ValueError:
                    continue  # still being written
                if name is None or event["event"] == name:
                    found.append(event)
        return found

    def wait_for_event(self, name, count=1, seconds=10):
        def seen():
            if self.process.poll() is not None and len(self.events(name)) < count:
                raise AssertionError(f"ended with {self.process.returncode} before {name}:\n{self.log_text()}")
            return len(self.events(name)) >= count
        try:
            wait_until(seen, seconds, f"event {name}")
        except TimeoutError as error:
            raise TimeoutError(f"{error}\n{self.log_text()}") from None
        return self.events(name)[-1]

    def wait(self, seconds=10):
        """The exit code."""
        return self.process.wait(seconds)

    def stop(self, number=signal.SIGINT, seconds=5):
        """Asks it to end; the exit code."""
        self.process.send_signal(number)
        return self.wait(seconds)

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def sidecar(path):
    """The sidecar of a file, {} when there is none yet."""
    try:
        return json.loads(Path(str(path) + ".json").read_text())
    except FileNotFoundError:
        return {}
