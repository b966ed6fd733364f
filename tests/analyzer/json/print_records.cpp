#include <cstdio>

#include "analyzer/json/report_json.h"
#include "tests/analyzer/json/sample_reports.h"

/// Prints records of every kind, one a line, for validate_records.py.
int main() {
    using namespace muxtap::analyzer;
    const RecordIdentity everything{.file = "a.ts", .stream = "239.1.1.1:5000", .probe = "cap-a", .epoch = 17};
    Event bare;
    bare.kind = EventKind::silence_began;
    std::puts(to_json(full_report(), everything).c_str());
    std::puts(to_json(empty_report(), {}).c_str());
    std::puts(to_json(full_event(), everything).c_str());
    std::puts(to_json(bare, {}).c_str());
    for (int kind = 0; kind <= static_cast<int>(EventKind::limit_reached); ++kind) {
        bare.kind = static_cast<EventKind>(kind);
        std::puts(to_json(bare, {}).c_str());
    }
}
