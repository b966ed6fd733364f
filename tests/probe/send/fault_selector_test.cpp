#include "probe/send/fault_selector.h"

#include <catch2/catch.hpp>

#include "probe/send/fault_plan.h"

using namespace muxtap;
using send::FaultSelector;
using send::FaultSpec;

namespace {

std::vector<std::uint64_t> hits(const std::string& text, std::uint64_t packets, std::uint64_t seed = 1) {
    FaultSelector selector(FaultSpec::parse(text).value(), seed);
    std::vector<std::uint64_t> found;
    for (std::uint64_t i = 0; i < packets; ++i) {
        if (selector.next(static_cast<ts::Pid>(i % 2 == 0 ? 256 : 257))) found.push_back(i);
    }
    return found;
}

}  // namespace

TEST_CASE("a fault hits the packets that its text names") {
    struct Row {
        const char* text;
        std::vector<std::uint64_t> hits;  ///< of 20 packets, PID 256 and 257 in turn
    };
    const Row row = GENERATE(values<Row>({
        {"every=6", {5, 11, 17}},
        {"every=1;count=3", {0, 1, 2}},
        {"at=3", {3}},
        {"at=17,3,3,4", {3, 4, 17}},
        {"at=3,25", {3}},
        {"at=3;pid=257", {7}},
        {"every=3;pid=256", {4, 10, 16}},
        {"every=3;pid=256;count=2", {4, 10}},
        {"every=3;count=2;pid=256", {4, 10}},
        {"every=1;count=0", {}},
        {"0", {}},
        {"1;count=2", {0, 1}},
        {"at=0;pid=300", {}},
    }));
    INFO(row.text);
    CHECK(hits(row.text, 20) == row.hits);
}

TEST_CASE("a rate hits about that share of the packets, the same ones for the same seed") {
    const auto found = hits("0.01", 100'000, 7);
    CHECK(found.size() > 800);
    CHECK(found.size() < 1200);
    CHECK(hits("0.01", 100'000, 7) == found);
    CHECK(hits("0.01", 100'000, 8) != found);
}

TEST_CASE("a fault text that says nothing clear is refused with what is expected") {
    const std::string text = GENERATE("", "x", "1.5", "-0.1", "every=0", "every=", "at=", "at=1,,2", "at=-1",
                                      "0.1;pid=9000", "0.1;pid=", "0.1;count=x", "0.1;often", "0.1 ;pid=5");
    INFO(text);
    const auto spec = FaultSpec::parse(text);
    REQUIRE_FALSE(spec);
    CHECK_THAT(spec.error().message, Catch::Contains("expected a rate such as 0.001, every=N or at=N,N"));
}

TEST_CASE("a PCR jump says by how much and from which packet on") {
    struct Row {
        const char* text;
        std::int64_t ticks;
        std::uint64_t packet;
        std::optional<ts::Pid> pid;
    };
    const Row row = GENERATE(values<Row>({
        {"500ms@1000", 13'500'000, 1000, {}},
        {"-2s@0", -54'000'000, 0, {}},
        {"1@5;pid=256", 27'000, 5, 256},
        {"100us@7", 2'700, 7, {}},
    }));
    const auto jump = send::PcrJump::parse(row.text);
    REQUIRE(jump);
    CHECK(jump->by.count() == row.ticks);
    CHECK(jump->packet == row.packet);
    CHECK(jump->pid == row.pid);
}

TEST_CASE("a PCR jump that says nothing clear is refused") {
    const std::string text = GENERATE("", "5s", "@5", "5s@", "5s@-1", "x@5", "5s@5;pid=8191", "5s@5;loop=1", "30h@5");
    INFO(text);
    CHECK_FALSE(send::PcrJump::parse(text));
}

TEST_CASE("asking for one fault does not move another") {
    send::FaultPlan plan;
    plan.specs[0] = FaultSpec::parse("0.1").value();
    FaultSelector alone = plan.selector(send::FaultKind::drop);
    plan.specs[1] = FaultSpec::parse("0.1").value();
    FaultSelector together = plan.selector(send::FaultKind::drop);
    FaultSelector other = plan.selector(send::FaultKind::duplicate);
    bool differs = false;
    for (int i = 0; i < 1000; ++i) {
        const bool hit = alone.next();
        CHECK(hit == together.next());
        differs = differs || hit != other.next();
    }
    CHECK(differs);
}
