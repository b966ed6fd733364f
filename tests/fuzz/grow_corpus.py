#!/usr/bin/python3
"""Cuts seeds for fuzz_analyzer out of streams that are not part of the project.

    grow_corpus.py SHARED OUTPUT

SHARED holds streams/ and media/; what MUXTAP_SHARED names takes its place. OUTPUT is emptied and filled. Where SHARED
is absent that is said, and OUTPUT stays empty: the fuzzer then begins with the committed corpus alone.

A seed is one byte of settings (see fuzz_analyzer.cpp) and packets. Of each stream: its tables, the packets with
splice information, the packets with PCRs, and for each elementary stream the tables with the starts of its PES packets.
"""
import os
import pathlib
import shutil
import sys

PACKET = 188
MOST_BYTES = 16 * 1024
READ = 4 * 1024 * 1024  # of each file
BY_DATAGRAM = 4
REPAIRED = 32
STRIDES = {188: 0, 192: 1, 204: 2}
PSI_STREAM_TYPES = {0x05, 0x0B, 0x0C, 0x0D, 0x86}


def find_stride(data):
    for stride, lead in ((188, 0), (204, 0), (192, 4), (192, 0)):
        places = range(lead, min(len(data) - PACKET, lead + 20 * stride) + 1, stride)
        if len(places) > 2 and all(data[place] == 0x47 for place in places):
            return stride, lead
    return None, 0


def packets_of(path):
    with open(path, 'rb') as file:
        data = file.read(READ)
    stride, lead = find_stride(data)
    if stride is None:
        return 188, []
    places = range(lead, len(data) - PACKET + 1, stride)
    return stride, [data[place:place + PACKET] for place in places if data[place] == 0x47]


def pid_of(packet):
    return (packet[1] & 0x1F) << 8 | packet[2]


def starts_unit(packet):
    return packet[1] & 0x40 != 0


def payload_of(packet):
    if packet[3] & 0x10 == 0:
        return b''
    return packet[5 + packet[4]:] if packet[3] & 0x20 else packet[4:]


def has_pcr(packet):
    return packet[3] & 0x20 and packet[4] > 0 and packet[5] & 0x10


def section_at_start(packet):
    """What is in the packet of the section that its pointer_field points at."""
    payload = payload_of(packet)
    if not starts_unit(packet) or not payload:
        return b''
    return payload[1 + payload[0]:]


def pmt_pids_of(packets):
    pids = set()
    for packet in packets:
        section = section_at_start(packet) if pid_of(packet) == 0 else b''
        if len(section) < 12 or section[0] != 0:
            continue
        end = min(len(section), 3 + ((section[1] & 0x0F) << 8 | section[2]) - 4)
        for at in range(8, end - 3, 4):
            if section[at:at + 2] != b'\0\0':
                pids.add((section[at + 2] & 0x1F) << 8 | section[at + 3])
    return pids


def streams_of(packets, pmt_pids):
    """stream_type by elementary PID, as far as it is in the first packet of each PMT."""
    streams = {}
    for packet in packets:
        section = section_at_start(packet) if pid_of(packet) in pmt_pids else b''
        if len(section) < 16 or section[0] != 2:
            continue
        end = min(len(section), 3 + ((section[1] & 0x0F) << 8 | section[2]) - 4)
        at = 12 + ((section[10] & 0x0F) << 8 | section[11])
        while at + 5 <= end:
            streams[(section[at + 1] & 0x1F) << 8 | section[at + 2]] = section[at]
            at += 5 + ((section[at + 3] & 0x0F) << 8 | section[at + 4])
    return streams


def first_tables(packets, pids):
    """The first sections of each PID of tables: up to the second unit start."""
    starts = {}
    kept = []
    for packet in packets:
        pid = pid_of(packet)
        if pid not in pids:
            continue
        starts[pid] = starts.get(pid, 0) + starts_unit(packet)
        if 1 <= starts[pid] <= 2:
            kept.append(packet)
    return kept


def unit_starts(packets, pid, behind=5):
    """Each unit start of a PID and the packets behind it, until there is enough."""
    kept = []
    left = 0
    for packet in packets:
        if pid_of(packet) != pid:
            continue
        left = behind if starts_unit(packet) else left - 1
        if left >= 0:
            kept.append(packet)
        if len(kept) * PACKET > MOST_BYTES:
            break
    return kept


class Output:
    def __init__(self, folder):
        self.folder = folder
        self.seeds = 0

    def write(self, name, packets, stride, settings=0):
        packets = packets[:(MOST_BYTES - 1) // stride]
        if not packets:
            return
        data = b''.join(packet + bytes(stride - PACKET) for packet in packets)
        (self.folder / name).write_bytes(bytes([settings | STRIDES[stride] << 3]) + data)
        self.seeds += 1


def grow(path, output):
    stride, packets = packets_of(path)
    if not packets:
        return
    name = path.name.replace('.', '-')
    pmt_pids = pmt_pids_of(packets)
    streams = streams_of(packets, pmt_pids)
    splice_pids = {pid for pid, stream_type in streams.items() if stream_type == 0x86}
    table_pids = set(range(0x20)) | pmt_pids | {0x1FFB}
    tables = first_tables(packets, table_pids)
    psi = first_tables(packets, {0} | pmt_pids)[:20]

    output.write(f'{name}-start', packets, stride, BY_DATAGRAM)
    output.write(f'{name}-tables', tables, stride, REPAIRED)
    output.write(f'{name}-pcr', psi + [packet for packet in packets if has_pcr(packet)][:60], 188, BY_DATAGRAM)
    if splice_pids:
        splices = [packet for packet in packets if pid_of(packet) in splice_pids]
        output.write(f'{name}-splice', psi + splices, 188, REPAIRED)
    seen = set()
    for pid, stream_type in sorted(streams.items()):
        if stream_type in PSI_STREAM_TYPES or stream_type in seen:
            continue
        seen.add(stream_type)
        output.write(f'{name}-type-{stream_type:02x}', psi + unit_starts(packets, pid), 188, BY_DATAGRAM | REPAIRED)


def main():
    shared = pathlib.Path(os.environ.get('MUXTAP_SHARED') or sys.argv[1])
    folder = pathlib.Path(sys.argv[2])
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if not shared.is_dir():
        print(f'SKIPPED: no seeds from {shared}, which is not there: fuzzing begins with the committed corpus alone')
        return
    output = Output(folder)
    files = sorted(path for top in ('streams', 'media') for path in (shared / top).rglob('*')
                   if path.suffix in ('.ts', '.m2ts'))
    for path in files:
        grow(path, output)
    print(f'{output.seeds} seeds of {len(files)} streams in {os.path.relpath(folder)}')


if __name__ == '__main__':
    main()
