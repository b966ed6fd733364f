"""muxtap-analyze beside slow_reader.py, which follows the standard word by word, on every stream that is here."""

import random

import pytest

from conftest import pids_of, report_of, shared, stream
from slow_reader import NULL, WRAP, SlowReader, packets_of

NAMES = sorted(path.name for path in shared("streams").glob("test-*/*.ts")
               if path.stat().st_size) if shared("streams") else []
MEDIA = sorted(path.name for path in shared("media").iterdir() if path.suffix in (".ts", ".m2ts")) if shared("media") else []
EVERYTHING = [*NAMES, *MEDIA] or ["test-012.ts"]  # which says that it is not here

# What the slow reader does not know: what to make of packets that are damaged, and that a PID is read only while the
# tables list it. Their counters are checked in analyze_oracle_test.py.
DAMAGED = {"test-030.ts", "test-097.ts", "test-147.ts"}
LISTED_LATE = {("test-059.2.ts", 400), ("test-138.ts", 64), ("test-171.11.ts", 8136)}
TRUNCATED_SECTION = {("test-120.ts", 20)}


def path_of(name):
    return shared("media", name) if name in MEDIA else stream(name)


class Both:
    """A file read twice."""

    def __init__(self, path):
        self.report = report_of(path)
        self.pids = pids_of(self.report)
        self.packets = packets_of(path)
        self.reader = SlowReader(self.packets, [number for number, pid in self.pids.items() if "sections" in pid])


@pytest.fixture(scope="module", params=EVERYTHING)
def both(request):
    made = Both(path_of(request.param))
    made.name = request.param
    return made


def same_counters(report, reader, skip=()):
    for pid in report["pids"]:
        slow = reader.pids[pid["pid"]]
        for name, value in pid["counters"].items():
            if name in ("capture_loss_gaps", "reordered_packets", *skip):
                continue
            expected = len(slow.pcrs) if name == "pcrs" else slow.counts[name]
            assert value == expected, (pid["pid"], name)


def test_packets_are_counted_alike(both):
    if both.name in DAMAGED:
        return
    assert both.report["totals"]["packets"] == both.reader.total
    assert both.pids.keys() == both.reader.pids.keys()
    same_counters(both.report, both.reader)


def test_sections_and_their_crcs_are_counted_alike(both):
    for number, pid in both.pids.items():
        if "sections" not in pid or (both.name, number) in LISTED_LATE | TRUNCATED_SECTION or both.name == "test-147.ts":
            continue
        good = both.reader.good_sections(number)
        assert sum(table["sections"] for table in both.report["tables"] if table["pid"] == number) == len(good), number
        assert pid["sections"]["crc"] == len(both.reader.pids[number].sections) - len(good), number


def test_pes_headers_are_read_alike(both):
    for number, pid in both.pids.items():
        if "timestamps" not in pid or both.name in DAMAGED:
            continue
        slow, times = both.reader.pids[number], pid["timestamps"]
        assert times["pes_packets"] == len(slow.pes)
        if (both.name, number) not in LISTED_LATE:
            assert times["invalid_pes"] == slow.counts["invalid_pes"]
        for place, stamp in ((2, "pts"), (3, "dts")):
            values = [pes[place] for pes in slow.pes if pes[place] is not None]
            assert times[f"{stamp}_count"] == len(values)
            assert times.get(f"first_{stamp}_90khz") == (values[0] if values else None)
            assert times.get(f"last_{stamp}_90khz") == (values[-1] if values else None)


def test_pcr_intervals_are_measured_alike(both):
    for number, pid in both.pids.items():
        if "pcr" not in pid or both.name == "test-147.ts":
            continue
        line = both.reader.unwrapped(number)
        # A value that jumps tells no interval (TR 101 290, 5.2.2: that is 2.3b).
        steps = [(y - x) / 27_000 for (_, x), (_, y) in zip(line, line[1:]) if 0 <= y - x <= 27_000_000]
        measured = pid["pcr"]["interval_ms"]
        assert measured["count"] == len(steps)
        if steps:
            assert measured["min"] == pytest.approx(min(steps), abs=1e-5)
            assert measured["max"] == pytest.approx(max(steps), abs=1e-5)
            assert measured["mean"] == pytest.approx(sum(steps) / len(steps), abs=1e-5)
        assert pid["pcr"]["repetition_errors"] == sum(step > 100 for step in steps)
        assert pid["pcr"]["repetition_over_40ms"] == sum(step > 40 for step in steps)


