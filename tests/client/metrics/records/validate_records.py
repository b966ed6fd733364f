"""Holds the JSON Schemas of a worker's records and their writers to each other.

validate_records.py SAMPLES_PROGRAM PROTO_FOLDER: every record that the writers make is valid; with any key left out that
the schema requires, with a null, or with a key too many, it is not. Every property of the schemas is written by some sample.
What is left of a record that was trimmed is valid, within its limit, and lacks what it says and nothing else. The examples
are valid.
"""
import copy
import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "support"))
from record_schemas import Schemas, check_samples  # noqa: E402

KINDS = {"muxtap.metrics/1": "metrics-1.json", "muxtap.event/1": "event-1.json"}


def take_out(record, name):
    """Takes out of a whole record what `trimmed` says, and makes a text that may be cut one of no length."""
    special = {
        "histograms": ("report.arrival.histogram_us", "report.pids.pcr.interval_histogram_ms"),
        "report.programs.events": ("report.programs.present", "report.programs.following"),
    }
    if name == "report.tr101290.pids":
        for indicator in record["report"]["tr101290"].values():
            indicator["more_pids"] |= bool(indicator["pids"])
            indicator["pids"] = []
        return
    for path in special.get(name, (name,)):
        *way, last = path.split(".")
        holders = [record]
        for key in way:
            holders = [holder[key] for holder in holders if key in holder]
            holders = [item for holder in holders for item in (holder if isinstance(holder, list) else [holder])]
        for holder in holders:
            if last in ("section_base64", "text", "file"):
                holder[last] = ""
            elif isinstance(holder.get(last), list) and last != "sections":
                holder[last] = []
            else:
                holder.pop(last, None)


def wrong_trim(whole, line, limit):
    """What is wrong with what is left of a record; None when nothing is."""
    left = json.loads(line)
    if len(line.encode()) > limit:
        return "it is over its limit"
    expected = copy.deepcopy(whole)
    names = left.pop("trimmed", [])
    for name in names:
        take_out(expected, name)
    for key in {"text", "file"} & set(names):
        text = left.pop(key)
        expected.pop(key)
        if not (text == "" or (text.endswith("…") and whole[key].startswith(text[:-1]))):
            return f"{key} is not the start of what it was"
    return None if left == expected else f"it lacks something else than {names}"


def main():
    program, folder = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
    schemas = Schemas(folder / "schema")
    lines = subprocess.run([program], check=True, capture_output=True).stdout.decode().splitlines()
    wholes = [json.loads(line) for line in lines if line.startswith("{")]
    trimmed, failures = [], []
    for line in lines[len(wholes):]:
        _, number, limit, text = line.split(" ", 3)
        trimmed.append(json.loads(text))
        complaint = wrong_trim(wholes[int(number)], text, int(limit))
        if complaint:
            failures.append(f"record {number} at {limit}: {complaint}")
    examples = [json.loads((folder / "examples" / file).read_text()) for file in KINDS.values()]
    found, checks = check_samples(wholes + trimmed + examples, schemas, KINDS, {"muxtap.metrics/1"})
    failures += found
    print("\n".join(failures[:20]))
    print(f"{len(wholes)} records, {len(trimmed)} trimmed, {checks} checked, {len(failures)} failures")
    sys.exit(1 if failures or len(trimmed) < 100 else 0)


main()
