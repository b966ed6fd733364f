"""Seeds faults into small documents: check_documents_test.py PROJECT PROGRAMS. Each kind must be found, and sound text must be silent."""

import pathlib
import shutil
import sys
import tempfile
import unittest

from check_documents import Checker
from commands import split_commands
from document import github_anchor

PROJECT, PROGRAMS = (pathlib.Path(argument).resolve() for argument in sys.argv[1:3])

# What a document says, and a part of the complaint that it must bring.
FAULTS = {
    "link to nothing": ("[guide](docs/absent.md)", "there is no docs/absent.md"),
    "link out of the project": ("[other](../other/README.md)", "leaves the project"),
    "anchor that no heading has": ("# One\n\n[two](#two)", "no heading #two"),
    "anchor of another document": ("[guide](docs/guide.md#absent)", "no heading #absent"),
    "second heading of a name that stands once": ("# One\n\n[again](#one-1)", "no heading #one-1"),
    "image that is not there": ("![system](docs/absent.svg)", "docs/absent.svg"),
    "HTML image that is not there": ('<img src="docs/absent.svg">', "docs/absent.svg"),
    "HTML picture that is not there": ('<picture><source srcset="docs/dark.svg 2x"></picture>', "docs/dark.svg"),
    "program that is not there": ("```\nmuxtap-rec --help\n```", "no program muxtap-rec"),
    "unknown option": ("```\nmuxtap-record --segments 60s\n```", "no option --segments"),
    "unknown option behind sudo": ("```\nsudo muxtap-probe --source 239.1.1.1\n```", "no option --source"),
    "unknown option in a pipeline": ("```\ncat film.ts | muxtap-analyze --josn - | jq .\n```", "no option --josn"),
    "unknown option on the next line": ("```\nmuxtap-metrics --interval 1s \\\n    --spol x\n```", "no option --spol"),
    "unknown option in a namespace": ("```\nip netns exec lab muxtap-probe --joined\n```", "no option --joined"),
    "unknown option under a path": ("```\nbuild/release/bin/muxtap-send film.ts --too udp://10.0.0.1:5\n```", "--too"),
    "unknown option in the background": ("```\nmuxtap-probe --raw udp & ffmpeg -i x\n```", "no option --raw"),
    "unknown option in a container": ("```\ndocker run --rm --network host muxtap/probe:0.1 --source 239.1.1.1\n```", "no option --source"),
    "image of no program": ("```\npodman run muxtap/rec --output x\n```", "no program muxtap-rec"),
    "unknown option behind a comment": ("```\n# first\nmuxtap-record --fst  # --fsync\n```", "no option --fst"),
    "unknown option in inline code": ("Say `muxtap-record --segments 60s`.", "no option --segments"),
    "unknown option alone": ("Use `--segments`.", "--segments"),
    "value that is refused": ("```\nmuxtap-probe --source-port 99999\n```", "99999"),
    "value that is none of the list": ("```\nmuxtap-probe --capture=afpaket\n```", "afpaket"),
    "value that is missing": ("```\nmuxtap-record --segment\n```", "wants a value"),
    "short option": ("```\nmuxtap-record -o x.ts\n```", "-o is no option"),
    "quote that never ends": ("```\nmuxtap-record --output 'x.ts\n```", "quot"),
    "script that is not there": ("```\nscripts/instal\n```", "no scripts/instal"),
    "script in inline code that is not there": ("Run `scripts/instal`.", "no scripts/instal"),
    "option of a script": ("```\nscripts/setup --no-bild\n```", "does not name --no-bild"),
    "setting in a block": ("```\nSOURCE_IP=239.1.1.1\nSORCE_PORT=5000\n```", "SORCE_PORT is no setting"),
    "setting in inline code": ("Set `SORCE_PORT`.", "SORCE_PORT is no setting"),
    "setting with value in inline code": ("Set `SORCE_PORT=5000`.", "SORCE_PORT is no setting"),
    "setting before a command": ("```\nSORCE_PORT=1 muxtap-probe\n```", "SORCE_PORT is no setting"),
    "metric in inline code": ("Watch `muxtap_stream_lost_totals`.", "muxtap_stream_lost_totals is no metric"),
    "metric in a query": ("```yaml\nexpr: rate(muxtap_streams_lost[5m])\n```", "muxtap_streams_lost is no metric"),
    "metric in prose": ("As muxtap_stream_lossed_total says", "is no metric"),
    "beginning of metrics": ("All of `muxtap_streem_*`.", "is no metric"),
    "row with a cell too many": ("| a | b |\n|---|---|\n| `x|y` | 1 |", "cells"),
    "row with a cell too few": ("| a | b |\n|---|---|\n| 1 |", "cells"),
    "JSON that cannot be read": ("```json\n{\"a\": 1,}\n```", "JSON: "),
    "a line that is no JSON": ("```json\n{\"a\": 1}\n{\"a\"}\n```", "JSON: "),
    "file of the project": ("See `docs/absent.md`.", "no docs/absent.md"),
    "source file": ("See `common/feed/absent.h`.", "no common/feed/absent.h"),
    "files by a pattern": ("See `common/feed/absent*.h`.", "no common/feed/absent*.h"),
    "file at the top": ("See `CHANGES.md`.", "no CHANGES.md"),
    "compose file": ("```\ndocker compose -f compose.absent.yml up\n```", "no compose.absent.yml"),
    "compose file behind sudo": ("```\nsudo docker compose --env-file x -f compose.absent.yml up\n```", "compose.absent.yml"),
    "compose file in inline code": ("See `compose.absent.yml`.", "no compose.absent.yml"),
}

