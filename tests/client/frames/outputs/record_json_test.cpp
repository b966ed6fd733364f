#include "common/base/utf8.h"
#include "tests/client/frames/outputs/sample_items.h"
#include "tests/support/example_files.h"
#include "tests/support/parsed_json.h"

using namespace muxtap;
using namespace muxtap::frames;
using muxtap::test::check_example;
using muxtap::test::number;
using muxtap::test::parsed;
using muxtap::test::text;

TEST_CASE("the example of muxtap.frame/1 is what the writer makes") {
    check_example("frame-1.json", to_json(frames::test::full_frame()));
}

TEST_CASE("the example of muxtap.access_unit/1 is what the writer makes") {
    check_example("access-unit-1.json", to_json(frames::test::full_unit()));
}

TEST_CASE("what is not known of a picture is left out") {
    const auto record = parsed(to_json(frames::test::bare_frame()));
    for (const char* const key :
         {"pts", "width", "height", "frame_rate", "distance", "image", "filmstrip", "base64_image"}) {
        INFO(key);
        CHECK_FALSE(record.HasMember(key));
    }
    CHECK(record["mean_luma"].GetDouble() == 0);
    CHECK(number(record["duplicates"]) == 0);
    CHECK(text(record["hash"]) == "0000000000000000");
}

TEST_CASE("ratios are written as they are, and left out while one side is not known") {
    struct Row {
        unsigned numerator;
        unsigned denominator;
        const char* expected;
    };
    for (const Row& row :
         {Row{25, 1, "25/1"}, Row{30'000, 1001, "30000/1001"}, Row{0, 1, nullptr}, Row{25, 0, nullptr}}) {
        FrameRecord frame = frames::test::full_frame();
        frame.video.frame_rate_numerator = row.numerator;
        frame.video.frame_rate_denominator = row.denominator;
        const auto record = parsed(to_json(frame));
        CHECK(record.HasMember("frame_rate") == (row.expected != nullptr));
        if (row.expected != nullptr) CHECK(text(record["frame_rate"]) == row.expected);
    }
}

TEST_CASE("measurements are rounded to what they are worth") {
    FrameRecord frame = frames::test::full_frame();
    frame.facts.mean_luma = 16.005001;
    frame.facts.black_share = 0.98765432;
    frame.facts.hash = ~std::uint64_t{0};
    const auto record = parsed(to_json(frame));
    CHECK(record["mean_luma"].GetDouble() == Approx(16.01).margin(1e-9));
    CHECK(record["black_share"].GetDouble() == Approx(0.9877).margin(1e-9));
    CHECK(text(record["hash"]) == "ffffffffffffffff");
}

TEST_CASE("a data URI becomes a member, and is the last one") {
    const std::string json = to_json(frames::test::full_frame(), "data:image/jpeg;base64,/9g=");
    CHECK(text(parsed(json)["base64_image"]) == "data:image/jpeg;base64,/9g=");
    CHECK(json.ends_with("\"base64_image\":\"data:image/jpeg;base64,/9g=\"}"));
}

TEST_CASE("names may hold any bytes") {
    std::string bytes;
    for (int byte = 0; byte < 256; ++byte) bytes.push_back(static_cast<char>(byte));
    FrameRecord frame = frames::test::full_frame();
    frame.identity.probe = bytes;
    AccessUnitRecord unit = frames::test::full_unit();
    unit.worker.name = bytes;
    for (const std::string& json : {to_json(frame), to_json(unit)}) {
        CHECK(is_utf8(json));
        CHECK(json.find('\n') == std::string::npos);
        CHECK(parsed(json).IsObject());
    }
}

TEST_CASE("an access unit without time stamps has none in its record") {
    AccessUnitRecord unit = frames::test::full_unit();
    unit.dts.reset();
    unit.time.pts.reset();
    const auto record = parsed(to_json(unit));
    CHECK_FALSE(record.HasMember("dts"));
    CHECK_FALSE(record.HasMember("pts"));
    CHECK(text(record["codec"]) == "aac_adts");
}
