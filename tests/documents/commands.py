"""Shell text taken apart into simple commands, as far as documents go."""

import re
import shlex
from dataclasses import dataclass, field

ENDS = {"|", "||", "|&", "&&", "&", ";", "(", ")", ";;"}
ASSIGNMENT = re.compile(r"^([A-Z][A-Z0-9_]*)=")
# What runs the command behind it.
WRAPPERS = {"sudo", "ip", "nsenter", "timeout", "taskset", "chrt", "nice", "ionice", "env", "exec", "time", "setpriv", "docker",
            "podman", "chroot", "systemd-run", "while", "until", "if", "do", "!", "watch", "xargs", "nohup", "perf", "strace"}


@dataclass
class Command:
    """A simple command: what stands before it, its name and its arguments."""

    line: int
    words: list[str] = field(default_factory=list)
    assignments: list[str] = field(default_factory=list)

    def find(self, is_name):
        """(name, arguments) of the first word that is_name, where a command can stand; None otherwise."""
        if not self.words or (self.words[0] not in WRAPPERS and not is_name(self.words[0])):
            return None
        for i, word in enumerate(self.words):
            if is_name(word):
                before = self.words[:i]
                if not {"docker", "podman"} & set(before) or "run" in before:
                    return word, self.words[i + 1:]
                return None
        return None


def logical_lines(text, first_line):
    """(line number, text) with continuation lines and open quotes joined."""
    waiting, start = "", first_line
    for number, line in enumerate(text.split("\n"), first_line):
        if not waiting:
            start = number
        waiting += re.sub(r"^\$ ", "", line) if not waiting else line
        if waiting.endswith("\\"):
            waiting = waiting[:-1] + " "
            continue
        try:
            shlex.split(waiting, comments=True)
        except ValueError:
            waiting += "\n"
            continue
        yield start, waiting
        waiting = ""
    if waiting.strip():
        yield start, waiting


def split_commands(text, first_line=1):
    """Simple commands of shell text. Raises ValueError when a quote is never closed."""
    for number, line in logical_lines(text, first_line):
        lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
        lexer.commenters = "#"
        lexer.whitespace_split = True
        command, in_redirection = Command(number), False
        for word in lexer:
            if word in ENDS:
                if command.words or command.assignments:
                    yield command
                command = Command(number)
            elif re.fullmatch(r"[<>]+&?|&>+|[<>]\(", word):
                if command.words and command.words[-1].isdigit():
                    command.words.pop()  # 2>file
                in_redirection = True
            elif in_redirection:
                in_redirection = False
            elif not command.words and ASSIGNMENT.match(word):
                command.assignments.append(word)
            else:
                command.words.append(word)
        if command.words or command.assignments:
            yield command
