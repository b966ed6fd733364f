"""Holds proto/examples to their schemas, and the excerpts in docs/records.md to the examples: examples_test.py PROJECT."""

import json
import pathlib
import sys
import unittest

from document import read_document

PROJECT = pathlib.Path(sys.argv[1]).resolve()
sys.path.insert(0, str(PROJECT / "tests/support"))
from record_schemas import Schemas  # noqa: E402

EXAMPLES = {path.name: json.loads(path.read_text()) for path in (PROJECT / "proto/examples").glob("*-1.json")}


def is_part_of(part, whole):
    """Whether `whole` has all that is in `part`; of lists, the elements in their order."""
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(key in whole and is_part_of(value, whole[key]) for key, value in part.items())
    if isinstance(part, list):
        rest = iter(whole if isinstance(whole, list) else [])
        return all(any(is_part_of(value, other) for other in rest) for value in part)
    return part == whole and type(part) is type(whole)


class ExamplesTest(unittest.TestCase):
    def test_every_schema_has_an_example_that_keeps_to_it(self):
        schemas = Schemas(PROJECT / "proto/schema")
        self.assertEqual(set(schemas.files), set(EXAMPLES))
        for name, example in EXAMPLES.items():
            with self.subTest(name):
                self.assertEqual([error.message for error in schemas.validator(name).iter_errors(example)], [])

    def test_every_excerpt_is_a_part_of_its_example(self):
        excerpts = [json.loads(block.text) for block in read_document(PROJECT / "docs/records.md").blocks
                    if block.language == "json" and '"level"' not in block.text]
        self.assertEqual(len(excerpts), len(EXAMPLES))
        for excerpt in excerpts:
            kind = excerpt.get("record", excerpt.get("kind"))
            name = {"ts": "feed-batch-1.json", "info": "feed-info-1.json"}.get(kind)
            name = name or kind.removeprefix("muxtap.").replace("/", "-").replace("_", "-") + ".json"
            with self.subTest(name):
                self.assertTrue(is_part_of(excerpt, EXAMPLES[name]))

    def test_what_differs_is_no_part(self):
        whole = {"a": 1, "b": {"c": [1, {"d": 2}]}}
        for part in ({"a": 1}, {"b": {"c": [{"d": 2}]}}, {}):
            self.assertTrue(is_part_of(part, whole), part)
        for part in ({"a": 2}, {"a": 1.0}, {"x": 1}, {"b": {"c": [2]}}, {"b": {"c": [{"d": 2}, 1]}}, {"b": 1}, [1]):
            self.assertFalse(is_part_of(part, whole), part)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
