"""Holds the JSON Schema of a record and its writer to each other.

validate_records.py SAMPLES_PROGRAM SCHEMA EXAMPLE: every record that the writer makes is valid, and so is the example; with
any key left out that the schema requires, with a null, or with a key too many, it is not. Every property and every name of
the schema is written by some sample.
"""
import copy
import json
import pathlib
import subprocess
import sys

import jsonschema


def places(node, place=()):
    """Every property of a schema, with the schema of it."""
    for key, content in node.get("properties", {}).items():
        yield place + (key,), content
        yield from places(content, place + (key,))
    if "items" in node:
        yield from places(node["items"], place + ("items",))


def written(value, place=()):
    """The place of every key in a record, with its value."""
    if isinstance(value, dict):
        for key, content in value.items():
            yield place + (key,), content
            yield from written(content, place + (key,))
    elif isinstance(value, list):
        for content in value:
            yield from written(content, place + ("items",))


def objects(value, node, place=()):
    """Every object in a record, with its schema and where it is."""
    if isinstance(value, dict):
        yield value, node, place
        for key, content in value.items():
            yield from objects(content, node["properties"][key], place + (key,))
    elif isinstance(value, list):
        for number, content in enumerate(value):
            yield from objects(content, node["items"], place + (number,))


def spoiled(record, place, change):
    out = copy.deepcopy(record)
    node = out
    for key in place:
        node = node[key]
    change(node)
    return out


def variations(record, schema, validator):
    """What is wrong with the verdict on records that lack something or have too much."""
    for node, form, place in objects(record, schema):
        if validator.is_valid(spoiled(record, place, lambda taken: taken.update({"key of tomorrow": 1}))):
            yield f"{place}: an unknown key is accepted"
        for key in node:
            if validator.is_valid(spoiled(record, place, lambda taken, key=key: taken.update({key: None}))):
                yield f"{place + (key,)}: null is accepted"
            required = key in form.get("required", ())
            if validator.is_valid(spoiled(record, place, lambda taken, key=key: taken.pop(key))) == required:
                yield f"{place + (key,)}: wrong about being required"


def main():
    program, schema, example = sys.argv[1], json.loads(pathlib.Path(sys.argv[2]).read_text()), pathlib.Path(sys.argv[3])
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    lines = subprocess.run([program], check=True, capture_output=True).stdout.decode().splitlines()
    records = [json.loads(line) for line in lines] + [json.loads(example.read_text())]
    failures = [f"{error.json_path}: {error.message}" for record in records for error in validator.iter_errors(record)]
    if not failures:
        seen = [item for record in records for item in written(record)]
        for place, form in places(schema):
            values = [value for at, value in seen if at == place]
            if not values:
                failures.append(f"no sample has {place}")
            failures += [f"no sample has {place} {name}" for name in set(form.get("enum", ())) - set(map(str, values))]
            if "description" not in form:
                failures.append(f"{place} has no description")
        failures += variations(records[0], schema, validator)
    print("\n".join(failures[:20]))
    print(f"{len(records)} records, {len(failures)} failures")
    sys.exit(1 if failures or len(records) < 3 else 0)


main()
