#include "client/files/output_names.h"

#include <catch2/catch.hpp>

namespace muxtap::client {

TEST_CASE("Streams that the pattern does not tell apart get names of their own") {
    const auto fixed = PathPattern::parse("capture.ts").value();
    OutputNames names(fixed);
    CHECK(names.suffix_for({"news", "cap-a"}).empty());
    CHECK(names.suffix_for({"sport", "cap-a"}) == "-sport");
    CHECK(names.suffix_for({"sport", "cap-b"}) == "-cap-b");
    CHECK(names.suffix_for({"sport", "cap-c"}) == "-cap-c");
    CHECK(names.suffix_for({"sport", "cap c"}) == "-cap_c");
    CHECK(names.suffix_for({"sport", "cap-b"}) == "-sport-cap-b");

    const auto by_stream = PathPattern::parse("{stream}.ts").value();
    OutputNames others(by_stream);
    CHECK(others.suffix_for({"news", "cap-a"}).empty());
    CHECK(others.suffix_for({"sport", "cap-a"}).empty());
    CHECK(others.suffix_for({"news", "cap-b"}) == "-cap-b");
    // Different names, equal once they are safe.
    CHECK(others.suffix_for({"a:1", "cap-a"}).empty());
    CHECK(others.suffix_for({"a/1", "cap-a"}) == "-cap-a");
    CHECK(others.suffix_for({"a;1", "cap-a"}) == "-cap-a_2");
}

TEST_CASE("The first program of a stream keeps the plain name, others get their number") {
    const auto pattern =
        PathPattern::parse("{stream}/latest.jpg", PathPattern::Placeholders::stream_probe_and_program).value();
    OutputNames names(pattern);
    CHECK(names.suffix_for({"news", "cap-a", 101}).empty());
    CHECK(names.suffix_for({"news", "cap-a", 102}) == "-102");
    CHECK(names.suffix_for({"sport", "cap-a", 102}).empty());
    CHECK(names.suffix_for({"news", "cap-b", 102}) == "-cap-b");
    CHECK(names.suffix_for({"news", "cap-b", 103}) == "-cap-b-103");
    CHECK(names.suffix_for({"news", "cap-b", 101}) == "-cap-b-101");
}

TEST_CASE("A stream that is named as another one's program gets a name of its own") {
    const auto pattern = PathPattern::parse("latest.jpg").value();
    OutputNames names(pattern);
    CHECK(names.suffix_for({"news", "cap-a", 101}).empty());
    CHECK(names.suffix_for({"news", "cap-a", 102}) == "-102");
    CHECK(names.suffix_for({"102", "cap-a", 1}) == "-cap-a");
}

TEST_CASE("A pattern with {program} tells programs apart, and streams as before") {
    const auto pattern =
        PathPattern::parse("{program}.jpg", PathPattern::Placeholders::stream_probe_and_program).value();
    OutputNames names(pattern);
    CHECK(names.suffix_for({"news", "cap-a", 1}).empty());
    CHECK(names.suffix_for({"news", "cap-a", 2}).empty());
    CHECK(names.suffix_for({"sport", "cap-a", 1}) == "-sport");
    CHECK(names.suffix_for({"sport", "cap-a", 3}) == "-sport");
    CHECK(names.suffix_for({"sport", "cap-b", 4}).empty());
    CHECK(names.suffix_for({"news", "cap-a", 4}) == "-news");
}

}  // namespace muxtap::client
