"""The documents made from the option tables, and the programs they are of."""

import os
import subprocess
from pathlib import Path

BIN = Path(os.environ.get("MUXTAP_BIN") or Path(__file__).parents[2] / "build/release/bin")
PROGRAMS = [f"muxtap-{name}" for name in ("probe", "record", "frames", "metrics", "send", "analyze")
            if (BIN / f"muxtap-{name}").exists()]


def document(*words):
    return subprocess.run([BIN / "muxtap_option_documents", *words], capture_output=True, text=True, check=True).stdout
