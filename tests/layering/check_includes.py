"""Checks who includes whom: check_includes.py PROJECT_FOLDER prints each include that goes against the directions."""
import fnmatch
import pathlib
import re
import sys

COMMON = ("common/base", "common/ts", "common/net", "common/flow", "common/app", "common/options", "common/feed",
          "common/http", "common/text", "common/counters", "common/service")
ANALYSIS = ("analyzer", "analyzer/json", "analyzer/settings")
# What the workers share.
CLIENT = ("client/delivery", "client/feed", "client/files", "client/records", "client/kafka")

# What each part may include besides itself. The longest matching folder is a file's part.
MAY_INCLUDE = {
    "common/base": (),
    "common/ts": ("common/base",),
    "common/net": ("common/base", "common/ts"),
    "common/flow": ("common/base", "common/ts", "common/net"),
    "common/app": ("common/base",),
    "common/options": ("common/base", "common/app"),
    "common/documents": ("common/base", "common/app", "common/options"),
    "proto": ("common/base", "common/ts"),
    "common/feed": ("common/base", "common/ts", "proto"),
    "common/http": ("common/base",),
    "common/text": ("common/base",),
    "common/counters": ("common/base", "common/ts", "proto"),
    "common/service": ("common/base", "common/app", "common/counters", "common/http"),
    "analyzer": ("common/base", "common/ts"),
    "analyzer/json": ("common/base", "common/ts", "analyzer"),
    "analyzer/settings": ("common/base", "common/app", "analyzer"),
    "analyzer/cli": (*COMMON, "proto", "analyzer", "analyzer/json", "analyzer/settings"),
    "probe": (*COMMON, "proto", "analyzer"),
    "probe/send": (*COMMON, "proto", "analyzer"),
    "client/delivery": ("common/base", "common/app", "common/counters"),
    "client/feed": ("common/base", "common/app", "common/feed", "common/counters", "common/service", "proto"),
    "client/files": ("common/base",),
    "client/records": ("common/base", "common/ts", "proto", "analyzer", "analyzer/json"),
    "client/kafka": ("common/base", "common/app", "client/delivery", "client/records"),
    "client/record": (*COMMON, "proto", "analyzer", "client/feed", "client/files"),
    "client/frames": (*COMMON, "proto", *ANALYSIS, *CLIENT),
    "client/metrics": (*COMMON, "proto", *ANALYSIS, *CLIENT),
}

# Third-party headers and the only files that wrap them.
WRAPPERS = {
    r"pcap(\.h|/)": ("common/net/*.cpp", "probe/source/*.cpp"),
    r"zmq(\.h|\.hpp|_addon\.hpp)": (
        "common/feed/batch_queue.cpp", "common/feed/feed_endpoint.cpp", "common/feed/message_publisher.cpp",
        "common/feed/publisher.cpp", "common/feed/subscriber.cpp"),
    r"spdlog/": ("common/app/log.cpp",),
    r"boost/program_options": ("common/app/options.cpp",),
    r"(gst|glib|gio)(/|\.h)": ("client/frames/media/*.cpp", "client/frames/media/gst_handles.h"),
    r"(turbojpeg|png)\.h": ("client/frames/pictures/*.cpp",),
    r"cairo(\.h|/)": ("client/frames/pictures/overlay.cpp",),
    r"ebur128\.h": ("client/frames/sound/*.cpp",),
    r"libzvbi\.h": ("client/frames/text/*.cpp",),
    r"librdkafka/": ("client/kafka/*.cpp",),
    r"zstd\.h": ("client/kafka/*.cpp",),
    r"sqlite3\.h": ("client/kafka/*.cpp", "client/metrics/sinks/sqlite*.cpp"),
    r"prometheus/": ("common/counters/exposition.cpp",),
    r"systemd/": ("common/service/service_manager.cpp",),
    r"microhttpd\.h": ("common/http/*.cpp",),
    r"statgrab\.h": ("probe/host/*.cpp",),
}

# The analyzer is pure: packets and times in, report out.
NOT_IN_ANALYZER = r"(thread|mutex|condition_variable|fstream|iostream|cstdio|unistd\.h|rapidjson/.*|sys/.*)$"

INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^">]+)[">]')


def part_of(path):
    """The longest part that holds the path, None when it is in none."""
    parts = [part for part in MAY_INCLUDE if path.startswith(part + "/")]
    return max(parts, key=len, default=None)


def complaint(path, header):
    """Why `path` may not include `header`, None when it may."""
    part = part_of(path)
    other = part_of(header)
    if header.startswith("tests/"):
        return "nothing but tests includes tests"
    if other not in (None, part) and other not in MAY_INCLUDE[part]:
        return f"{part} may not include {other}"
    for pattern, wrappers in WRAPPERS.items():
        if re.match(pattern, header) and not any(fnmatch.fnmatchcase(path, wrapper) for wrapper in wrappers):
            return f"<{header}> appears only in " + " and ".join(wrappers)
    if part == "analyzer" and re.match(NOT_IN_ANALYZER, header):
        return "the analyzer has no I/O, no threads and no JSON"
    return None


def check(root):
    """All complaints about a tree, and the number of files looked at."""
    complaints, files = [], 0
    for folder in ("common", "proto", "analyzer", "probe", "client"):
        for file in sorted((root / folder).rglob("*")):
            if file.suffix not in (".h", ".cpp", ".hpp", ".c"):
                continue
            files += 1
            path = file.relative_to(root).as_posix()
            if part_of(path) is None:
                complaints.append(f"{path}: its folder is not in the table of directions")
                continue
            for number, line in enumerate(file.read_text().splitlines(), 1):
                match = INCLUDE.match(line)
                reason = match and complaint(path, match[1])
                if reason:
                    complaints.append(f"{path}:{number}: {reason}")
    return complaints, files


if __name__ == "__main__":
    found, looked_at = check(pathlib.Path(sys.argv[1]))
    print("\n".join(found))
    print(f"{looked_at} files, {len(found)} complaints")
    sys.exit(1 if found or looked_at == 0 else 0)
