"""Ethernet frames made by hand, for what the kernel here does not send."""

import ipaddress
import struct


def checksum(data):
    """The Internet checksum (RFC 1071)."""
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def rtp_header(number, timestamp=0, ssrc=0x77777777):
    return struct.pack(">BBHII", 0x80, 33, number & 0xFFFF, timestamp, ssrc)


def udp_packet(payload, destination, port, source=None, source_port=41000):
    """An IPv4 or IPv6 packet with one UDP datagram."""
    to = ipaddress.ip_address(destination)
    sender = ipaddress.ip_address(source or ("10.77.0.1" if to.version == 4 else "fd77::1"))
    length = 8 + len(payload)
    udp = struct.pack(">HHHH", source_port, port, length, 0)
    pseudo = sender.packed + to.packed + struct.pack(">II", length, 17)
    udp = udp[:6] + struct.pack(">H", checksum(pseudo + udp + payload) or 0xFFFF)
    if to.version == 6:
        return struct.pack(">IHBB", 6 << 28, length, 17, 1) + sender.packed + to.packed + udp + payload
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + length, 0, 0, 1, 17, 0) + sender.packed + to.packed
    return head[:10] + struct.pack(">H", checksum(head)) + head[12:] + udp + payload


def tagged_frame(payload, destination, port, tags=()):
    """`tags`: (EtherType, VLAN identifier) from the outermost on."""
    to = ipaddress.ip_address(destination)
    mac = b"\x01\0\x5e" + bytes([to.packed[1] & 0x7F]) + to.packed[2:] if to.version == 4 else b"\x33\x33" + to.packed[-4:]
    types = b"".join(struct.pack(">HH", kind, vlan) for kind, vlan in tags)
    kind = 0x0800 if to.version == 4 else 0x86DD
    return mac + b"\x02\0\0\0\0\x01" + types + struct.pack(">H", kind) + udp_packet(payload, destination, port)
