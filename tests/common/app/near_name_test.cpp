#include "common/app/near_name.h"

#include <catch2/catch.hpp>

namespace muxtap::app {
namespace {

TEST_CASE("the near name is the one with the fewest edits, when they are few for its length") {
    const std::vector<std::string> candidates = {"source-ip", "source-port", "target-port", "silent", "ttl"};
    struct Row {
        std::string_view given;
        std::string_view near;
    };
    for (const auto& [given, near] : std::vector<Row>{{"source-ip", "source-ip"},
                                                      {"source-pi", "source-ip"},
                                                      {"sourceip", "source-ip"},
                                                      {"source-prot", "source-port"},
                                                      {"traget-port", "target-port"},
                                                      {"slient", "silent"},
                                                      {"ttk", "ttl"},
                                                      {"tt", ""},
                                                      {"kafka-broker", ""},
                                                      {"x", ""},
                                                      {"", ""}}) {
        INFO(given);
        CHECK(nearest_name(given, candidates).value_or("") == near);
    }
    CHECK_FALSE(nearest_name("source-ip", {}).has_value());
}

TEST_CASE("names are split at every separator, empty ones left out") {
    using Names = std::vector<std::string>;
    CHECK(split_names("a,b,c", ',') == Names{"a", "b", "c"});
    CHECK(split_names("a", ',') == Names{"a"});
    CHECK(split_names(",a,,b,", ',') == Names{"a", "b"});
    CHECK(split_names("", ',').empty());
    CHECK(split_names(",", ',').empty());
}

}  // namespace
}  // namespace muxtap::app
