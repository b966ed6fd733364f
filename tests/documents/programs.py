"""The programs and scripts that documents name, judged by their own --help and --print-config."""

import functools
import re
import subprocess
import tempfile
from pathlib import Path

OPTION = re.compile(r"--[a-z][a-z0-9-]*")
# A program's own line of an option in its --help: name, and what tells whether a value follows.
HELP_LINE = re.compile(r"^  (--[a-z][a-z0-9-]*)(\[=false\])?(?: (\S+))?", re.MULTILINE)
# A value that stands for others in a document: FILE, $PASSWORD, [ADDRESS:]PORT, <name>, …
PLACEHOLDER = re.compile(r"^$|^[A-Z][A-Z_]+$|[\[\]<>…]|\.\.\.|\$")
SECONDS = 20


def run(words, folder):
    return subprocess.run([str(word) for word in words], cwd=folder, env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": "/"},
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=SECONDS, check=False)


class Programs:
    """The muxtap programs in a folder. An image of one, muxtap/probe, stands for it."""

    NAME = re.compile(r"^(?:[\w./-]*/)?muxtap[-/]([a-z]+)(?::[\w.-]+)?$")

    def __init__(self, folder):
        self.folder = Path(folder).resolve()

    def is_name(self, word):
        return bool(self.NAME.match(word))

    def exists(self, name):
        return (self.folder / name).is_file()

    @functools.cache
    def options(self, name):
        """The options of a program: whether each takes a value."""
        help_text = run([self.folder / name, "--help"], "/").stdout
        values = {}
        for option, may_be_false, rest in HELP_LINE.findall(help_text):
            values[option] = bool(rest) and not may_be_false
        return values

    @functools.cache
    def takes(self, name, option):
        """Also an old name of an option, which --help does not tell."""
        return option in self.options(name) or "unknown option" not in str(self.judgement(name, [f"{option}=1"]))

    def any_takes(self, option):
        return any(self.takes(path.name, option) for path in self.folder.glob("muxtap-*") if self.is_name(path.name))

    def complaint(self, word, arguments, is_mention=False):
        """What is wrong with a command line, None when nothing is. A mention may leave out the last option's value."""
        name = f"muxtap-{self.NAME.match(word).group(1)}"
        if not self.exists(name):
            return f"there is no program {name}"
        known = self.options(name)
        judged, i = [], 0
        while i < len(arguments):
            argument = arguments[i]
            i += 1
            if not argument.startswith("--"):
                if argument.startswith("["):
                    continue  # [OPTIONS]
                if argument == "-" or not argument.startswith("-"):
                    judged.append("file" if PLACEHOLDER.search(argument) else argument)
                    continue
                return f"{name}: {argument} is no option"
            option, equals, value = argument.partition("=")
            if not self.takes(name, option):
                return f"{name} has no option {option}"
            has_value = known.get(option, True)
            if not equals and has_value:
                if i == len(arguments):
                    if is_mention:
                        break
                    return f"{name}: {option} wants a value"
                value = arguments[i]
                i += 1
            if not (has_value or equals) or not PLACEHOLDER.search(value):
                judged += [f"{option}={value}"] if has_value or equals else [option]
        return self.judgement(name, judged)

    def judgement(self, name, arguments):
        with tempfile.TemporaryDirectory() as folder:  # where no .env is
            done = run([self.folder / name, *arguments, "--print-config"], folder)
        return None if done.returncode == 0 else done.stderr.strip()


class Scripts:
    """The scripts of the project's scripts folder."""

    NAME = re.compile(r"^(?:\./)?scripts/([\w.-]+)$")

    def __init__(self, project):
        self.project = Path(project)

    def is_name(self, word):
        return bool(self.NAME.match(word))

    @functools.cache
    def help_text(self, name):
        done = run([self.project / "scripts" / name, "--help"], self.project)
        return done.stdout if done.returncode == 0 else None

    def complaint(self, word, arguments, is_mention=False):
        del is_mention
        name = self.NAME.match(word).group(1)
        path = self.project / "scripts" / name
        if not path.is_file():
            return f"there is no scripts/{name}"
        options = [argument.partition("=")[0] for argument in arguments if OPTION.match(argument)]
        if not options:
            return None
        text = self.help_text(name)
        if text is None:
            return f"scripts/{name} has no --help"
        known = set(OPTION.findall(text)) | {"--help"}
        unknown = [option for option in options if option not in known]
        return f"scripts/{name} --help does not name {unknown[0]}" if unknown else None
