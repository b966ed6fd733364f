"""Runs the programs as a user would: start, wait for what they say, and always end them by their process id."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

BIN = Path(os.environ.get("MUXTAP_BIN") or Path(__file__).resolve().parents[2] / "build/dev/bin").resolve()
# Longest wait for anything: only a failure takes that long. Where many tests run, the kernel alone takes seconds to close
# a capture socket (synchronize_rcu).
PATIENCE = 30
# Everything that this session started, for the check at its end.
started_processes = []
# What a program may take from the environment of the tests: options must not slip in by their names.
KEPT_ENVIRONMENT = ("PATH", "HOME", "LD_", "ASAN", "UBSAN", "LSAN", "TSAN")


def wait_until(condition, seconds=PATIENCE, what="the condition"):
    """Polls until `condition()` is true and returns what it returned."""
    deadline = time.monotonic() + seconds
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not come true within {seconds} s")
        time.sleep(0.01)


def clean_environment(**more):
    kept = {name: value for name, value in os.environ.items() if name.startswith(KEPT_ENVIRONMENT)}
    return {**kept, **more}


def events_in(text, name=None):
    """The JSON log lines with this event, oldest first."""
    found = []
    for line in text.splitlines():
        if line.startswith("{"):
            try:
                event = json.loads(line)
            except ValueError:
                continue  # still being written
            if name is None or event["event"] == name:
                found.append(event)
    return found


class Program:
    """One running program. Its standard error goes to a file. Ended by `stop`, at the latest by `close`."""

    def __init__(self, folder, *command, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL, environment=None):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.log_path = self.folder / f"log-{time.monotonic_ns()}.txt"
        with self.log_path.open("wb") as log:
            self.process = subprocess.Popen([*map(str, command)], cwd=folder, stdout=stdout, stderr=log, stdin=stdin,
                                            env=clean_environment(**(environment or {})))
        started_processes.append(self.process)

    @property
    def pid(self):
        return self.process.pid

    def log_text(self):
        return self.log_path.read_text(errors="replace")

    def events(self, name=None):
        return events_in(self.log_text(), name)

    def last(self, name):
        """The newest event of this name, {} when there is none."""
        return (self.events(name) or [{}])[-1]

    def packets(self):
        """What the newest status of a probe or recorder counts."""
        return self.last("status").get("packets", 0)

    def wait_for(self, condition, what, seconds=PATIENCE):
        """Until `condition()`; fails at once when the program ends before, and shows its log."""
        def holds():
            ended = self.process.poll() is not None  # looked at first: what it said before its end counts
            result = condition()
            if ended and not result:
                raise AssertionError(f"ended with {self.process.returncode} before {what}:\n{self.log_text()}")
            return result
        try:
            return wait_until(holds, seconds, what)
        except TimeoutError as error:
            raise TimeoutError(f"{error}\n{self.log_text()[-5000:]}") from None

    def wait_for_event(self, name, count=1, seconds=PATIENCE):
        self.wait_for(lambda: len(self.events(name)) >= count, f"event {name}", seconds)
        return self.events(name)[-1]

    def wait_for_text(self, text, seconds=PATIENCE):
        self.wait_for(lambda: text in self.log_text(), f'"{text}"', seconds)

    def wait(self, seconds=PATIENCE):
        """The exit code; where it does not end in time, what each of its threads waits for is told."""
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise TimeoutError(f"{self.process.args} did not end within {seconds} s\n{self.threads()}\n"
                               f"{self.log_text()[-2000:]}") from None

    def threads(self):
        """Name, state, system call and place in the kernel of each thread, a line each."""
        def told(thread, file):
            try:
                return (thread / file).read_text().strip()
            except OSError as error:
                return error.strerror
        return "\n".join(f"{told(thread, 'comm')}: {told(thread, 'stat').rpartition(')')[2].split()[0]}, "
                         f"{told(thread, 'syscall')}, {told(thread, 'wchan')}, {told(thread, 'stack')}"
                         for thread in Path(f"/proc/{self.pid}/task").iterdir())

    def send_signal(self, number):
        self.process.send_signal(number)

    def stop(self, number=signal.SIGINT, seconds=PATIENCE):
        """Asks it to end; the exit code."""
        self.process.send_signal(number)
        return self.wait(seconds)

    def kill(self):
        self.process.kill()
        return self.process.wait()

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()


class Ended:
    """What a program that ran to its end has left."""

    def __init__(self, result):
        self.code = result.returncode
        self.output = result.stdout
        self.log = result.stderr.decode(errors="replace")

    def events(self, name=None):
        return events_in(self.log, name)

    def last(self, name):
        return (self.events(name) or [{}])[-1]


def run_to_end(*command, seconds=PATIENCE, folder="/", environment=None, stdin=None):
    """Runs a program until it ends by itself."""
    given = {"input": stdin} if stdin is not None else {"stdin": subprocess.DEVNULL}
    return Ended(subprocess.run([*map(str, command)], cwd=folder, capture_output=True, timeout=seconds,
                                env=clean_environment(**(environment or {})), **given))
