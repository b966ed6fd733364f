"""Somebody else's streams with somebody else's answers (../shared/streams: the TSDuck test suite): what TSDuck reports
about a stream muxtap-analyze reports, too, or the test names the clause why not."""

import base64
import csv
import json
import re
from datetime import datetime, timezone

import pytest

import tsduck_reports
from conftest import described, events_of, pids_of, programs_of, report_of, run, stream
from slow_reader import SlowReader, packets_of

ANALYSED = [
    ("test-012.ts", "test-012.tsp.analyze.json"),
    ("test-072.ts", "test-072.tsp.analyze.json"),
    ("test-139.ts", "test-139.tsp.analyze.json"),
    ("test-008.ts", "test-008.analyze.txt"),
    ("test-009.ts", "test-009.analyze.txt"),
    ("test-059.2.ts", "test-059.analyze.2.txt"),
    ("test-095.1.ts", "test-095.1.txt"),
    ("test-026.ts", "test-026.decsa.analyze.txt"),
    ("test-026.csa.ts", "test-026.csa.analyze.txt"),
    ("test-026.cissa.ts", "test-026.cissa.analyze.txt"),
    ("test-030.ts", "test-030.analyze.in.txt"),
    ("test-030.out.ts", "test-030.analyze.out.txt"),
    ("test-097.ts", "test-097.1.log"),
    ("test-145.ts", "test-145.1.log"),
]

# (file, PID, what): (TSDuck's answer, ours), each with the reason.
OTHERWISE = {
    # 2.4.3.3: a duplicate has the same bytes but for the PCR. These have the same continuity_counter and other bytes.
    **{("test-059.2.ts", pid, "unexpected"): (theirs, theirs + repeated)
       for pid, theirs, repeated in ((420, 8, 3), (430, 9, 1), (431, 8, 1), (432, 8, 1))},
    **{("test-059.2.ts", pid, "duplicates"): (repeated, 0) for pid, repeated in ((420, 3), (430, 1), (431, 1), (432, 1))},
    # TR 101 290, 2.1: nothing is derived from a packet with transport_error_indicator. It arrived, damaged: the gap that
    # it leaves in the continuity_counter is no lost packet.
    ("test-030.ts", 274, "unexpected"): (11, 4),
    # 2.4.3.5: adaptation_field_length is 0 to 182 where a payload follows. In the last packet it is 183: what is payload
    # in it nobody can tell, and it is rejected.
    ("test-097.ts", 120, "packets"): (2, 1),
    ("test-097.ts", 120, "adaptation_fields"): (2, 1),
    ("test-097.ts", 120, "pes"): (2, 1),
}


def reader_of(name, section_pids=()):
    return SlowReader(packets_of(stream(name)), section_pids)


def theirs_of(name):
    path = stream(name)
    return tsduck_reports.json_report(path) if name.endswith(".json") else tsduck_reports.text_report(path)


def ours_of(pid):
    """A PID of our report in the words of tsduck_reports."""
    counters, times, clock = pid["counters"], pid.get("timestamps", {}), pid.get("pcr", {})
    ours = {name: counters[name] for name in ("packets", "scrambled", "invalid_scrambling", "adaptation_fields", "duplicates",
                                              "unit_starts")}
    ours.update(clear=counters["packets"] - counters["scrambled"] - counters["invalid_scrambling"],
                unexpected=counters["continuity_errors"], expected=counters["discontinuity_indicators"],
                access="Scrambled" if counters["scrambled"] else "Clear", pcr=counters["pcrs"],
                first_pcr=clock.get("first_27mhz"), last_pcr=clock.get("last_27mhz"), services=pid["programs"],
                pts=times.get("pts_count", 0), dts=times.get("dts_count", 0), pes=times.get("pes_packets", 0),
                invalid_pes=times.get("invalid_pes", 0), pes_stream_id=times.get("pes_stream_id"))
    for which in ("first", "last"):
        for stamp in ("pts", "dts"):
            ours[f"{which}_{stamp}"] = times.get(f"{which}_{stamp}_90khz")
    return ours


