"""Each rule of check_includes.py fires on a tree that breaks it, and is silent on one that does not."""
import pathlib
import tempfile

import check_includes

# path, included header, part of the complaint (None: allowed)
ROWS = [
    ("common/base/a.h", "common/ts/packet_view.h", "common/base may not include common/ts"),
    ("common/base/a.h", "common/base/bytes.h", None),
    ("common/base/a.h", "vector", None),
    ("common/ts/a.h", "common/net/frame.h", "common/ts may not include common/net"),
    ("common/net/a.cpp", "common/ts/packet_view.h", None),
    ("common/net/a.cpp", "pcap/pcap.h", None),
    ("common/net/a.h", "pcap.h", "appears only in"),
    ("common/app/a.cpp", "proto/topic.h", "common/app may not include proto"),
    ("common/options/a.cpp", "common/app/options.h", None),
    ("common/options/a.cpp", "common/feed/batch.h", "common/options may not include common/feed"),
    ("common/feed/publisher.cpp", "zmq.hpp", None),
    ("common/feed/batch.cpp", "zmq.hpp", "appears only in"),
    ("common/feed/a.h", "proto/topic.h", None),
    ("common/other/a.h", "vector", "not in the table"),
    ("proto/a.h", "common/feed/batch.h", "proto may not include common/feed"),
    ("proto/a.h", "zmq.h", "appears only in"),
    ("analyzer/a.h", "common/ts/pcr.h", None),
    ("analyzer/a.h", "proto/topic.h", "analyzer may not include proto"),
    ("analyzer/a.cpp", "thread", "no threads"),
    ("analyzer/a.cpp", "rapidjson/writer.h", "no JSON"),
    ("analyzer/analyzer.cpp", "analyzer/json/report_json.h", "analyzer may not include analyzer/json"),
    ("analyzer/json/a.h", "rapidjson/writer.h", None),
    ("analyzer/json/a.h", "analyzer/report/report.h", None),
    ("analyzer/json/a.cpp", "common/net/datagram.h", "analyzer/json may not include common/net"),
    ("analyzer/cli/main.cpp", "cstdio", None),
    ("analyzer/cli/main.cpp", "analyzer/json/report_json.h", None),
    ("analyzer/cli/main.cpp", "probe/source/source.h", "analyzer/cli may not include probe"),
    ("client/metrics/a.cpp", "analyzer/json/report_json.h", None),
    ("common/flow/a.h", "common/net/datagram.h", None),
    ("common/flow/a.h", "common/feed/batch.h", "common/flow may not include common/feed"),
    ("probe/main.cpp", "common/feed/publisher.h", None),
    ("probe/main.cpp", "probe/send/pacer.h", "probe may not include probe/send"),
    ("probe/main.cpp", "spdlog/spdlog.h", "appears only in"),
    ("probe/main.cpp", "boost/program_options.hpp", "appears only in"),
    ("probe/send/main.cpp", "probe/source/source.h", "probe/send may not include probe"),
    ("probe/source/live.cpp", "pcap/pcap.h", None),
    ("client/record/a.cpp", "common/feed/subscriber.h", None),
    ("client/record/a.cpp", "probe/source/source.h", "client/record may not include probe"),
    ("client/record/a.cpp", "client/frames/a.h", "client/record may not include client/frames"),
    ("client/record/a.cpp", "gst/gst.h", "appears only in"),
    ("client/record/a.cpp", "librdkafka/rdkafkacpp.h", "appears only in"),
    ("client/record/a.cpp", "sqlite3.h", "appears only in"),
    ("client/record/a.cpp", "tests/support/allocation_counter.h", "nothing but tests"),
]


def main():
    for path, header, expected in ROWS:
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, path)
            file.parent.mkdir(parents=True)
            file.write_text(f"#pragma once\n#include <{header}>\n")
            complaints, files = check_includes.check(pathlib.Path(folder))
        assert files == 1
        assert len(complaints) == (expected is not None), (path, header, complaints)
        assert expected is None or expected in complaints[0], (path, header, complaints)
    print(f"{len(ROWS)} rows")


main()
