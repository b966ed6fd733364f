"""Reads what TSDuck says of a stream: its analysis reports, as text and as JSON, into one form."""

import json
import re


def number(text):
    """The number at the start of a text such as "4,758 b/s"; None for "Unknown"."""
    found = re.match(r"-?[\d,]+", text.strip())
    return int(found.group().replace(",", "")) if found else None


def fields_of(column):
    """The pairs of a column: "Packets: ...... 26"."""
    return re.findall(r"([A-Za-z][A-Za-z.'\- ]*?): ?\.* ([^|]*?)(?:  |$)", column)


def pid_of(block, pids):
    pid = None
    clock, in_pes = {}, False
    for line in block:
        opened = re.match(r"\|  PID: 0x[0-9A-F]+ \((\d+)\) +(.*?) +\|$", line)
        if opened:
            pid = pids.setdefault(int(opened.group(1)), {"description": opened.group(2), "services": []})
            continue
        if pid is None:
            return
        stream_id = re.match(r"\|  PES stream id: 0x([0-9A-F]+)", line)
        if stream_id:
            pid["pes_stream_id"] = int(stream_id.group(1), 16)
        service = re.match(r"\|  Service: 0x[0-9A-F]+ \((\d+)\)", line)
        if service:
            pid["services"].append(int(service.group(1)))
        columns = [line[3:27], line[29:53], line[55:77]]
        in_pes = in_pes or columns[2].startswith("PES:")
        if columns[2].startswith("Sections:"):
            in_pes = False
        for index, column in enumerate(columns):
            found = re.match(r"([A-Za-z][A-Za-z.'\- ]*):?[ .]+(.*?) *$", column)
            if not found:
                continue
            name, value = found.group(1).rstrip("."), found.group(2)
            if name in ("PCR", "PTS", "DTS"):
                clock[index] = name.lower()
                pid[clock[index]] = number(value)
            elif name == "from" and index in clock:
                pid[f"first_{clock[index]}"] = number(value)
            elif name == "to" and index in clock:
                pid[f"last_{clock[index]}"] = number(value)
            elif name == "Packets":
                pid["packets" if index == 1 else "pes"] = number(value)
            elif name in NAMES:
                pid[NAMES[name]] = value if name == "Access" else number(value)


NAMES = {"Bitrate": "bitrate", "Access": "access", "Adapt.F": "adaptation_fields", "Duplicated": "duplicates",
         "Expected": "expected", "Unexpect": "unexpected", "Inv.scramb": "invalid_scrambling", "Inv.Start": "invalid_pes",
         "Unit start": "unit_starts"}


def text_report(path):
    """What a text report says: {"packets", "bitrate", "pids": {pid: {...}}, "services": {id: {...}}, "tables"}."""
    text = path.read_text()
    report = {"pids": {}, "services": {}, "tables": []}
    for name, pattern in (("packets", r"TS packets: \.+ ([\d,]+)  \|"), ("invalid_syncs", r"With invalid sync: \.+ ([\d,]+)"),
                          ("transport_errors", r"With transport error: \.+ ([\d,]+)"),
                          ("suspect", r"Suspect and ignored: \.+ ([\d,]+)"),
                          ("bitrate", r"Estimated based on PCR's: \.+ (\S+)"), ("ts_id", r"Transport Stream Id: \.+ \S+ \((\d+)\)"),
                          ("service_count", r"Services: \.+ (\d+)"), ("scrambled_pids", r"Scrambled: \.+ (\d+)"),
                          ("pcr_pids", r"With PCR's: \.+ (\d+)"), ("unreferenced", r"Unreferenced: \.+ (\d+)")):
        found = re.search(pattern, text)
        report[name] = number(found.group(1)) if found else None
    parts = re.split(r"\n=+\n\|  ([A-Z&' ]+ ANALYSIS REPORT) +\|\n", text)
    for title, part in zip(parts[1::2], parts[2::2]):
        blocks = [block.strip().splitlines() for block in re.split(r"^\|=+\|$", part, flags=re.M)]
        for block in blocks:
            if title.startswith("PIDS"):
                pid_of(block, report["pids"])
            elif title.startswith("SERVICES"):
                service_of("\n".join(block), report["services"])
            elif title.startswith("TABLES"):
                tables_of(block, report["tables"])
    return report