@pytest.mark.parametrize("name, reference", ANALYSED)
def test_each_pid_is_counted_as_tsduck_counts_it(name, reference):
    theirs, report = theirs_of(reference), report_of(stream(name))
    rejected = sum(report["totals"]["rejected"].values())
    assert report["totals"]["packets"] + rejected == theirs["packets"]
    assert report["totals"]["transport_errors"] == theirs["transport_errors"]
    assert report["totals"]["rejected"]["sync_byte"] == theirs["invalid_syncs"]
    assert report["totals"]["skipped_bytes"] == theirs["suspect"] == 0
    pids = pids_of(report)
    assert pids.keys() == {pid for pid, entry in theirs["pids"].items() if entry["packets"] > 0}
    assert sum(pid["counters"]["scrambled"] > 0 for pid in pids.values()) == theirs["scrambled_pids"]
    assert sum(pid["counters"]["pcrs"] > 0 for pid in pids.values()) == theirs["pcr_pids"]
    assert sum(pid["use"] == "unreferenced" for pid in pids.values()) == theirs["unreferenced"]
    compared = 0
    for number, entry in theirs["pids"].items():
        if number not in pids:
            continue
        ours = ours_of(pids[number])
        for what, value in entry.items():
            if what in ("description", "language", "bitrate"):
                continue
            expected = value
            if what == "pes" and ours["scrambled"]:
                # 2.4.3.3: the PES header is payload, and scrambled with it. TSDuck counts what may be one.
                assert ours["unit_starts"] == value
                expected = 0
            if (name, number, what) in OTHERWISE:
                reference_value, expected = OTHERWISE[name, number, what]
                assert value == reference_value
            assert ours[what] == expected, (number, what)
            compared += 1
    assert compared >= 8 * len(pids)


@pytest.mark.parametrize("name, reference", ANALYSED)
def test_services_are_those_of_tsduck(name, reference):
    theirs, report = theirs_of(reference), report_of(stream(name))
    assert report["network"].get("transport_stream_id") == theirs["ts_id"]
    programs, pids = programs_of(report), pids_of(report)
    assert programs.keys() == theirs["services"].keys()
    for number, service in theirs["services"].items():
        ours = programs[number]
        assert ours.get("service_name", "(unknown)") == service["name"]
        assert ours.get("provider_name", "(unknown)") == service["provider"]
        assert ours.get("service_type", 0) == service["type"]
        assert ours["pmt_pid"] == service["pmt_pid"]
        assert ours.get("pcr_pid") == service["pcr_pid"]
        assert ours["scrambled"] == service["scrambled"]
        if service["original_network_id"] is not None:
            assert report["network"]["original_network_id"] == service["original_network_id"]
        listed = {ours["pmt_pid"], *(part["pid"] for part in ours["streams"]), *ours["ca_pids"]}
        listed |= {pid for part in ours["streams"] for pid in part["ca_pids"]}
        if "pcr_pid" in ours:
            listed.add(ours["pcr_pid"])
        assert listed == service["pids"].keys()
        counted = sum(pid["counters"]["packets"] for pid in pids.values() if number in pid["programs"])
        if name != "test-097.ts":  # where one is rejected, see OTHERWISE
            assert counted == service["packets"]


