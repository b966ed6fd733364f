"""Holds the JSON Schemas of reports and events and their writer to each other.

validate_records.py SAMPLES_PROGRAM SCHEMA_FOLDER: every record that the writer makes is valid; with any key left out that
the schema requires, with a null, or with a key too many, it is not. Every property of the schemas is written by some sample.
"""
import copy
import json
import pathlib
import subprocess
import sys

import jsonschema

# What only the workers' events have: tests/client/metrics/records holds those to the schema.
OF_WORKERS = {"seq", "worker", "trimmed", "pts", "duration_ns", "channel", "language", "content"}


def paths(value, path=()):
    """The path of every key in a record, through objects and arrays."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, content in items:
        if isinstance(value, dict):
            yield path + (key,)
        yield from paths(content, path + (key,))


def parent_of(record, path):
    for key in path[:-1]:
        record = record[key]
    return record


def schema_at(root, path):
    """The schema of the object that holds the last key of the path."""
    node = root
    for key in path[:-1]:
        node = node["items"] if isinstance(key, int) else node["properties"][key]
        while "$ref" in node:
            node = root["$defs"][node["$ref"].rsplit("/", 1)[1]]
    return node


def properties(root):
    """Every property of a schema: name of the definition (None: the record), and path inside it."""
    def walk(node, name, path):
        if node.get("type") == "object":
            for key, content in node["properties"].items():
                yield name, path + (key,)
                yield from walk(content, name, path + (key,))
        elif node.get("type") == "array":
            yield from walk(node["items"], name, path)
    yield from walk(root, None, ())
    for name, node in root["$defs"].items():
        yield from walk(node, name, ())


def written(root, record):
    """The properties that a record has, named as by `properties`."""
    def walk(value, node, name, path):
        while "$ref" in node:
            name, path = node["$ref"].rsplit("/", 1)[1], ()
            node = root["$defs"][name]
        if isinstance(value, dict):
            for key, content in value.items():
                yield name, path + (key,)
                yield from walk(content, node["properties"][key], name, path + (key,))
        elif isinstance(value, list):
            for content in value:
                yield from walk(content, node["items"], name, path)
    yield from walk(record, root, None, ())


def main():
    program, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    schemas = {}
    for name in ("report", "event"):
        schema = json.loads((folder / f"{name}-1.json").read_text())
        jsonschema.Draft202012Validator.check_schema(schema)
        schemas[f"muxtap.{name}/1"] = schema
    lines = subprocess.run([program], check=True, capture_output=True).stdout.decode().splitlines()
    records = [json.loads(line) for line in lines]
    failures, checks = [], 0
    for name, schema in schemas.items():
        validator = jsonschema.Draft202012Validator(schema)
        of_name = [record for record in records if record["record"] == name]
        failures += [f"{error.json_path}: {error.message}" for record in of_name for error in validator.iter_errors(record)]
        if failures:
            break
        seen = {item for record in of_name for item in written(schema, record)}
        failures += [f"{name}: no sample has {item}" for item in properties(schema)
                     if item not in seen and item[1][0] not in OF_WORKERS]
        for record in of_name[:2]:
            # Objects in arrays look alike: the first of each is enough.
            for path in (path for path in paths(record) if not any(key for key in path if isinstance(key, int))):
                spoiled, without, more = (copy.deepcopy(record) for _ in range(3))
                parent_of(spoiled, path)[path[-1]] = None
                del parent_of(without, path)[path[-1]]
                parent_of(more, path)["key of tomorrow"] = 1
                required = path[-1] in schema_at(schema, path)["required"]
                checks += 3
                if validator.is_valid(spoiled):
                    failures.append(f"{path}: null is accepted")
                if validator.is_valid(without) == required:
                    failures.append(f"{path}: wrong about being required")
                if validator.is_valid(more):
                    failures.append(f"{path}: an unknown key beside it is accepted")
    print("\n".join(failures[:20]))
    print(f"{len(records)} records, {checks} variations, {len(failures)} failures")
    sys.exit(1 if failures or checks < 100 else 0)


main()
