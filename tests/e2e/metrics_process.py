"""muxtap-metrics on a live feed, and the records that it makes."""

import functools
import json
from pathlib import Path

import jsonschema

from conftest import Scene, needs_root
from media import ROOT
from netns import Network
from processes import BIN, Program

STREAMS = ("239.77.1.1:5000", "239.77.1.2:5000")
MILLISECOND, SECOND = 1_000_000, 1_000_000_000


class LiveFeed:
    """A probe in a network of its own that captures two streams which never end, until `close`."""

    def __init__(self, folder, film):
        needs_root("a network of its own")
        self.scene = Scene(folder)
        try:
            self.scene.network = Network()
            chosen = [part for stream in STREAMS for part in ("--stream", f"{stream}=udp://{stream}")]
            self.probe = self.scene.probe(*chosen, "--probe-id", "cap-a")
            targets = [part for stream in STREAMS for part in ("--to", f"udp://{stream}")]
            self.sender = self.scene.sender(film, "--loop", 0, *targets)
            self.probe.wait_for(lambda: self.probe.packets() > 0, "packets")
        except BaseException:
            self.scene.close()
            raise
        self.endpoint = self.scene.endpoint

    def close(self):
        self.scene.close()


class MetricsProcess(Program):
    """One muxtap-metrics with a JSON log. On the host's own network: that is where the broker is."""

    def __init__(self, folder, *arguments, environment=None):
        super().__init__(folder, BIN / "muxtap-metrics", "--log-format", "json", *arguments, environment=environment)

    def memory_bytes(self):
        """What it has of the host's memory now."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise AssertionError("no VmRSS")


# --- records


def identity(record):
    """What names a record for ever: one that comes twice is recognised by it. Events may be about no stream."""
    return record.get("probe", ""), record.get("stream", ""), record.get("epoch", 0), record["seq"]


def identities(records):
    return set(map(identity, records))


def only_in_one(some, others):
    """Names that only one side has, a few of them: short enough to be shown."""
    return sorted(identities(some) ^ identities(others))[:5]


def by_stream(records):
    """Records of intervals by (probe, stream, epoch), each group in the order given."""
    found = {}
    for record in records:
        found.setdefault(identity(record)[:3], []).append(record)
    return found


def without_duplicates(records):
    """Each record where it came first. A duplicate that is not the same is no duplicate."""
    first = {}
    for record in records:
        known = first.setdefault(identity(record), record)
        assert known == record, f"two different records are called {identity(record)}"
    return list(first.values())


def missing(records):
    """Numbers of intervals that are missing between the first and the last of each stream; records must be in order."""
    found = {}
    for stream, group in by_stream(without_duplicates(records)).items():
        numbers = [record["seq"] for record in group]
        assert numbers == sorted(numbers), f"{stream} is out of order"
        found[stream] = sorted(set(range(numbers[0], numbers[-1] + 1)) - set(numbers)) if numbers else []
    return found


def ndjson(path):
    """Records of a file; the last line may be cut off, by a SIGKILL."""
    path = Path(path)
    lines = path.read_text().split("\n") if path.exists() else []
    return [json.loads(line) for line in lines[:-1]]


def interval_records(records):
    return [record for record in records if record["record"] == "muxtap.metrics/1"]


@functools.cache
def validator_of(name):
    """The validator of a file in proto/schema; a schema may refer to the others by their file names."""
    schemas = {path.name: json.loads(path.read_text()) for path in (ROOT / "proto/schema").glob("*.json")}
    resolver = jsonschema.RefResolver("", schemas[name], store=schemas)
    return jsonschema.Draft202012Validator(schemas[name], resolver=resolver)


def schema_errors(record):
    """Why a record does not fit the schema that its member `record` names, one line each."""
    name = record["record"].removeprefix("muxtap.").replace("/", "-").replace("_", "-")
    validator = validator_of(name + ".json")
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(record)]