@pytest.mark.parametrize("name, reference", ANALYSED)
def test_tables_have_the_sections_and_versions_of_tsduck(name, reference):
    theirs, report = theirs_of(reference), report_of(stream(name))
    uses = {number: pid["use"] for number, pid in pids_of(report).items()}
    ours = {(table["pid"], table["table_id"], table.get("table_id_extension")): table for table in report["tables"]}
    for table in theirs["tables"]:
        if uses[table["pid"]] in ("ecm", "emm"):
            continue  # CA messages are private to their system (ISO/IEC 13818-1, 2.4.4.6): their PIDs are counted, no more
        mine = ours.pop((table["pid"], table["table_id"], table["table_id_extension"]))
        if (name, table["pid"]) == ("test-059.2.ts", 400):
            # For half a second the PAT does not list the program: its PMT is none then (2.4.4.4), and two pass by.
            assert (table["sections"], mine["sections"]) == (32, 30)
            continue
        assert mine["sections"] == table["sections"], table
        if table.get("version") is not None:
            assert mine["version"] == table["version"], table
        if table.get("versions"):
            assert mine["version_changes"] == len(table["versions"]) - 1, table
    assert not ours


@pytest.mark.parametrize("name, reference", ANALYSED)
def test_bit_rates_are_those_of_tsduck(name, reference):
    theirs, report = theirs_of(reference), report_of(stream(name))
    assert ("pcr_bps" in report["rate"]) == (theirs["bitrate"] is not None)
    if theirs["bitrate"] is None:
        assert report["rate"]["arrival"]["average_bps"] == 0
        return
    if name == "test-059.2.ts":
        # TSDuck takes the mean over all pairs of PCRs. Where packets are missing between two of them the bytes do not
        # tell the rate (TR 101 290, 5.3.2.1): the slow reader, which leaves those out, agrees with us.
        reader = SlowReader(packets_of(stream(name)))
        gaps = [index for pid in reader.pids.values() for index, _ in pid.gaps]
        packets = ticks = 0
        line = reader.unwrapped(420)
        for (a, x), (b, y) in zip(line, line[1:]):
            if y - x < 27_000_000 and not any(a < gap <= b for gap in gaps):
                packets, ticks = packets + b - a, ticks + y - x
        assert report["rate"]["pcr_bps"] == pytest.approx(packets * 188 * 8 * 27e6 / ticks, rel=0.003)
        return
    assert report["rate"]["pcr_bps"] == pytest.approx(theirs["bitrate"], rel=0.001)
    # TSDuck shares that rate out by packets; ours is by time, over the whole file.
    for number, pid in pids_of(report).items():
        if theirs["pids"][number]["bitrate"]:
            assert pid["rate"]["average_bps"] == pytest.approx(theirs["pids"][number]["bitrate"], rel=0.01, abs=50), number


def test_transport_errors_are_left_out_of_all_counts():
    report = report_of(stream("test-030.ts"))
    pid = pids_of(report)[274]["counters"]
    # The gaps, by hand: 2→4, 12→14, 14→3 with two damaged packets between, 4→6.
    assert (pid["transport_errors"], pid["continuity_errors"], pid["lost_packets"]) == (9, 4, 5)
    assert report["tr101290"]["transport_error"]["count"] == 9
    cleaned = report_of(stream("test-030.out.ts"))
    assert cleaned["totals"]["transport_errors"] == cleaned["totals"]["continuity_errors"] == 0


# --- continuity

# 300 bits per second: each packet takes 5 s, so that each finding is over before the next one begins.
SLOWLY = ("--bitrate", 300)


def test_losses_are_found_at_the_packet_where_tsduck_finds_them():
    path = stream("test-024.ts")
    log = stream("test-024.tsp.3.log").read_text()
    expected = {entry["index"]: entry["packets"] for entry in map(json.loads, re.findall(r"TEST:({.*})", log))}
    assert expected == {10: 3, 20: 7}
    found = [event for event in events_of(*SLOWLY, path) if event.get("indicator") == "continuity_count_error"]
    assert [event["packet"] for event in found if event["kind"] == "indicator_began"] == list(expected)
    counters = pids_of(report_of(path))[210]["counters"]
    assert (counters["continuity_errors"], counters["lost_packets"]) == (2, 10)


