"""Holds documents to what the project is: check_documents.py PROJECT PROGRAMS [DOCUMENT ...] prints each fault.

Links and their anchors; programs, scripts and their options in commands; names of settings, counters and files. What is meant
as output, and what is another language, is in a fenced block with its language (text, json, …)."""

import json
import re
import sys
from pathlib import Path
from urllib.parse import unquote

from commands import split_commands
from document import read_document
from names import FOREIGN_OPTIONS, METRIC, SETTING, UPPER_NAME, Names
from programs import OPTION, Programs, Scripts

SHELL = {"", "sh", "bash", "shell", "console"}
SETTINGS = {"env", "dotenv", "ini", "sh", "bash", ""}
PROSE = ("README.md", "CHANGELOG.md", "proto/README.md", "tests/e2e/README.md")


def json_faults(block):
    """A value, or one in each line."""
    try:
        json.loads(block.text)
        return []
    except ValueError:
        pass
    for number, line in enumerate(block.text.splitlines(), block.line):
        try:
            json.loads(line)
        except ValueError as error:
            return [(number, f"JSON: {error}")]
    return []


class Checker:
    def __init__(self, project, programs):
        self.project = Path(project).resolve()
        self.programs = Programs(programs)
        self.scripts = Scripts(self.project)
        self.names = Names(self.project)
        self.read = {}

    def documents(self):
        return [self.project / name for name in PROSE if (self.project / name).exists()] + \
            sorted((self.project / "docs").rglob("*.md"))

    def document(self, path):
        if path not in self.read:
            self.read[path] = read_document(path)
        return self.read[path]

    def faults(self, path):
        """(line, what is wrong) of one document."""
        document = self.document(Path(path).resolve())
        found = [(line, "this row has more or fewer cells than the head of its table") for line in document.uneven_rows]
        for link in document.links:
            found.append((link.line, self.link_complaint(document, link.text)))
        for block in document.blocks:
            found += self.block_faults(block)
        for piece in document.inline:
            found += self.inline_faults(document, piece)
        for piece in document.prose:
            found += self.metric_faults(piece)
        if document.path == self.project / "docs/README.md":
            found += self.index_faults(document)
        return sorted({(line, complaint) for line, complaint in found if complaint})

    def index_faults(self, index):
        """Documents that the index does not name."""
        named = {(index.path.parent / unquote(link.text).partition("#")[0]).resolve() for link in index.links}
        return [(1, f"the index does not name {path.relative_to(self.project)}")
                for path in self.documents() if path.is_relative_to(index.path.parent) and path != index.path and path not in named]

    def link_complaint(self, document, target):
        if re.match(r"[a-z][a-z0-9+.-]*:|//", target):
            return None
        place, _, anchor = unquote(target).partition("#")
        path = (document.path.parent / place).resolve() if place else document.path
        if not path.is_relative_to(self.project):
            return f"link {target} leaves the project"
        if not path.exists():
            return f"link {target}: there is no {path.relative_to(self.project)}"
        if anchor and path.suffix == ".md" and anchor not in self.document(path).anchors:
            return f"link {target}: {path.relative_to(self.project)} has no heading #{anchor}"
        return None

    def block_faults(self, block):
        found = []
        code_lines = [line for line in block.text.splitlines() if line.strip() and not line.startswith("# ")]
        if block.language in SETTINGS and code_lines and all(SETTING.match(line) for line in code_lines):
            for number, line in enumerate(block.text.splitlines(), block.line):
                for name in SETTING.findall(line):
                    found.append((number, self.names.setting_complaint(name)))
        elif block.language in SHELL:
            found += self.command_faults(block.text, block.line)
        if block.language == "json":
            found += json_faults(block)
        else:
            for number, line in enumerate(block.text.splitlines(), block.line):
                found += self.metric_faults(type(block)(number, line))
        return found

    def command_faults(self, text, line, is_mention=False):
        found = []
        try:
            commands = list(split_commands(text, line))
        except ValueError as error:
            return [(line, f"shell: {error}")] if "muxtap-" in text or "scripts/" in text else []
        for command in commands:
            calls = False
            for kind in (self.programs, self.scripts):
                call = command.find(kind.is_name)
                if call:
                    found.append((command.line, kind.complaint(*call, is_mention)))
                    calls = True
            found.append((command.line, self.compose_complaint(command.words)))
            for assignment in command.assignments if calls else []:
                found.append((command.line, self.names.setting_complaint(assignment.partition("=")[0])))
        return found

    def compose_complaint(self, words):
        if words[:1] == ["sudo"]:
            words = words[1:]
        if words[:2] not in (["docker", "compose"], ["podman", "compose"]) and words[:1] not in (["docker-compose"], ["podman-compose"]):
            return None
        for i, word in enumerate(words[:-1]):
            if word in ("-f", "--file") and not (self.project / words[i + 1]).is_file():
                return f"there is no {words[i + 1]}"
        return None

    def inline_faults(self, document, piece):
        text = piece.text.strip()
        found = []
        words = text.split()
        if len(words) > 1 and ("muxtap-" in text or "scripts/" in text or "compose" in text):
            found += self.command_faults(text, piece.line, is_mention=True)
        elif self.scripts.is_name(text) or self.programs.is_name(text):
            found += self.command_faults(text, piece.line, is_mention=True)
        elif text.startswith("--"):
            found += [(piece.line, self.option_complaint(option)) for option in re.findall(r"(?:^|\s)(--[a-z][a-z0-9-]*)", text)]
        else:
            found.append((piece.line, self.names.path_complaint(text, document.path.parent)))
        setting = re.match(r"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)=", text)
        if setting or UPPER_NAME.fullmatch(text):
            found.append((piece.line, self.names.setting_complaint(setting.group(1) if setting else text)))
        return found + self.metric_faults(piece)

    def option_complaint(self, option):
        if option in FOREIGN_OPTIONS or self.programs.any_takes(option):
            return None
        for path in (self.project / "scripts").iterdir():
            if path.suffix == "" and option in OPTION.findall(path.read_text()):
                return None
        return f"no program and no script has an option {option}"

    def metric_faults(self, piece):
        found = []
        for match in METRIC.finditer(piece.text):
            is_prefix = piece.text[match.end():match.end() + 1] in ("*", "…", "{") or match.group().endswith("_")
            found.append((piece.line, self.names.metric_complaint(match.group(), is_prefix)))
        return found


def main():
    if len(sys.argv) < 3:
        print(__doc__.splitlines()[0], file=sys.stderr)
        return 2
    checker = Checker(sys.argv[1], sys.argv[2])
    documents = [Path(name) for name in sys.argv[3:]] or checker.documents()
    count = 0
    for path in documents:
        for line, complaint in checker.faults(path):
            print(f"{path.resolve().relative_to(checker.project)}:{line}: {complaint}")
            count += 1
    print(f"{len(documents)} documents, {count} faults")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