SOUND = {
    "links": "# One `two` (three)\n\n# One\n\n# One\n\n[a](docs/guide.md#the-guide) [b](#one-two-three) [c](#one-1) [d](https://example.org/x) [e](docs/)",
    "commands": "```\nsudo muxtap-probe --source-ip 239.1.1.1 --target-ip '*' --no-join &\n"
                "cat film.ts | muxtap-analyze --json - 2>errors.txt | jq '.report | .totals'   # a comment with --bogus\n"
                "muxtap-record --stream news \\\n    --output '{stream}/%Y.ts' && muxtap-metrics --to sqlite:metrics.db > x\n"
                "timeout 5 muxtap-send film.ts --to udp://239.1.1.1:5000 --pcr-jump=-500ms@8000\n"
                "docker run --rm --cap-drop ALL muxtap/probe --source-ip 239.1.1.1\ndocker build --tag muxtap/probe --bogus .\n"
                "systemctl status muxtap-probe\nsetcap cap_net_raw+ep build/release/bin/muxtap-probe\n```",
    "values that stand for others": "```\nmuxtap-probe --source-port PORT --target-ip \"$ADDRESS\" --capture-threads COUNT\n```",
    "old names, synopses": "`--output-file`, `muxtap-record --output-file x.ts`, `muxtap-probe [OPTIONS]`, `muxtap-send FILE [OPTIONS]`",
    "inline code": "`muxtap-record`, `--segment 60s`, `muxtap-metrics --to prometheus:[ADDRESS:]PORT`, `muxtap-analyze --fail-on`, `a/b`",
    "output": "```text\nmuxtap-probe: error of --bogus with SORCE_PORT\n```",
    "JSON, whole or by lines": "```json\n{\n\"a\": 1}\n```\n\n```json\n{\"a\": 1}\n{\"a\": 2}\n```",
    "table": "| a | b |\n|---|---|\n| `x\\|y` | |\n| | 1 |\n\ntext | text",
    "another language": "```python\nrun('muxtap-probe --bogus')\n```",
    "settings": "```\n# a comment\nSOURCE_IP=239.1.1.1\n#SOURCE_PORT=5000\n```\n\n`SOURCE_IP`, `CAP_NET_RAW`, `NO_COLOR`, `KAFKA_BROKER=a:9092`",
    "metrics": "`muxtap_stream_lost_total`, `muxtap_stream_*` and muxtap_worker_info",
    "files": "`docs/guide.md`, `guide.md`, `images/{stream}/latest.jpg`, `/etc/muxtap/probe.env`, `scripts/setup --no-build`",
    "compose": "```\ndocker compose -f compose.demo.yml up\n```",
}


class CheckerTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.project = pathlib.Path(cls.folder.name)
        (cls.project / "docs").mkdir()
        (cls.project / "docs/guide.md").write_text("# The guide\n")
        (cls.project / "compose.demo.yml").write_text("services: {}\n")
        for name in ("scripts", "common"):
            shutil.copytree(PROJECT / name, cls.project / name)
        shutil.copy(PROJECT / ".env.example", cls.project)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def faults(self, text):
        path = self.project / "README.md"
        path.write_text(text + "\n")
        return Checker(self.project, PROGRAMS).faults(path)

    def test_each_seeded_fault_is_found_once(self):
        for name, (text, complaint) in FAULTS.items():
            with self.subTest(name):
                found = self.faults(text)
                self.assertEqual(len(found), 1, found)
                self.assertIn(complaint, found[0][1])

    def test_sound_documents_are_silent(self):
        for name, text in SOUND.items():
            with self.subTest(name):
                self.assertEqual(self.faults(text), [])

    def test_a_fault_has_the_line_on_which_it_stands(self):
        text = "# One\n\nText and\n`docs/absent.md`\n\n```\nmuxtap-record\n\nmuxtap-record --segment 1s \\\n  --bogus\n```"
        self.assertEqual([line for line, _ in self.faults(text)], [4, 9])

    def test_every_document_of_the_project_is_looked_at(self):
        (self.project / "docs/deeper").mkdir(exist_ok=True)
        (self.project / "docs/deeper/one.md").write_text("# One\n")
        (self.project / "README.md").write_text("# Read\n")
        names = {str(path.relative_to(self.project.resolve())) for path in Checker(self.project, PROGRAMS).documents()}
        self.assertEqual(names, {"README.md", "docs/guide.md", "docs/deeper/one.md"})

    def test_the_index_names_every_document(self):
        index = self.project / "docs/README.md"
        for text, count in (("# Documents\n", 1), ("[guide](guide.md#the-guide)\n", 0)):
            index.write_text(text)
            found = [complaint for _, complaint in Checker(self.project, PROGRAMS).faults(index)]
            self.assertEqual(found.count("the index does not name docs/guide.md"), count)
        index.unlink()

    def test_anchors_are_those_of_github(self):
        self.assertEqual(github_anchor("The feed, version 1"), "the-feed-version-1")
        self.assertEqual(github_anchor("`muxtap-probe`: who lost it?"), "muxtap-probe-who-lost-it")
        self.assertEqual(github_anchor("A — b_c"), "a--b_c")

    def test_commands_are_split_as_a_shell_does(self):
        commands = list(split_commands("A=1 one --x 'a b' | two > file && (three 2>&1; four)\nfive \\\n six # seven", 10))
        self.assertEqual([(c.line, c.assignments, c.words) for c in commands],
                         [(10, ["A=1"], ["one", "--x", "a b"]), (10, [], ["two"]), (10, [], ["three"]), (10, [], ["four"]),
                          (11, [], ["five", "six"])])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