@pytest.mark.parametrize("index, lost", [(9, 0), (10, 3), (19, 3), (20, 10)])
def test_lost_packets_are_counted_from_the_packet_behind_them(index, lost, tmp_path):
    part = tmp_path / "part.ts"
    part.write_bytes(stream("test-024.ts").read_bytes()[:188 * (index + 1)])
    assert report_of(part)["totals"]["lost_packets"] == lost


@pytest.mark.parametrize("name", ["test-049.tsfixcc.norep.ts", "test-049.tsp.norep.ts"])
def test_counters_that_tsduck_has_mended_are_good(name):
    totals = report_of(stream(name))["totals"]
    assert (totals["packets"], totals["continuity_errors"], totals["duplicates"]) == (350, 0, 0)


@pytest.mark.parametrize("name", ["test-049.tsfixcc.rep.ts", "test-049.tsp.rep.ts"])
def test_a_packet_that_comes_more_than_twice_is_an_error_each_time(name):
    """TSDuck counts them all as repeats. ISO/IEC 13818-1, 2.4.3.3 allows one, TR 101 290, 1.4 calls more an error."""
    packets = packets_of(stream(name))
    repeats = [index for index in range(1, 350) if packets[index] == packets[index - 1]]
    legal = [index for index in repeats if index - 1 not in repeats]
    totals = report_of(stream(name))["totals"]
    assert (totals["duplicates"], totals["continuity_errors"]) == (len(legal), len(repeats) - len(legal)) == (5, 302)
    assert totals["lost_packets"] == 0
    began = [event["packet"] for event in events_of(*SLOWLY, stream(name))
             if event["kind"] == "indicator_began" and event["indicator"] == "continuity_count_error"]
    assert began == sorted(set(repeats) - set(legal))


# --- clocks and PES


def test_pcrs_are_where_tsduck_finds_them():
    rows = list(csv.DictReader(stream("test-064.pcr.csv").open()))
    values = [(int(row["Packet index in TS"]), int(row["Value"])) for row in rows if row["Type"] == "PCR"]
    report = report_of(stream("test-064.ts"))
    clock = pids_of(report)[256]["pcr"]
    assert clock["count"] == len(values) == 101
    assert (clock["first_27mhz"], clock["last_27mhz"]) == (values[0][1], values[-1][1])
    steps = [(b - a) / 27_000 for (_, a), (_, b) in zip(values, values[1:])]
    interval = clock["interval_ms"]
    assert (interval["count"], interval["max"]) == (100, max(steps))
    assert interval["min"] == pytest.approx(min(steps), abs=1e-6)
    assert interval["mean"] == pytest.approx(sum(steps) / len(steps))
    assert sum(bar["count"] for bar in clock["interval_histogram_ms"]) == 100
    (first, start), (last, end) = values[0], values[-1]
    assert report["rate"]["pcr_bps"] == round((last - first) * 188 * 8 * 27e6 / (end - start))
    # PCRs 100 ms apart, to the tick: 2.3a is "more than 100 ms".
    assert report["tr101290"]["pcr_repetition_error"]["count"] == sum(step > 100 for step in steps)
    assert clock["repetition_over_40ms"] == sum(step > 40 for step in steps)
    # Their own byte positions contradict a constant rate (test-064.tsp.log): not measurable, not an error.
    assert report["tr101290"]["pcr_accuracy_error"]["state"] == "not_measured"


