"""Transport streams to play: real ones where the shared folder is, made ones otherwise; and recorded captures."""

import json
import os
import struct
import subprocess
from pathlib import Path

PACKET = 188
TICKS = 27_000_000
ROOT = Path(__file__).resolve().parents[2]


def shared(*names):
    """A file of the folder that is shared with other projects, None when it is not there."""
    named = os.environ.get("MUXTAP_SHARED")
    for folder in [Path(named)] if named else [ROOT.parent / "shared", ROOT.parent.parent / "shared"]:
        path = folder.joinpath(*names)
        if path.exists():
            return path
    return None


def make_packet(number, pid=256, pcr=None):
    """A packet that differs from all others, so that a missing or doubled one shows."""
    head = struct.pack(">BHB", 0x47, pid, (0x30 if pcr is not None else 0x10) | number & 15)
    if pcr is not None:
        base, extension = divmod(pcr, 300)
        head += struct.pack(">BBIH", 7, 0x10, base >> 1 & 0xFFFFFFFF, (base & 1) << 15 | 0x7E00 | extension)
    return (head + struct.pack(">Q", number)).ljust(PACKET, b"\xaa")


def make_stream(packets, pid=256, bits_per_second=4_000_000):
    """A constant-rate stream of one PID with a PCR every 20 packets."""
    ticks = PACKET * 8 * TICKS / bits_per_second
    return b"".join(make_packet(i, pid, round(i * ticks) if i % 20 == 0 else None) for i in range(packets))


# --- streams whose pictures say which they are

WIDTH, HEIGHT, BITS = 320, 180, 16
BLACK, WHITE = 16, 235


def picture(number):
    """Planar YUV 4:2:0. The upper half has the bits of `number` as blocks from left to right, the lower half the
    opposite; without a number it is black."""
    chroma = bytes([128]) * (WIDTH * HEIGHT // 2)
    if number is None:
        return bytes([BLACK]) * (WIDTH * HEIGHT) + chroma
    bits = [number >> (BITS - 1 - place) & 1 for place in range(BITS)]
    halves = [b"".join(bytes([WHITE if bit != lower else BLACK]) * (WIDTH // BITS) for bit in bits) for lower in (0, 1)]
    return b"".join(half * (HEIGHT // 2) for half in halves) + chroma


def numbers_of(images):
    """What pictures of one size, as JPEG files, have for numbers; None where there is none."""
    gray = subprocess.run(["ffmpeg", "-loglevel", "error", "-f", "image2pipe", "-c:v", "mjpeg", "-i", "-", "-vsync",
                           "passthrough", "-vf", f"scale={WIDTH}:{HEIGHT}", "-f", "rawvideo", "-pix_fmt", "gray", "-"],
                          input=b"".join(images), stdout=subprocess.PIPE, check=True, timeout=60).stdout
    size = WIDTH * HEIGHT
    assert len(gray) == size * len(images)
    return [number_in(gray[at:at + size]) for at in range(0, len(gray), size)]


def number_in(luma):
    number = 0
    for place in range(BITS):
        column = (2 * place + 1) * WIDTH // (2 * BITS)
        upper, lower = luma[HEIGHT // 4 * WIDTH + column], luma[HEIGHT * 3 // 4 * WIDTH + column]
        if abs(upper - lower) < 100:
            return None
        number = number << 1 | (upper > lower)
    return number


def encode(path, numbers, *codecs, rate="25", sounds=()):
    """A transport stream of the pictures with these numbers, and of sounds as lavfi describes them."""
    pictures = ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{WIDTH}x{HEIGHT}", "-r", rate, "-i", "-"]
    tones = [part for sound in sounds for part in ("-f", "lavfi", "-i", sound)]
    inputs = [*(pictures if numbers else ["-nostdin"]), *tones]
    count = len(sounds) + bool(numbers)
    maps = [part for number in range(count) for part in ("-map", str(number))]
    subprocess.run(["ffmpeg", "-loglevel", "error", *inputs, *maps, *map(str, codecs), "-f", "mpegts", path],
                   input=b"".join(map(picture, numbers)) if numbers else None, check=True, timeout=60)
    return path


def probed(path, what, entries, *more):
    """Parts of a stream as ffprobe tells them."""
    said = subprocess.run(["ffprobe", "-loglevel", "error", "-of", "json", f"-show_{what}", "-show_entries", entries,
                           *more, path], capture_output=True, check=True, timeout=60).stdout
    return json.loads(said)[what]
