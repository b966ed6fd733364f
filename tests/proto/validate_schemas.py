"""Holds the JSON Schemas and the encoder to each other.

validate_schemas.py SAMPLES_PROGRAM SCHEMA_FOLDER: every header that the encoder makes is valid; a header with any of its
keys left out, or of the wrong type, is not. So the schemas are neither narrower nor empty.
"""
import copy
import json
import pathlib
import subprocess
import sys

import jsonschema

# Keys that a writer always writes and a reader may find missing.
OPTIONAL = {("totals", "dropped")} | {
    ("totals", "rejected", reason)
    for reason in ("sync_byte", "reserved_afc", "adaptation_length", "truncated", "not_ts")
}
# Of what is told of a host only this has to be there.
REQUIRED_OF_HOST = {"time_ns", "device", "mount_point", "name", "pid"}


def is_optional(path):
    if path[0] == "host":
        return path[-1] not in REQUIRED_OF_HOST
    return path in OPTIONAL


def paths(value, path=()):
    """The path of every key in an object and in the objects below it, those in lists included."""
    for key in value:
        yield path + (key,)
        if isinstance(value[key], dict):
            yield from paths(value[key], path + (key,))
        elif isinstance(value[key], list):
            for number, item in enumerate(value[key]):
                if isinstance(item, dict):
                    yield from paths(item, path + (key, number))


def parent_of(header, path):
    for key in path[:-1]:
        header = header[key]
    return header


def main():
    program, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    validators = {}
    for kind, name in (("ts", "feed-batch-1.json"), ("info", "feed-info-1.json")):
        schema = json.loads((folder / name).read_text())
        jsonschema.Draft202012Validator.check_schema(schema)
        validators[kind] = jsonschema.Draft202012Validator(schema)

    lines = subprocess.run([program], check=True, capture_output=True, text=True).stdout.splitlines()
    headers = [json.loads(bytes.fromhex(line.split()[1])) for line in lines]
    kinds = {header["kind"] for header in headers}
    failures = [f"no sample of {kind}" for kind in validators if kind not in kinds]
    checks = 0
    for header in headers:
        validator = validators[header["kind"]]
        failures += [f"{error.json_path}: {error.message}" for error in validator.iter_errors(header)]
        other = validators["info" if header["kind"] == "ts" else "ts"]
        if other.is_valid(header):
            failures.append(f"{header['kind']} is valid as the other kind")
        for path in paths(header):
            spoiled = copy.deepcopy(header)
            parent_of(spoiled, path)[path[-1]] = None
            without = copy.deepcopy(header)
            del parent_of(without, path)[path[-1]]
            more = copy.deepcopy(header)
            parent_of(more, path)["key of tomorrow"] = 1
            checks += 3
            if validator.is_valid(spoiled):
                failures.append(f"{path}: null is accepted")
            if validator.is_valid(without) != is_optional(path):
                failures.append(f"{path}: wrong about being required")
            if not validator.is_valid(more):
                failures.append(f"{path}: an unknown key beside it is refused")
    print("\n".join(failures[:20]))
    print(f"{len(headers)} headers, {checks} variations, {len(failures)} failures")
    sys.exit(1 if failures or checks < 100 else 0)


main()
