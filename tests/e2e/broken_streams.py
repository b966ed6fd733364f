"""Transport streams with video and sound, made by FFmpeg, and what can be wrong with them: packets and tables changed one
by one."""

import random
import struct
import subprocess
from pathlib import Path

from media import PACKET

PMT_PID, VIDEO_PID, AUDIO_PID = 0x1000, 0x100, 0x101
UNIT_START, HAS_ADAPTATION, HAS_PAYLOAD = 0x40, 0x20, 0x10

VIDEO = {"h264": ["libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"],
         "hevc": ["libx265", "-preset", "ultrafast", "-x265-params", "log-level=error:keyint=25"],
         "mpeg2_video": ["mpeg2video", "-b:v", "2M"]}
AUDIO = {"aac_adts": "aac", "mpeg1_audio": "mp2", "ac3": "ac3"}


def make(path, video="h264", audio="aac_adts", size="320x180", seconds=4, offset=0):
    """A stream with a key frame each second, on PIDs VIDEO_PID and AUDIO_PID; no video or audio where it is None."""
    command, codecs = ["ffmpeg", "-nostdin", "-y", "-loglevel", "error"], []
    if video:
        command += ["-f", "lavfi", "-i", f"testsrc2=size={size}:rate=25"]
        codecs += ["-c:v", *VIDEO[video], "-g", "25", "-streamid", f"0:{VIDEO_PID}"]
    if audio:
        command += ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000"]
        codecs += ["-c:a", AUDIO[audio], "-ac", "2", "-streamid", f"{1 if video else 0}:{AUDIO_PID}"]
    subprocess.run([*command, "-t", str(seconds), *codecs, "-output_ts_offset", str(offset), "-f", "mpegts", str(path)],
                   check=True, timeout=60)
    return Path(path).read_bytes()


# --- packets


def packets(data):
    return [bytearray(data[at:at + PACKET]) for at in range(0, len(data), PACKET)]


def joined(made):
    return b"".join(made)


def pid_of(packet):
    return (packet[1] & 0x1F) << 8 | packet[2]


def payload_of(packet):
    """Where it begins."""
    return 5 + packet[4] if packet[3] & HAS_ADAPTATION else 4


def part(data, first, last):
    """From one share of a stream to another."""
    count = len(data) // PACKET
    return data[int(count * first) * PACKET:int(count * last) * PACKET]


def with_counters(data):
    """Continuity counters without a break."""
    newest, made = {}, packets(data)
    for packet in made:
        counter = newest.get(pid_of(packet), 15) + (1 if packet[3] & HAS_PAYLOAD else 0) & 15
        newest[pid_of(packet)] = counter
        packet[3] = packet[3] & 0xF0 | counter
    return joined(made)


def scrambled(data, *pids):
    chance, made = random.Random(1), packets(data)
    for packet in made:
        if pid_of(packet) in pids and packet[3] & HAS_PAYLOAD:
            packet[3] |= 0x80
            packet[payload_of(packet):] = chance.randbytes(PACKET - payload_of(packet))
    return joined(made)


def without_packets(data, share):
    chance = random.Random(2)
    return joined(packet for packet in packets(data) if chance.random() >= share)


def with_noise(data, share):
    """So many bytes of all have another value; the first packets of the tables are whole."""
    chance, made = random.Random(3), bytearray(data)
    for _ in range(int(len(made) * share)):
        made[chance.randrange(10 * PACKET, len(made))] = chance.randrange(256)
    return bytes(made)


def with_other_pid(data, before, after):
    made = packets(data)
    for packet in made:
        if pid_of(packet) == before:
            packet[1:3] = struct.pack(">H", (packet[1] & 0xE0) << 8 | after)
    return joined(made)


def without_pcrs(data):
    made = packets(data)
    for packet in made:
        if packet[3] & HAS_ADAPTATION and packet[4]:
            packet[5] &= ~0x10
    return joined(made)


# --- tables


def crc32(data):
    """ISO/IEC 13818-1, annex A."""
    value = 0xFFFFFFFF
    for byte in data:
        value ^= byte << 24
        for _ in range(8):
            value = (value << 1 ^ 0x04C11DB7 if value & 0x80000000 else value << 1) & 0xFFFFFFFF
    return value


def with_tables(data, pid, change):
    """Each section of the PID, which is one packet long, as `change` gives it back; both without their CRC."""
    made = packets(data)
    for packet in made:
        if pid_of(packet) != pid or not packet[1] & UNIT_START:
            continue
        start = payload_of(packet) + 1
        end = start + 3 + ((packet[start + 1] & 0x0F) << 8 | packet[start + 2])
        section = bytearray(change(packet[start:end - 4]))
        section[1:3] = struct.pack(">H", (section[1] & 0xF0) << 8 | len(section) + 1)
        section += struct.pack(">I", crc32(section))
        packet[start:] = section.ljust(PACKET - start, b"\xff")
    return joined(made)


def with_version(section, number):
    section[5] = section[5] & 0xC1 | number << 1
    return section


def with_streams(section, change):
    """A program map whose (stream_type, PID, descriptors) are what `change` makes of them."""
    first = at = 12 + ((section[10] & 0x0F) << 8 | section[11])
    streams = []
    while at < len(section):
        size = (section[at + 3] & 0x0F) << 8 | section[at + 4]
        pid = (section[at + 1] & 0x1F) << 8 | section[at + 2]
        streams.append((section[at], pid, bytes(section[at + 5:at + 5 + size])))
        at += 5 + size
    return section[:first] + b"".join(struct.pack(">BHH", kind, 0xE000 | pid, 0xF000 | len(extra)) + extra
                                      for kind, pid, extra in change(streams))
