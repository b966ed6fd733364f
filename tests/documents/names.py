"""Names that documents may use: settings, counters, files of the project, options of other tools."""

import re
from pathlib import Path

SETTING = re.compile(r"^#?([A-Z][A-Z0-9_]*)=", re.MULTILINE)
UPPER_NAME = re.compile(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b")
METRIC = re.compile(r"\bmuxtap_[a-z0-9_]+")

# Not ours: the kernel's, systemd's and other programs' names.
FOREIGN_NAMES = re.compile(
    r"^(CAP|AF|SO|IP|MCAST|PACKET|PCAP|XPUB|ZMQ|SCHED|SIG|M|SD|NOTIFY|WATCHDOG|LISTEN|GST|TP|TPACKET|CMAKE|DEB|LC|XDG|MAP|GSO|BPF|LD|CPU|IPV6)_"
    r"|^(NO_COLOR|TPACKET_V[23]|EX_[A-Z]+|MAINPID|READY|STATUS|STOPPING|WATCHDOG)$")
FOREIGN_OPTIONS = {
    "--flag",  # stands for any
    # docker, podman, compose
    "--network", "--cap-drop", "--cap-add", "--user", "--env-file", "--volume", "--rm", "--read-only", "--build", "--detach",
    "--follow", "--format", "--file", "--profile", "--privileged", "--ulimit", "--cpuset-cpus", "--sysctl", "--stop-timeout", "--runtime",
    # systemctl, journalctl, ip, apt, dpkg, gcc, ffmpeg
    "--now", "--unit", "--since", "--output", "--no-pager", "--no-install-recommends", "--install", "--purge", "--full"}


class Names:
    """What a project knows."""

    SOURCES = ("scripts/*", "compose*.yml", "docker/**/*", "packaging/**/*", "tests/**/*.py", "CMakeLists.txt", "CMakePresets.json",
               ".ci/*", "cmake/*")

    def __init__(self, project):
        self.project = Path(project)
        self.settings = self.find_settings()
        self.metrics = self.find_metrics()
        self.targets = self.find_targets()
        self.top_level = {entry.name for entry in self.project.iterdir()} - {"build"}

    def find_settings(self):
        example = self.project / ".env.example"
        names = set(SETTING.findall(example.read_text())) if example.exists() else set()
        for pattern in self.SOURCES:
            for path in self.project.glob(pattern):
                if path.is_file() and "documents" not in path.parts:
                    text = path.read_text(errors="replace")
                    names.update(UPPER_NAME.findall(text))
                    names.update(re.findall(r"\b[A-Z][A-Z0-9]+(?==)", text))
        return names

    def find_metrics(self):
        """The catalogue of counters: one for all programs."""
        names = set()
        for path in self.project.glob("common/counters/*.cpp"):
            names.update(re.findall(r'"(muxtap_[a-z0-9_]+)"', path.read_text()))
        return names

    def find_targets(self):
        """Programs and libraries of the build, which are called muxtap_… too."""
        names = set()
        for path in self.project.rglob("CMakeLists.txt"):
            if "build" not in path.relative_to(self.project).parts:
                names.update(METRIC.findall(path.read_text()))
        return names

    def setting_complaint(self, name):
        if name in self.settings or FOREIGN_NAMES.match(name):
            return None
        return f"{name} is no setting of a program (.env.example) or script"

    def metric_complaint(self, name, is_prefix=False):
        known = self.metrics | self.targets
        if name in known or (is_prefix and any(other.startswith(name) for other in known)):
            return None
        return f"{name} is no metric and no target"

    def path_complaint(self, text, folder):
        """For inline code that names a file of the project."""
        if not re.fullmatch(r"[\w.*{},-]+(?:/[\w.*{},-]*)+|[A-Z]+\.md|compose[\w.-]*\.yml", text) or "{" in text:
            return None
        first = text.split("/")[0]
        looks_ours = first in self.top_level or text.endswith((".md", ".py", ".cpp", ".h", ".yml", ".sh"))
        if not looks_ours or first == "build":
            return None
        for base in (self.project, folder, self.project / "docker"):
            if "*" in text:
                if any(base.glob(text)):
                    return None
            elif (base / text).exists():
                return None
        return f"there is no {text}"
