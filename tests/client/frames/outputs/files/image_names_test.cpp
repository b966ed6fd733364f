#include "client/frames/outputs/files/image_names.h"

#include <catch2/catch.hpp>

#include "tests/client/frames/outputs/files/files_rig.h"

namespace muxtap::frames {
namespace {

FrameRecord record_of(const PictureSpec& spec) {
    return picture(spec)->picture()->record;
}

}  // namespace

TEST_CASE("The extension follows the format of the picture") {
    struct Row {
        const char* pattern;
        const char* media_type;
        const char* path;
    };
    const auto row = GENERATE(values<Row>({
        {"a.jpg", "image/jpeg", "a.jpg"},
        {"a.jpg", "image/png", "a.png"},
        {"a.jpeg", "image/jpeg", "a.jpeg"},
        {"a.jpeg", "image/png", "a.png"},
        {"a.JPG", "image/jpeg", "a.JPG"},
        {"a.JPG", "image/png", "a.png"},
        {"a.png", "image/png", "a.png"},
        {"a.png", "image/jpeg", "a.jpg"},
        {"a", "image/jpeg", "a.jpg"},
        {"a.b/c", "image/png", "a.b/c.png"},
        {"{stream}", "image/jpeg", "239.1.1.1_5000.jpg"},
        {"%H.%M", "image/jpeg", "01.53.jpg"},
        {"x/.jpg", "image/jpeg", "x/.jpg.jpg"},
    }));
    CAPTURE(row.pattern, row.media_type);
    app::Log log = quiet_log();
    ImageNames names("latest", parse_image_pattern("latest", row.pattern).value(), log);
    const FrameRecord record = record_of({.stream = "239.1.1.1:5000"});
    CHECK(names.path(record, names.owner_of(record), row.media_type) == row.path);
}

TEST_CASE("A pattern that can never work is refused with its option") {
    struct Row {
        const char* pattern;
        const char* names;
    };
    const auto row = GENERATE(values<Row>({
        {"images/", "folder"},
        {"{steam}.jpg", "{steam} is not known; {stream}, {probe} and {program} are"},
        {"%Q.jpg", "%Q"},
        {"100%", "% is not a conversion"},
        {"{stream", "{stream is not known"},
    }));
    const auto parsed = parse_image_pattern("filmstrip", row.pattern);
    REQUIRE_FALSE(parsed);
    CAPTURE(parsed.error().message);
    CHECK(parsed.error().message.find(row.names) != std::string::npos);
    CHECK(parsed.error().message.starts_with("--filmstrip \"" + std::string{row.pattern} + "\": "));
}

TEST_CASE("Another stream with the same file is told once, a further program is not") {
    app::Log log({.program = "test"});
    ImageNames names("latest", parse_image_pattern("latest", "{stream}.jpg").value(), log);
    const PrintedLines printed;
    const auto suffix_of = [&](const PictureSpec& spec) { return names.owner_of(record_of(spec)).suffix; };
    CHECK(suffix_of({}).empty());
    CHECK(suffix_of({.program = 102}) == "-102");
    CHECK(printed.text().empty());
    for (int i = 0; i < 3; ++i) CHECK(suffix_of({.probe = "cap-b"}) == "-cap-b");
    CHECK(printed.count("\n") == 1);
    CHECK(printed.count("--latest") == 1);
    CHECK(printed.count("cap-b") >= 1);
}

TEST_CASE("Each owner has one temporary file of its own, the same in each run") {
    app::Log log = quiet_log();
    const auto temporary = [&](const PictureSpec& spec) {
        ImageNames names("images", parse_image_pattern("images", "{stream}/{program}-%H.jpg").value(), log);
        return names.owner_of(record_of(spec)).temporary;
    };
    CHECK(temporary({}) == temporary({.captured = moment + std::chrono::hours{5}}));
    CHECK(temporary({}) != temporary({.program = 102}));
    CHECK(temporary({}) != temporary({.stream = "sport"}));
    CHECK(temporary({}).starts_with('.'));
}

}  // namespace muxtap::frames
