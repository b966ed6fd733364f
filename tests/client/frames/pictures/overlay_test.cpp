#include "client/frames/pictures/overlay.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/client/frames/pictures/made_pictures.h"

namespace muxtap::frames {
namespace {

using test::flat;

/// The samples of luma that differ, as the smallest rectangle; and whether there is white and dark among them.
struct Drawn {
    unsigned left = 0, top = 0, right = 0, bottom = 0;  ///< first and behind the last
    bool white = false;
    bool dark = false;
};

Drawn drawn(const Picture& before, const Picture& after) {
    REQUIRE(before.width() == after.width());
    REQUIRE(before.luma.samples.size() == after.luma.samples.size());
    Drawn area{before.width(), before.height()};
    for (unsigned y = 0; y < before.height(); ++y)
        for (unsigned x = 0; x < before.width(); ++x) {
            const std::size_t at = std::size_t{y} * before.width() + x;
            const std::uint8_t luma = after.luma.samples[at];
            if (luma == before.luma.samples[at]) continue;
            area = {std::min(area.left, x),       std::min(area.top, y),    std::max(area.right, x + 1),
                    std::max(area.bottom, y + 1), area.white || luma > 200, area.dark || luma < 100};
        }
    return area;
}

Picture drawn_on(Picture picture, const std::vector<std::string>& lines) {
    Overlay().draw(picture, lines);
    return picture;
}

TEST_CASE("text is white on a dark and colourless ground in the lower left corner") {
    for (const unsigned odd : {0U, 1U}) {
        const Picture before = flat(640 + odd, 360 + odd, 180, 90, 160);
        const Picture after = drawn_on(before, {"news 12:00"});
        const Drawn area = drawn(before, after);
        CHECK(area.left == 0);
        CHECK(area.bottom == before.height());
        CHECK(area.right > 60);
        CHECK(area.right < before.width() / 2);
        CHECK(area.right % 2 == 0);
        CHECK(area.top > before.height() * 3 / 4);
        CHECK(area.top % 2 == 0);
        CHECK(area.white);
        CHECK(area.dark);
        for (unsigned y = 0; y < before.blue.height; ++y)
            for (unsigned x = 0; x < before.blue.width; ++x) {
                const bool inside = y >= area.top / 2 && x < area.right / 2;
                const std::size_t at = std::size_t{y} * before.blue.width + x;
                REQUIRE(after.blue.samples[at] == (inside ? 128 : 90));
                REQUIRE(after.red.samples[at] == (inside ? 128 : 160));
            }
    }
}

TEST_CASE("what is behind the text stays visible, darker") {
    Picture before = flat(320, 180, 200);
    for (std::size_t i = 0; i < before.luma.samples.size(); i += 2) before.luma.samples[i] = 40;
    const Picture after = drawn_on(before, {"a"});
    const std::size_t last_row = std::size_t{179} * 320;
    CHECK(after.luma.samples[last_row] == 40 * 3 / 8);
    CHECK(after.luma.samples[last_row + 1] == 200 * 3 / 8);
}

TEST_CASE("each line, also an empty one, makes the ground higher; a longer one makes it wider") {
    const Picture before = flat(640, 360, 180);
    const auto area = [&](const std::vector<std::string>& lines) { return drawn(before, drawn_on(before, lines)); };
    const Drawn one = area({"abc"});
    const Drawn three = area({"abc", "", "abc"});
    CHECK(one.top - three.top == 2 * 25);
    CHECK(three.right == one.right);
    CHECK(area({"abcabc"}).right > one.right);
    CHECK(area({"abcabc", "abc"}).right == area({"abc", "abcabc"}).right);
}

TEST_CASE("the top line is drawn above the others") {
    const Picture before = flat(640, 360, 180);
    const auto white_in_lower_line = [&](const std::vector<std::string>& lines) {
        const Picture after = drawn_on(before, lines);
        return std::count_if(after.luma.samples.end() - 640 * 28, after.luma.samples.end(),
                             [](std::uint8_t luma) { return luma > 200; });
    };
    CHECK(white_in_lower_line({"WWWW", ""}) == 0);
    CHECK(white_in_lower_line({"", "WWWW"}) > 100);
}

TEST_CASE("text is sized by the height of the picture, and not below 8 samples") {
    const auto height_at = [](unsigned height) {
        const Picture before = flat(height * 2, height, 180);
        return height - drawn(before, drawn_on(before, {"abc"})).top;
    };
    CHECK(height_at(1080) == 60 + 15 + 2 * 20 + 1);
    CHECK(height_at(96) == 8 + 2 + 2 * 2);
    CHECK(height_at(20) == 8 + 2 + 2 * 2);
}

TEST_CASE("without text nothing is drawn") {
    const Picture before = test::scene(171, 97, 1);
    CHECK(drawn_on(before, {}) == before);
    CHECK(drawn_on(before, {""}) == before);
    CHECK(drawn_on(before, {"", ""}) == before);
    CHECK(drawn_on({}, {"abc"}) == Picture{});
    CHECK(drawn_on(flat(5, 0, 0), {"abc"}) == flat(5, 0, 0));
}

TEST_CASE("what does not fit is cut at the edge of the picture") {
    const Picture before = flat(97, 41, 180);
    const Drawn wide = drawn(before, drawn_on(before, {std::string(100'000, 'W')}));
    CHECK(wide.right == 97);
    CHECK(wide.white);
    const std::vector<std::string> many(10'000, "W");
    const Drawn high = drawn(before, drawn_on(before, many));
    CHECK(high.top == 0);
    CHECK(high.right < 30);
}

TEST_CASE("any size of picture is drawn on") {
    Overlay overlay;
    for (unsigned width = 1; width < 40; ++width)
        for (unsigned height = 1; height < 30; ++height) {
            const Picture before = flat(width, height, 180);
            Picture after = before;
            overlay.draw(after, {"first", "second"});
            CHECK(drawn(before, after).right >= std::min(width, 16U));
            CHECK(after.blue.samples.size() == before.blue.samples.size());
        }
    Picture huge = flat(40'000, 2, 180);
    overlay.draw(huge, {"first"});
    CHECK(huge.luma.samples.front() < 180);
}

TEST_CASE("no bytes of a text stop the others from being drawn, nor the next picture's") {
    const Picture before = flat(640, 360, 180);
    const Picture usual = drawn_on(before, {"12:00"});
    Overlay overlay;
    for (const std::string& text :
         {std::string{"\xFF\xFE\xC0\x80"}, std::string{"\xE2\x82"}, std::string{"\xED\xA0\x80"},
          std::string{"\xF4\x90\x80\x80"}, std::string{"\xEF\xBF\xBF"}, std::string{"\xEF\xB7\x90"},
          std::string{"\xF0\x9F\xBF\xBE"}, std::string{"\xF4\x8F\xBF\xBF"}, std::string{"a\0b", 3},
          std::string{"a\nb\tc\x1B[0m"}, std::string{"\xF0\x9F\x98\x80"}}) {
        CAPTURE(text);
        Picture after = before;
        overlay.draw(after, {text, "WWWW"});
        CHECK(drawn(before, after).white);
        CHECK(drawn(before, after).right >= drawn(before, drawn_on(before, {"WWWW"})).right);
        Picture next = before;
        overlay.draw(next, {"12:00"});
        CHECK(next == usual);
    }
}

}  // namespace
}  // namespace muxtap::frames
