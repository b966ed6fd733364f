"""Transport streams to play: real ones where the shared folder is, made ones otherwise; and recorded captures."""

import os
import struct
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
