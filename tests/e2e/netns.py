"""Private networks: two network namespaces joined by a veth pair.

The namespaces have no names: this process holds them by file descriptors, and programs enter them with nsenter. So they
cannot collide with others, and the kernel removes them with all their interfaces when the last program in them has
ended and the descriptors are closed, however the tests end.
"""

import contextlib
import ctypes
import os
import socket
import subprocess
import threading
from pathlib import Path

CLONE_NEWNET = 0x40000000
libc = ctypes.CDLL(None, use_errno=True)


def _checked(result, what):
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


class Namespace:
    def __init__(self):
        opened = []

        def make():
            try:
                _checked(libc.unshare(CLONE_NEWNET), "unshare")
                opened.append(os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC))
            except OSError as error:
                opened.append(error)
        thread = threading.Thread(target=make)  # which alone lives in it, and ends
        thread.start()
        thread.join()
        if isinstance(opened[0], OSError):
            raise opened[0]
        self.descriptor = opened[0]
        self.path = f"/proc/{os.getpid()}/fd/{self.descriptor}"
        self.inside = ["nsenter", f"--net={self.path}"]  # in front of a command

    def ip(self, *commands):
        """Commands of ip(8), as one batch."""
        subprocess.run([*self.inside, "ip", "-batch", "-"], input="\n".join(commands), text=True, check=True)

    @contextlib.contextmanager
    def entered(self):
        """This thread lives in it, and threads started meanwhile, as those of a ZeroMQ context."""
        with open("/proc/thread-self/ns/net") as before:
            _checked(libc.setns(self.descriptor, CLONE_NEWNET), "setns")
            try:
                yield
            finally:
                _checked(libc.setns(before.fileno(), CLONE_NEWNET), "setns")

    def processes(self):
        """Programs that live in it."""
        inode, found = os.fstat(self.descriptor).st_ino, []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                if (entry / "ns/net").stat().st_ino == inode:
                    found.append(f"{entry.name} {(entry / 'comm').read_text().strip()}")
            except OSError:
                continue  # ended meanwhile
        return found

    def close(self):
        left = self.processes()
        os.close(self.descriptor)
        assert left == [], "programs that outlive their test"


class Network:
    """`sender` and `tap`: tx0 (10.77.0.1, fd77::1) there is the other end of rx0 (10.77.0.2, fd77::2) here."""

    def __init__(self, mtu=1500):
        self.sender, self.tap = Namespace(), Namespace()
        self.sender.ip("link set lo up", f"link add tx0 mtu {mtu} type veth peer name rx0 mtu {mtu} "
                       f"netns {self.tap.path}")
        for side, device, host in ((self.sender, "tx0", 1), (self.tap, "rx0", 2)):
            side.ip("link set lo up", f"address add 10.77.0.{host}/24 dev {device}",
                    f"address add fd77::{host}/64 dev {device} nodad", f"link set {device} up",
                    f"route add 224.0.0.0/4 dev {device}")

    def send_frames(self, frames):
        """Frames as they are, out of the sender's interface."""
        with self.sender.entered(), socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as wire:
            wire.bind(("tx0", 0))
            for frame in frames:
                wire.send(frame)

    def close(self):
        try:
            self.sender.close()
        finally:
            self.tap.close()
