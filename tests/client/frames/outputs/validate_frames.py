"""Holds the JSON Schemas of pictures and access units and their writers to each other (tests/support/record_schemas.py).

validate_frames.py SAMPLES_PROGRAM PROTO_FOLDER
"""
import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "support"))
from record_schemas import Schemas, check_samples  # noqa: E402

KINDS = {"muxtap.frame/1": "frame-1.json", "muxtap.access_unit/1": "access-unit-1.json"}


def main():
    program, folder = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
    lines = subprocess.run([program], check=True, capture_output=True).stdout.decode().splitlines()
    records = [json.loads(line) for line in lines]
    records += [json.loads((folder / "examples" / file).read_text()) for file in KINDS.values()]
    failures, checks = check_samples(records, Schemas(folder / "schema"), KINDS, set(KINDS))
    print("\n".join(failures[:20]))
    print(f"{checks} checked, {len(failures)} failures")
    sys.exit(1 if failures or checks != len(records) else 0)


main()
