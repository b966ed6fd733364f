"""A transport stream read slowly and plainly: a second opinion on what muxtap-analyze counts.

Nothing here is shared with the analyzer, nothing is clever, and the standard is followed word by word."""

from collections import Counter, defaultdict

PACKET = 188
WRAP = 1 << 33
PCR_WRAP = 300 * WRAP
NULL = 0x1FFF


def packets_of(path):
    """The 188-byte packets of a file with a stride of 188, 192 or 204 bytes that starts on a packet."""
    data = path.read_bytes()
    for stride, offset in ((188, 0), (204, 0), (192, 4), (192, 0)):
        if all(data[at] == 0x47 for at in range(offset, min(len(data), offset + 20 * stride), stride)):
            return [data[at:at + PACKET] for at in range(offset, len(data) - PACKET + 1, stride)]
    raise AssertionError(f"{path}: no packets")


def crc32_mpeg(data):
    """CRC_32 of ISO/IEC 13818-1, annex A, bit by bit in the polynomial's own words: 0 over a good section."""
    value = 0xFFFFFFFF
    for byte in data:
        value ^= byte << 24
        for _ in range(8):
            value = (value << 1 ^ (0x04C11DB7 if value & 0x80000000 else 0)) & 0xFFFFFFFF
    return value


def timestamp(field):
    return (field[0] >> 1 & 7) << 30 | field[1] << 22 | field[2] >> 1 << 15 | field[3] << 7 | field[4] >> 1


class Pid:
    def __init__(self):
        self.counts = Counter()
        self.gaps = []  # (packet index, packets missing)
        self.previous = None  # the last packet, as counted
        self.copies = 0  # of the last packet
        self.pcrs = []  # (packet index, 27 MHz)
        self.pes = []  # (packet index, stream_id, PTS, DTS)
        self.section = None
        self.sections = []  # (packet index, bytes)