def service_of(block, services):
    found = re.search(r"Service: 0x[0-9A-F]+ \((\d+)\)", block)
    if not found:
        return
    service = services[int(found.group(1))] = {}
    for name, pattern in (("name", r"Service name: (.*), provider:"), ("provider", r"provider: (.*?) +\|"),
                          ("type", r"Service type: (0x[0-9A-F]+)"), ("packets", r"TS packets: ([\d,]+)"),
                          ("pmt_pid", r"PMT PID: (0x[0-9A-F]+)"), ("pcr_pid", r"PCR PID: (0x[0-9A-F]+)"),
                          ("original_network_id", r"Original Netw: (0x[0-9A-F]+)")):
        value = re.search(pattern, block)
        value = value.group(1) if value else None
        if value and value.startswith("0x"):
            value = int(value, 16)
        elif name == "packets":
            value = number(value)
        service[name] = value
    service["bitrate"] = number(re.search(r"Total .* ([\d,]+ b/s|Unknown) +\|", block).group(1))
    service["scrambled"] = re.search(r"Total .*?([CS])  ", block).group(1) == "S"
    service["pids"] = {int(pid, 16): access == "S"
                       for pid, access in re.findall(r"^\|  (0x[0-9A-F]{4})  .* ([CS])\+?\s+[\dU]", block, flags=re.M)}


def tables_of(block, tables):
    pid, table = None, None
    for line in block:
        found = re.match(r"\|  PID: 0x[0-9A-F]+ \((\d+)\)", line)
        if found:
            pid = int(found.group(1))
        found = re.match(r"\|  (0x[0-9A-F]{2}) \((\d+).*?\)(?:, TID ext: 0x[0-9A-F]+ \((\d+)\))?", line)
        if found and pid is not None:
            table = {"pid": pid, "table_id": int(found.group(1), 16),
                     "table_id_extension": None if found.group(3) is None else int(found.group(3))}
            tables.append(table)
        for name, pattern in (("sections", r"Section cnt: \.+ ([\d,]+)"), ("tables", r"Table cnt: \.+ ([\d,]+)"),
                              ("min_ms", r"Min repet\.: \.+ ([\d,]+)  ms"), ("max_ms", r"Max repet\.: \.+ ([\d,]+)  ms"),
                              ("version", r"Version: \.+ (\d+)")):
            found = re.search(pattern, line)
            if found and table is not None:
                table[name] = number(found.group(1))


def json_report(path):
    """The same from a JSON report."""
    data = json.loads(path.read_text())
    report = {"packets": data["ts"]["packets"]["total"], "invalid_syncs": data["ts"]["packets"]["invalid-syncs"],
              "transport_errors": data["ts"]["packets"]["transport-errors"], "suspect": data["ts"]["packets"]["suspect-ignored"],
              "bitrate": data["ts"]["pcr-bitrate"] or None, "ts_id": data["ts"].get("id"),
              "service_count": data["ts"]["services"]["total"], "scrambled_pids": data["ts"]["pids"]["scrambled"],
              "pcr_pids": data["ts"]["pids"]["pcr"], "unreferenced": data["ts"]["pids"]["unreferenced"],
              "pids": {}, "services": {}, "tables": []}
    for entry in data["pids"]:
        counts = entry["packets"]
        pid = {"packets": counts["total"], "clear": counts["clear"], "scrambled": counts["scrambled"],
               "invalid_scrambling": counts["invalid-scrambling"], "unexpected": counts["discontinuities"],
               "duplicates": counts["duplicated"], "pcr": counts["pcr"], "pts": counts["pts"], "dts": counts["dts"],
               "adaptation_fields": counts["af"], "services": entry.get("services", []), "language": entry.get("language"),
               "description": entry["description"], "bitrate": entry["bitrate"] or None}
        for ours, theirs in (("unit_starts", "unit-start"), ("pes", "pes"), ("pes_stream_id", "pes-stream-id"),
                             ("invalid_pes", "invalid-pes-prefix"), ("first_pts", "first-pts"), ("last_pts", "last-pts"),
                             ("first_dts", "first-dts"), ("last_dts", "last-dts"), ("first_pcr", "first-pcr"),
                             ("last_pcr", "last-pcr")):
            if theirs in entry:
                pid[ours] = entry[theirs]
        report["pids"][entry["id"]] = pid
    for entry in data["services"]:
        report["services"][entry["id"]] = {
            "name": entry["name"], "provider": entry["provider"], "type": entry["type"], "packets": entry["packets"],
            "pmt_pid": entry.get("pmt-pid"), "pcr_pid": entry.get("pcr-pid"), "bitrate": entry["bitrate"] or None,
            "original_network_id": entry.get("original-network-id"), "scrambled": entry["is-scrambled"],
            "pids": dict.fromkeys(entry["pids"])}
    for entry in data["tables"]:
        report["tables"].append({"pid": entry["pid"], "table_id": entry["tid"], "table_id_extension": entry.get("tid-ext"),
                                 "sections": entry["sections"], "version": entry.get("last-version"),
                                 "versions": entry.get("versions"), "min_ms": entry.get("min-repetition-ms"),
                                 "max_ms": entry.get("max-repetition-ms")})
    return report
