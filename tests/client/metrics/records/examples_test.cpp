#include "tests/client/metrics/records/sample_records.h"
#include "tests/support/example_files.h"

using namespace muxtap;
using test::check_example;

TEST_CASE("the example of muxtap.metrics/1 is what the writer makes") {
    check_example("metrics-1.json", to_json(test::example_record()));
}

TEST_CASE("the example of muxtap.event/1 is what the writer makes") {
    check_example("event-1.json", to_json(test::full_event_record()));
}

TEST_CASE("the example of the flat record is what the writer makes") {
    check_example("rsprobe.json", to_rsprobe_json(test::example_record()));
}