@pytest.mark.parametrize("name, log", [("test-072.ts", "test-072.pes.log"), ("test-148.ts", "test-148.log")])
def test_each_pes_header_of_the_log_is_counted(name, log):
    theirs = {}
    text = stream(log).read_text()
    for pid, stream_id, dump in re.findall(
            r"PID 0x([0-9A-F]+),.* stream_id 0x([0-9A-F]+) .*\n +PES header:\n((?: +[0-9A-F]{4}:.*\n?)+)", text):
        data = bytes.fromhex("".join(re.findall(r"[0-9A-F]{4}: +((?:[0-9A-F]{2} ?)+)", dump)).replace(" ", ""))
        reader = SlowReader([])
        reader.read_pes(0, reader.pids[0], data)
        theirs.setdefault(int(pid, 16), []).append((int(stream_id, 16), *reader.pids[0].pes[0][2:]))
    report = report_of(stream(name))
    assert theirs
    ended_early = len(re.findall("invalid PES packet", text))
    for number, pes in theirs.items():
        times = pids_of(report)[number]["timestamps"]
        # The PES packet that the end of the file cuts off has a header, too; TSDuck logs whole ones.
        assert 0 <= times["pes_packets"] - len(pes) <= 1 + ended_early, number
        assert {entry[0] for entry in pes} == {times["pes_stream_id"]}
        # A PES packet that says it ends within its own header (test-072, the first) is not logged, but has a PTS.
        assert ended_early or times["first_pts_90khz"] == pes[0][1]
        assert times["last_pts_90khz"] in (pes[-1][1], *(entry[2] for entry in reader_of(name).pids[number].pes[-1:]))


def test_durations_are_those_of_the_playlist():
    lines = stream("test-089.m3u8").read_text().splitlines()
    durations = [float(line[8:-1]) for line in lines if line.startswith("#EXTINF:")]
    names = [line for line in lines if line.endswith(".ts")]
    assert len(names) == len(durations) == 4
    bit_rates = [int(line[15:]) * 1000 for line in lines if line.startswith("#EXT-X-BITRATE:")]
    starts, sizes = [], [stream(name).stat().st_size for name in names]
    for name, duration, size in zip(names, durations, sizes):
        report = report_of(stream(name))
        (program,) = report["programs"]
        starts.append(pids_of(report)[program["pcr_pid"]]["pcr"]["first_27mhz"] / 27e6)
        assert (report["last_ns"] - report["first_ns"]) / 1e9 == pytest.approx(duration, abs=0.15)
        # Packets were taken out before the file was cut up: their duration is the size at the rate between PCRs.
        assert report["rate"]["pcr_bps"] * duration / 8 == pytest.approx(size, rel=0.002)
    for i in range(3):
        assert sizes[i] * 8 / (starts[i + 1] - starts[i]) == pytest.approx(bit_rates[i], rel=0.01)


# --- damage


def test_a_fuzzed_stream_is_reported_damaged_and_no_more_than_that():
    """TSDuck lists each packet that was changed; the stream without changes is test-072."""
    listed = {int(index) for index in re.findall(r"^\* Packet (\d+) differ", stream("test-147.2.log").read_text(), re.M)}
    before, after = packets_of(stream("test-072.ts")), packets_of(stream("test-147.ts"))
    headers = [index for index in range(len(before)) if before[index][:4] != after[index][:4]]
    assert listed <= {index for index in range(len(before)) if before[index] != after[index]} and len(headers) == 28
    good, bad = report_of(stream("test-072.ts")), report_of(stream("test-147.ts"))
    totals = bad["totals"]
    assert totals["packets"] + sum(totals["rejected"].values()) == good["totals"]["packets"] == 9692
    assert good["totals"]["continuity_errors"] == 0
    # A changed PID takes a packet from one PID; a changed counter is wrong once or, with the packet behind it, twice.
    assert len(headers) / 2 < totals["continuity_errors"] <= 2 * len(headers)
    assert bad["tr101290"]["crc_error"]["count"] == 0  # the byte changed of the PAT is stuffing behind its section
    for event in events_of(stream("test-147.ts")):
        if event["kind"] == "indicator_began" and event["indicator"] in ("continuity_count_error", "transport_error"):
            assert any(0 <= event["packet"] - index < 60 for index in headers), event