def test_margins_between_time_stamps_and_the_clock_are_measured_alike(both):
    if both.name in DAMAGED or both.name == "test-059.2.ts":  # whose clock jumps: what is around the jump has no margin
        return
    for program in both.report["programs"]:
        clock = both.reader.pids[program["pcr_pid"]].pcrs if "pcr_pid" in program else []
        listed = both.reader.pids[program["pmt_pid"]].sections[0][0] if program["pmt_seen"] else 0
        at = both.reader.pcr_at(program["pcr_pid"]) if len(clock) > 1 else None
        for part in program["streams"] if at else ():
            times = both.pids.get(part["pid"], {}).get("timestamps")
            if not times or not times["decode_margin_ms"]["count"]:
                continue
            margins = {"decode_margin_ms": [], "presentation_margin_ms": []}
            for index, _, pts, dts in both.reader.pids[part["pid"]].pes:
                if pts is None or not clock[0][0] <= index <= clock[-1][0]:
                    continue
                now = at(index) / 300
                for name, stamp in (("presentation_margin_ms", pts), ("decode_margin_ms", pts if dts is None else dts)):
                    margins[name].append(((stamp - now + WRAP / 2) % WRAP - WRAP / 2) / 90)
            for name, values in margins.items():
                # Before the first PCR there is no clock, before the PMT nobody knows whose; behind the last it goes on.
                pes = [index for index, *_ in both.reader.pids[part["pid"]].pes]
                early = sum(clock[0][0] <= index < listed for index in pes)
                after = sum(index > clock[-1][0] for index in pes)
                assert len(values) - early <= times[name]["count"] <= len(values) + after
                if early == after == 0:
                    assert times[name]["min"] == pytest.approx(min(values), abs=0.5)
                    assert times[name]["max"] == pytest.approx(max(values), abs=0.5)
                    assert times[name]["mean"] == pytest.approx(sum(values) / len(values), abs=0.5)


def test_rates_add_up(both):
    rate = both.report["rate"]["arrival"]["average_bps"]
    if not rate:
        return
    rates = {number: pid["rate"]["average_bps"] for number, pid in both.pids.items()}
    assert sum(rates.values()) == pytest.approx(rate, rel=1e-3)
    for program in both.report["programs"]:
        if both.name == "test-059.2.ts":  # whose PAT does not list the program for half a second
            continue
        members = [number for number, pid in both.pids.items() if program["program_number"] in pid["programs"]]
        assert program["rate"]["average_bps"] == pytest.approx(sum(rates[number] for number in members), rel=1e-3, abs=100)
    nulls = both.reader.pids[NULL].counts["packets"] if NULL in both.reader.pids else 0
    assert both.report["rate"]["null_share"] == pytest.approx(nulls / both.reader.total, abs=1e-6)
    seconds = (both.report["last_ns"] - both.report["first_ns"]) / 1e9
    assert rate == pytest.approx(both.reader.total * 188 * 8 / seconds, rel=1e-3)


# --- losses at random


@pytest.mark.parametrize("seed", range(12))
def test_packets_taken_out_at_random_are_counted_alike(seed, tmp_path):
    """Runs of up to 15 packets of one PID, the other PIDs in order: what is lost is what was taken out."""
    path = shared("media", "mpts3.ts")
    if path is None:
        pytest.skip("NOT TESTED: ../shared/media is not here")
    chance = random.Random(seed)
    packets = packets_of(path)[:8000]
    by_pid = {}
    for index, packet in enumerate(packets):
        if packet[3] & 0x10 and packet[1:3] != b"\x1f\xff" and packet[1:3] != b"\x5f\xff":
            by_pid.setdefault((packet[1] & 31) << 8 | packet[2], []).append(index)
    gone = set()
    for indexes in by_pid.values():
        at = chance.randrange(1, 60)
        while at + 20 < len(indexes):
            run = chance.randrange(1, 16)
            gone.update(indexes[at:at + run])
            at += run + chance.randrange(2, 200)
    assert len(gone) > 50
    damaged = tmp_path / "lost.ts"
    damaged.write_bytes(b"".join(packet for index, packet in enumerate(packets) if index not in gone))
    report = report_of(damaged)
    reader = SlowReader(packets_of(damaged))
    for pid in report["pids"]:
        assert (pid["counters"]["continuity_errors"], pid["counters"]["lost_packets"]) == (
            reader.pids[pid["pid"]].counts["continuity_errors"], reader.pids[pid["pid"]].counts["lost_packets"]), pid["pid"]
    assert report["totals"]["lost_packets"] == len(gone)
