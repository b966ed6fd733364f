"""Holds the lines that docs/troubleshooting.md quotes to what the programs say: messages_test.py PROJECT.

A quoted line is inline code of several words that is no command. What varies in it (names in quotes, numbers, addresses, …) is left
out; what is between must be in the programs' string literals, or be said by the operating system."""

import pathlib
import re
import sys
import unittest

from document import read_document

PROJECT = pathlib.Path(sys.argv[1]).resolve()
SOURCES = ("common", "probe", "client", "analyzer", "proto")
LITERAL = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
COMMANDS = {"sudo", "tcpdump", "ss", "nc", "journalctl", "systemctl", "ethtool", "kcat", "ip", "sysctl", "getcap", "grep",
            "gst-inspect-1.0", "fuser", "namei", "nstat", "gdb", "ps", "top", "bridge"}
# Said by the kernel, systemd, SQLite and librdkafka.
OTHERS = {"Address already in use", "Cannot assign requested address", "Operation not permitted", "Permission denied",
          "No space left on device", "Connection refused", "Failed to resolve", "database or disk is full", "start operation timed out",
          "Watchdog timeout", "syntax error"}
VARYING = re.compile(r"""'[^']*'|…|tcp://\S+|\b[a-z_]+=\S*|-?\b\d[\d.:+e-]*(?: m?s)?\b|\beth\d?\b|\bdn0\b|\blo, \w+|\.env|\bSORCE_PORT\b|"""
                     r"""\bSOURCE_PORT|--sourceip|--source-ip|\bN\b|video/x-h264|gstreamer1.0-[a-z-]+|\btsdemux\b|\bfoo\b|^\w+: |"""
                     r"""\blatest.jpg|\bcannot open SQLite|\bnobody\b|\broot\b""")
SHORTEST = 8  # characters that prove something


def spoken(project):
    """All that the programs may say: their string literals, joined where they stand one behind the other."""
    texts = []
    for folder in SOURCES:
        for path in (project / folder).rglob("*"):
            if path.suffix in (".cpp", ".h"):
                text = re.sub(r'"\s*\n\s*"', "", path.read_text())
                texts += [literal.replace('\\"', '"') for literal in LITERAL.findall(text)]
    return "\n".join(texts)


def fragments(line):
    """The parts of a quoted line that do not vary."""
    line = re.sub(r'"[^"]*"', "…", line)
    parts = VARYING.split(line)
    return [part.strip(' :;,.()/"?') for part in parts if len(part.strip(' :;,.()/"?')) >= SHORTEST]


def strangers(line, said):
    """Parts of a quoted line that nobody says."""
    return [part for part in fragments(line)
            if part not in said and not any(other in part or part in other for other in OTHERS)]


def is_quote(text):
    words = text.split()
    return len(words) >= 3 and words[0] not in COMMANDS and not words[0].startswith(("muxtap-", "--", "/", "scripts/"))


class MessagesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.said = spoken(PROJECT)

    def test_every_quoted_line_is_said_by_a_program(self):
        quotes = [piece for piece in read_document(PROJECT / "docs/troubleshooting.md").inline if is_quote(piece.text)]
        self.assertGreater(len(quotes), 40)
        wrong = [f"{piece.line}: {piece.text}: {parts}" for piece in quotes if (parts := strangers(piece.text, self.said))]
        self.assertEqual(wrong, [])

    def test_a_line_that_nobody_says_is_found(self):
        for line in ('cannot capture on "eth1": no permission, CAP_NET_RAW is lacking: run with sudo',
                     "the kernel dropped frames before they were taken: raise --buffer-size", "nobody says this line"):
            self.assertTrue(strangers(line, self.said), line)

    def test_what_varies_may_vary(self):
        for line in ('cannot capture on "eth7": the interface is down', "broker unreachable: …; messages wait in the spool"):
            self.assertEqual(strangers(line, self.said), [], line)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
