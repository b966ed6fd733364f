"""Holds the JSON Schemas of records and their writers to each other: every record is valid; with any key left out that the
schema requires, with a null, or with a key too many, it is not. Every property of the schemas is written by some sample."""
import collections
import copy
import json
import warnings

import jsonschema

# Newer versions want another class for it, which those of Debian 12 do not have.
warnings.simplefilter("ignore", DeprecationWarning)


class Schemas:
    """The schemas of a folder, whose references go by file name."""

    def __init__(self, folder):
        self.folder = folder
        self.files = {path.name: json.loads(path.read_text()) for path in folder.glob("*.json")}

    def validator(self, file):
        resolver = jsonschema.RefResolver((self.folder / file).as_uri(), self.files[file])
        return jsonschema.Draft202012Validator(self.files[file], resolver=resolver)

    def resolved(self, file, node, place=()):
        """The file, schema and place of a schema that may refer to another: places begin at each definition anew."""
        while "$ref" in node:
            other, _, name = node["$ref"].partition("#/$defs/")
            file = other or file
            node, place = self.files[file]["$defs"][name], (file, name)
        return file, node, place

    def properties(self, file):
        """The place of every property that a record can have."""
        done = set()

        def walk(file, node, place):
            file, node, place = self.resolved(file, node, place)
            if place in done:
                return
            done.add(place)
            for key, content in node.get("properties", {}).items():
                yield place + (key,)
                yield from walk(file, content, place + (key,))
            if "items" in node:
                yield from walk(file, node["items"], place + ("items",))
        return set(walk(file, self.files[file], (file,)))

    def written(self, file, record):
        """The places of the properties that a record has."""
        def walk(value, file, node, place):
            file, node, place = self.resolved(file, node, place)
            if isinstance(value, dict):
                for key, content in value.items():
                    yield place + (key,)
                    yield from walk(content, file, node["properties"][key], place + (key,))
            elif isinstance(value, list):
                for content in value:
                    yield from walk(content, file, node["items"], place + ("items",))
        return set(walk(record, file, self.files[file], (file,)))

    def loose(self, file, records):
        """Properties of the schema's own objects that every sample has and that may be missing all the same."""
        objects, keys = collections.Counter(), collections.Counter()

        def walk(value, at, node, place):
            at, node, place = self.resolved(at, node, place)
            if isinstance(value, dict):
                objects[place] += 1
                for key, content in value.items():
                    keys[place, key] += key not in node.get("required", ())
                    walk(content, at, node["properties"][key], place + (key,))
            elif isinstance(value, list):
                for content in value:
                    walk(content, at, node["items"], place + ("items",))
        for record in records:
            walk(record, file, self.files[file], (file,))
        return {place + (key,) for (place, key), count in keys.items()
                if place[0] == file and count == objects[place]}

    def holder(self, file, path):
        """The schema of the object that holds the last key of a path."""
        node = self.files[file]
        for key in path[:-1]:
            file, node, _ = self.resolved(file, node)
            node = node["items"] if isinstance(key, int) else node["properties"][key]
        return self.resolved(file, node)[1]


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


def variations(record, schemas, file):
    """What is wrong about the schema: it takes a spoiled record, or refuses one that lacks what may be missing."""
    validator = schemas.validator(file)
    # Objects in arrays look alike: the first of each is enough.
    for path in (path for path in paths(record) if not any(key for key in path if isinstance(key, int))):
        holder = schemas.holder(file, path)
        spoiled, without, more = (copy.deepcopy(record) for _ in range(3))
        parent_of(spoiled, path)[path[-1]] = None
        del parent_of(without, path)[path[-1]]
        parent_of(more, path)["key of tomorrow"] = 1
        if validator.is_valid(spoiled):
            yield f"{path}: null is accepted"
        if validator.is_valid(without) == (path[-1] in holder.get("required", ())):
            yield f"{path}: wrong about being required"
        # Objects of the feed are open: its readers ignore what they do not know.
        if validator.is_valid(more) == (holder.get("additionalProperties") is False):
            yield f"{path}: wrong about an unknown key beside it"


def unused_names(schema, records):
    """Names that the schema has for what a record is about or lacks, and no sample has."""
    for key in {"kind", "state", "trimmed"} & set(schema["properties"]):
        node = schema["properties"][key]
        names = set(node.get("items", node)["enum"])
        for record in records:
            names -= set(record.get(key, ())) if "items" in node else {record[key]}
        yield from ((key, name) for name in names)


def check_samples(records, schemas, kinds, strict):
    """Failures and the number of records checked. `kinds`: schema of each kind of record; those in `strict` require
    whatever all samples have: workers make all of their records."""
    failures, checks = [], 0
    for kind, file in kinds.items():
        jsonschema.Draft202012Validator.check_schema(schemas.files[file])
        validator = schemas.validator(file)
        of_kind = [record for record in records if record["record"] == kind]
        failures += [f"{error.json_path}: {error.message}" for record in of_kind for error in validator.iter_errors(record)]
        if failures:
            return failures, checks
        seen = set().union(*(schemas.written(file, record) for record in of_kind))
        failures += [f"{kind}: no sample has {place}" for place in schemas.properties(file) - seen]
        if kind in strict:
            failures += [f"{kind}: {place} is always there, and not required" for place in schemas.loose(file, of_kind)]
        failures += [f"{kind}: no sample has the {key} {missing}" for key, missing in unused_names(schemas.files[file], of_kind)]
        failures += list(variations(of_kind[0], schemas, file))
        checks += len(of_kind)
    return failures, checks