def test_sections_that_contradict_themselves_are_damage():
    text = stream("test-120.txt").read_text()
    times = re.findall(r"UTC time: (\S+ \S+)", text)
    assert text.count("* Invalid section") > 0
    report = report_of(stream("test-120.ts"))
    (tdt,) = [table for table in report["tables"] if table["table_id"] == 0x70]
    assert tdt["sections"] == len(times)
    # Behind each TDT there are four bytes that are neither stuffing nor a section. The last one just ends with the file.
    assert sum(pids_of(report)[20]["sections"].values()) == len(times) - 1
    newest = datetime.strptime(times[-1], "%Y/%m/%d %H:%M:%S").replace(tzinfo=timezone.utc)
    assert report["network"]["utc_time_ns"] == int(newest.timestamp()) * 10**9


@pytest.mark.parametrize("name", ["test-097.ts", "test-145.ts", "test-120.ts", "test-125.ts", "test-147.ts"])
def test_malformed_streams_are_analysed_in_text_and_json_and_events(name):
    for arguments in ((), ("--json",), ("--events",), ("--json", "--events"), ("--standard", "dvb"), ("--bitrate", "1M")):
        ended = run(*arguments, stream(name))
        assert ended.returncode == 0, (arguments, ended.stderr.decode())
        assert ended.stdout or "--events" in arguments


# --- captures


@pytest.mark.parametrize("name, reference, datagrams, rtp", [("test-162.pcap", "test-162.3.ts", 16, True),
                                                            ("test-171.11.pcapng", "test-171.11.ts", 47, False)])
def test_a_capture_is_analysed_as_the_file_that_tsduck_takes_from_it(name, reference, datagrams, rtp):
    captured, from_file = report_of(stream(name)), report_of(stream(reference))
    assert captured["clock"] == "arrival"
    assert captured["arrival"]["datagrams"] == datagrams
    assert ("rtp" in captured["arrival"]) == rtp
    assert captured["totals"] == from_file["totals"]
    assert captured["totals"]["packets"] == len(packets_of(stream(reference)))
    ours, theirs = pids_of(captured), pids_of(from_file)
    assert {number: pid["counters"] for number, pid in ours.items()} == {number: pid["counters"] for number, pid in
                                                                         theirs.items()}
    assert [table["sections"] for table in captured["tables"]] == [table["sections"] for table in from_file["tables"]]


@pytest.mark.parametrize("name, frames, udp", [("test-102.pcapng", 704, 0), ("test-106.2.pcapng", 56, 6)])
def test_a_capture_without_a_stream_is_accounted_for(name, frames, udp):
    ended = run(stream(name))
    log = ended.stderr.decode()
    assert ended.returncode == 1 and not ended.stdout
    assert f"in {frames} frames" in log and f"not UDP: {frames - udp} frames" in log
    if udp:
        # Their table: 3 + 3 UDP packets of two ports to one.
        text = stream("test-106.2.log").read_text()
        assert sum(int(count) for count in re.findall(r"UDP +(\d+)", text)) == udp
        assert f"{udp} datagrams" in log
    else:
        assert f"Total packets in file: {frames}" in stream("test-102.1.log").read_text()


# --- SCTE 35


def test_splices_are_what_tsduck_decompiles(tmp_path):
    expected = json.loads(stream("test-027.decompile.json").read_text())
    path = described(stream("test-027.pack.ts"), [(200, 0x86, b"\x52\x01\x00")], tmp_path)
    events = [event for event in events_of(path) if event["kind"] == "splice"]
    assert len(events) > 5
    raw = [section for _, section in SlowReader(packets_of(path), [200]).pids[200].sections]
    assert len(raw) == len(expected)
    by_section = {section: table for section, table in zip(raw, expected)}
    assert len(by_section) == len(expected)
    for event in events:
        splice, table = event["splice"], by_section[base64.b64decode(event["splice"]["section_base64"])]
        check_splice(splice, table)


COMMANDS = {"splice_null": "splice_null", "splice_schedule": "splice_schedule", "splice_insert": "splice_insert",
            "time_signal": "time_signal", "bandwidth_reservation": "bandwidth_reservation",
            "private_command": "private_command"}


