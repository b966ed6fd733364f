"""Checks expositions with the parser of Prometheus' Python client, and with promtool where it is installed:
prometheus_check.py EXAMPLE_PROGRAM DOCUMENT"""
import re
import shutil
import subprocess
import sys
import tempfile

from prometheus_client.parser import text_string_to_metric_families

EXAMPLE, DOCUMENT = sys.argv[1:3]


def exposition(what):
    return subprocess.run([EXAMPLE, what], check=True, capture_output=True, timeout=60).stdout.decode("utf-8")


def families(what):
    """Parsed; every sample comes once, belongs to a family with HELP and TYPE, and is named as Prometheus asks."""
    text = exposition(what)
    found = {family.name: family for family in text_string_to_metric_families(text)}
    seen = set()
    for family in found.values():
        assert family.documentation, f"{family.name} has no HELP"
        assert family.type in ("counter", "gauge"), f"{family.name} is {family.type}"
        for sample in family.samples:
            assert sample.name.startswith("muxtap_"), sample.name
            assert sample.name.endswith("_total") == (family.type == "counter"), sample.name
            key = (sample.name, tuple(sorted(sample.labels.items())))
            assert key not in seen, f"{what}: twice: {key}"
            seen.add(key)
            assert not re.search(r"[\x00-\x1f\x7f]", "".join(sample.labels.values())), sample
    lint(what, text)
    return found, len(seen)


def lint(what, text):
    if shutil.which("promtool") is None:
        return
    result = subprocess.run(["promtool", "check", "metrics"], input=text.encode(), capture_output=True, timeout=60)
    # Bit rates are in bits, as everywhere in this trade and in this program.
    findings = [line for line in (result.stdout + result.stderr).decode().splitlines()
                if not line.endswith('_bits_per_second use base unit "bytes" instead of "bits"')]
    assert not findings, f"{what}: promtool: {findings}"


def check_examples_of_document():
    """The rules and the scrape configuration that the document shows are valid."""
    blocks = re.findall(r"```yaml\n(.*?)```", open(DOCUMENT, encoding="utf-8").read(), re.DOTALL)
    rules = [block for block in blocks if block.startswith("groups:")]
    configurations = [block for block in blocks if block.startswith("scrape_configs:")]
    assert rules and configurations
    known = {sample.name for family in families("full")[0].values() for sample in family.samples}
    for rule in rules:
        for name in re.findall(r"muxtap_\w+", rule):
            assert name in known, f"{DOCUMENT} names {name}, which is not exposed"
    if shutil.which("promtool") is None:
        print("promtool (package prometheus) is not installed: rules and names are checked without it")
        return
    for kind, texts in (("rules", rules), ("config", configurations)):
        for text in texts:
            with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
                file.write(text)
                file.flush()
                result = subprocess.run(["promtool", "check", kind, file.name], capture_output=True, timeout=60)
                assert result.returncode == 0, result.stdout + result.stderr


full, _ = families("full")
stated = {line.split("`")[1] for line in open(DOCUMENT, encoding="utf-8") if line.startswith("| `muxtap_")}
exposed = {sample.name for family in full.values() for sample in family.samples}
assert exposed == stated, f"exposed and not stated or stated and not exposed: {exposed ^ stated}"
assert full["muxtap_stream_info"].samples[0].labels["destination"] == "239.1.1.1"

hostile, count = families("hostile")
streams = [(s.labels["probe"], s.labels["stream"]) for s in hostile["muxtap_stream_packets"].samples]
assert len(streams) == 10 and len(set(streams)) == 10, streams
assert any(s[0] == 'quote"brace}\\ back?line{a="b"} 1' for s in streams), streams

empty, count = families("empty")
assert count == 2, count

large, count = families("large")
assert len(large["muxtap_pid_packets"].samples) == 2000
check_examples_of_document()
print(f"valid; {len(full)} families; 100 streams of 20 PIDs are {count} series")
