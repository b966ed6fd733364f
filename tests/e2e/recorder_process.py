"""Runs muxtap-record as a user would and reads what it says."""

import json
import subprocess
from pathlib import Path

from processes import BIN, Program, wait_until

__all__ = ["BIN", "RecorderProcess", "sidecar", "wait_until"]


class RecorderProcess(Program):
    """One muxtap-record with a JSON log."""

    def __init__(self, folder, *arguments, stdout=subprocess.DEVNULL, environment=None):
        super().__init__(folder, BIN / "muxtap-record", "--log-format", "json", *arguments, stdout=stdout,
                         environment=environment)


def sidecar(path):
    """The sidecar of a file, {} when there is none yet."""
    try:
        return json.loads(Path(str(path) + ".json").read_text())
    except FileNotFoundError:
        return {}