def check_splice(splice, table):
    nodes = table["#nodes"]
    command = nodes[0]
    assert splice["command"] == COMMANDS[command["#name"]]
    assert splice["tier"] == table["tier"]
    assert splice["pts_adjustment_90khz"] == table["pts_adjustment"]
    if command["#name"] == "time_signal":
        assert splice.get("pts_90khz") == command.get("pts_time")
    if command["#name"] == "splice_insert":
        assert splice["event_id"] == command["splice_event_id"]
        assert splice["cancel"] == command["splice_event_cancel"]
        if not splice["cancel"]:
            assert splice["out_of_network"] == command["out_of_network"]
            assert splice["unique_program_id"] == command["unique_program_id"]
            assert (splice["avail"], splice["avails_expected"]) == (command["avail_num"], command["avails_expected"])
            assert splice["immediate"] == command["splice_immediate"]
            parts = {part["#name"]: part for part in command.get("#nodes", [])}
            if "break_duration" in parts:
                assert splice["duration_90khz"] == parts["break_duration"]["duration"]
                assert splice["auto_return"] == parts["break_duration"]["auto_return"]
            if "pts_time" in command:
                assert splice["pts_90khz"] == (command["pts_time"] + table["pts_adjustment"]) % (1 << 33)
            components = [part["component_tag"] for part in command.get("#nodes", []) if part["#name"] == "component"]
            assert splice["components"] == components
    segmentations = [node for node in nodes[1:] if node["#name"] == "splice_segmentation_descriptor"]
    assert len(splice["segmentations"]) == len(segmentations)
    for ours, theirs in zip(splice["segmentations"], segmentations):
        assert ours["event_id"] == theirs["segmentation_event_id"]
        assert ours["cancel"] == theirs["segmentation_event_cancel"]
        if ours["cancel"]:
            continue
        assert ours["type_id"] == theirs["segmentation_type_id"]
        assert ours.get("duration_90khz") == theirs.get("segmentation_duration")
        assert (ours["segment_number"], ours["segments_expected"]) == (theirs["segment_num"], theirs["segments_expected"])
        upid = next(node for node in theirs["#nodes"] if node["#name"] == "segmentation_upid")
        assert ours["upid_type"] == upid["type"]


# --- DVB tables


def test_events_and_names_are_those_of_tsduck():
    text = stream("test-184.2.txt").read_text()
    services = {}
    for block in re.split(r"\n(?=\d+\. .*\n-+\n)", "\n" + text):
        found = re.match(r"\n?(\d+)\. (.*)\n-+\n", block)
        events = {}
        day = None
        for line in block.splitlines():
            if re.fullmatch(r"\d{4}/\d\d/\d\d", line):
                day = line
            event = re.match(r"  (\d\d:\d\d:\d\d) to .*\((\d+) mn\), event id: 0x[0-9A-F]+ \((\d+)\)", line)
            if event:
                start = datetime.strptime(f"{day} {event.group(1)}", "%Y/%m/%d %H:%M:%S").replace(tzinfo=timezone.utc)
                events[int(event.group(3))] = newest = {"start": start, "minutes": int(event.group(2))}
            title = re.match(r"    Title: (.*)", line)
            if title:
                newest["title"] = title.group(1)
        if found:
            services[found.group(2)] = events
    report = report_of(stream("test-184.ts"))
    names = {program["service_name"]: program for program in report["programs"]}
    assert names.keys() == {"M6", "W9", "Arte", "France 5", "6ter"}
    for name, program in names.items():
        for when in ("present", "following"):
            ours = program[when]
            theirs = services[name][ours["event_id"]]
            assert ours["name"] == theirs["title"]
            assert ours["start_ns"] == int(theirs["start"].timestamp()) * 10**9
            assert ours["duration_s"] // 60 == theirs["minutes"]
    summary = stream("test-184.1.txt").read_text()
    for title, tables in (("EITp/f actual", [0x4E]), ("EITp/f other", [0x4F]), ("EITs actual", range(0x50, 0x60)),
                          ("EITs other", range(0x60, 0x70))):
        counted = sum(table["sections"] for table in report["tables"] if table["table_id"] in tables)
        assert counted == int(re.search(title + r": +(\d+)", summary).group(1)), title
    assert report["network"]["transport_stream_id"] == 4