class SlowReader:
    """`is_section(pid)` chooses the PIDs whose payload is read as sections; the others are read as PES packets."""

    def __init__(self, packets, section_pids=()):
        self.pids = defaultdict(Pid)
        self.total = len(packets)
        self.section_pids = set(section_pids)
        self.tei = 0
        for index, packet in enumerate(packets):
            self.take(index, packet)

    def take(self, index, packet):
        assert packet[0] == 0x47
        number = (packet[1] & 0x1F) << 8 | packet[2]
        if packet[1] & 0x80:
            self.tei += 1
            self.pids[number].counts["transport_errors"] += 1
            return
        pid = self.pids[number]
        control = packet[3] >> 4 & 3
        pid.counts["packets"] += 1
        pid.counts["payload_packets"] += control & 1
        scrambling = packet[3] >> 6
        pid.counts["scrambled"] += scrambling >= 2
        pid.counts["invalid_scrambling"] += scrambling == 1
        field = packet[5:5 + packet[4]] if control & 2 else b""
        pid.counts["adaptation_fields"] += control >> 1
        flags = field[0] if field else 0
        verdict = self.continuity(index, pid, packet, control, flags) if number != NULL else "in order"
        if verdict == "copy":
            return
        pid.counts["unit_starts"] += packet[1] >> 6 & 1
        pid.counts["discontinuity_indicators"] += flags >> 7
        pid.counts["random_access"] += flags >> 6 & 1
        if flags & 0x10 and len(field) >= 7:
            base = int.from_bytes(field[1:5], "big") << 1 | field[5] >> 7
            pid.pcrs.append((index, base * 300 + ((field[5] & 1) << 8 | field[6])))
        if control & 1 and not scrambling:
            payload = packet[4 + (1 + packet[4] if control & 2 else 0):]
            if number in self.section_pids:
                self.read_sections(index, pid, payload, packet[1] & 0x40, verdict == "gap")
            elif packet[1] & 0x40:
                self.read_pes(index, pid, payload)

    def continuity(self, index, pid, packet, control, flags):
        """ISO/IEC 13818-1, 2.4.3.3."""
        previous, pid.previous = pid.previous, packet
        if previous is None:
            return "in order"
        last, counter = previous[3] & 15, packet[3] & 15
        copies, pid.copies = pid.copies, 0
        if flags & 0x80:
            return "in order"
        if not control & 1:
            if counter == last:
                return "in order"
        elif counter == (last + 1) & 15:
            return "in order"
        elif counter == last and previous[3] & 0x10 and self.without_clocks(previous) == self.without_clocks(packet):
            pid.copies = copies + 1
            if copies == 0:
                pid.counts["duplicates"] += 1
            else:
                pid.counts["continuity_errors"] += 1
            return "copy"
        pid.counts["continuity_errors"] += 1
        lost = (counter - last - (control & 1)) & 15
        pid.counts["lost_packets"] += lost
        pid.gaps.append((index, lost))
        return "gap"

    @staticmethod
    def without_clocks(packet):
        """A duplicate has the same bytes but for PCR and OPCR."""
        if not packet[3] & 0x20 or packet[4] < 1:
            return packet
        packet, at = bytearray(packet), 6
        for flag in (0x10, 0x08):
            if packet[5] & flag:
                packet[at:at + 6] = bytes(6)
                at += 6
        return bytes(packet)

    def read_pes(self, index, pid, payload):
        if len(payload) < 6 or payload[:3] != b"\0\0\1":
            pid.counts["invalid_pes"] += 1
            return
        stream_id, pts, dts = payload[3], None, None
        # Table 2-21: these have no optional header.
        if stream_id not in (0xBC, 0xBE, 0xBF, 0xF0, 0xF1, 0xF2, 0xF8, 0xFF) and len(payload) >= 9:
            if payload[7] & 0x80 and len(payload) >= 14:
                pts = timestamp(payload[9:14])
            if payload[7] >> 6 == 3 and len(payload) >= 19:
                dts = timestamp(payload[14:19])
        pid.pes.append((index, stream_id, pts, dts))

    def read_sections(self, index, pid, payload, start, gap):
        """ISO/IEC 13818-1, 2.4.4: pointer_field, sections back to back, 0xFF up to the end."""
        if gap:
            pid.section = None
        if start:
            pointer = payload[0]
            self.feed(index, pid, payload[1:1 + pointer])
            pid.section = b""
            payload = payload[1 + pointer:]
        self.feed(index, pid, payload)

    def feed(self, index, pid, data):
        if pid.section is None:
            return
        pid.section += data
        while len(pid.section) >= 3 and pid.section[0] != 0xFF:
            size = 3 + ((pid.section[1] & 15) << 8 | pid.section[2])
            if len(pid.section) < size:
                return
            section, pid.section = pid.section[:size], pid.section[size:]
            pid.sections.append((index, section))
        if pid.section[:1] == b"\xff":
            pid.section = None

    def good_sections(self, number):
        """Those whose CRC_32 is right, where they have one."""
        return [(index, section) for index, section in self.pids[number].sections
                if not section[1] & 0x80 and section[0] != 0x73 or crc32_mpeg(section) == 0]

    def pcr_at(self, number):
        """A function: packet index → PCR there, on the line between the PCRs around it (outside: the nearest two)."""
        pcrs = self.unwrapped(number)
        indexes = [index for index, _ in pcrs]

        def at(index):
            import bisect
            right = min(max(bisect.bisect_left(indexes, index), 1), len(pcrs) - 1)
            (a, x), (b, y) = pcrs[right - 1], pcrs[right]
            return x + (y - x) * (index - a) / (b - a)
        return at if len(pcrs) > 1 else None

    def unwrapped(self, number):
        """The PCRs of a PID as a line that goes on where they wrap."""
        line, last = [], None
        for index, ticks in self.pids[number].pcrs:
            if last is not None:
                ticks = last + (ticks - last + PCR_WRAP // 2) % PCR_WRAP - PCR_WRAP // 2
            line.append((index, ticks))
            last = ticks
        return line