@pytest.mark.parametrize("name", ["test-182.1.ts", "test-182.3.ts", "test-182.5.ts", "test-184.ts", "test-186.1.ts"])
def test_each_table_of_the_tables_streams_is_counted(name):
    path = stream(name)
    report = report_of(path)
    readable = {pid["pid"] for pid in report["pids"] if "sections" in pid}
    reader = SlowReader(packets_of(path), readable)
    assert readable
    for pid in readable:
        tables = [table for table in report["tables"] if table["pid"] == pid]
        good = reader.good_sections(pid)
        assert sum(table["sections"] for table in tables) == len(good)
        assert pids_of(report)[pid]["sections"]["crc"] == len(reader.pids[pid].sections) - len(good)
        assert {table["table_id"] for table in tables} == {section[0] for _, section in good}


def test_the_sections_of_test_186_are_byte_for_byte_those_that_are_counted():
    data, at, sizes = stream("test-186.1.bin").read_bytes(), 0, []
    while at < len(data):
        sizes.append(3 + ((data[at + 1] & 15) << 8 | data[at + 2]))
        at += sizes[-1]
    (table,) = [table for table in report_of(stream("test-186.1.ts"))["tables"] if table["table_id"] == 0x7F]
    assert table["sections"] == len(sizes)
    versions = re.findall(r'<selection_information_table version="(\d+)"', stream("test-186.1.xml").read_text())
    assert len(versions) == len(sizes)
    assert table["version"] == int(versions[-1])
    assert table["version_changes"] == sum(a != b for a, b in zip(versions, versions[1:]))


# --- video headers


def fields(text):
    return {name: int(value) for name, value in re.findall(r"^ *([\w.\[\]]+) = (\d+)$", text, re.M)}


@pytest.mark.parametrize("name, reference", [("test-100.1.ts", "test-100.1.txt"), ("test-125.ts", "test-125.txt")])
def test_sequence_parameter_sets_are_read_as_tsduck_reads_them(name, reference, tmp_path):
    text = stream(reference).read_text()
    sps = fields(text[text.index("(Sequence parameter set)"):].split("\n* ")[0])
    path = stream(name)
    if name == "test-125.ts":
        path = described(path, [(0x101, 0x24, b"")], tmp_path)
    video = pids_of(report_of(path))[0x101]["stream"]["video"]
    assert (video["width"], video["height"]) == (sps["pic_width_in_luma_samples"], shown_height(sps))
    assert video["bit_depth"] == 8 + sps["bit_depth_luma_minus8"]
    assert video["level"] == f"{sps['profile_tier_level.general_level_idc'] / 30:g}"
    assert video["profile"] == {1: "Main", 2: "Main 10"}[sps["profile_tier_level.general_profile_idc"]]
    assert video["chroma"] == {1: "4:2:0", 2: "4:2:2", 3: "4:4:4"}[sps["chroma_format_idc"]]


def shown_height(sps):
    return sps["pic_height_in_luma_samples"] - 2 * (sps.get("conf_win_top_offset", 0) + sps.get("conf_win_bottom_offset", 0))


def test_a_vvc_stream_is_named_and_measured():
    report = report_of(stream("test-148.ts"))
    video = pids_of(report)[0x1011]["stream"]
    assert video["codec"] == "vvc"
    assert (video["video"]["width"], video["video"]["height"]) == (1280, 720)
