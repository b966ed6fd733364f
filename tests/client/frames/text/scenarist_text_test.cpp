// Captions written as a Scenarist file beside what FFmpeg makes of it.
#include <catch2/catch.hpp>
#include <cstdio>
#include <cstdlib>

#include "tests/client/frames/text/caption_feeder.h"
#include "tests/client/frames/text/media_file.h"
#include "tests/support/temp_folder.h"

using namespace muxtap;
using test::Told;

namespace {

/// Pairs of CEA-608 that are sent from a time on, one a frame.
struct ScriptLine {
    int frames = 0;  ///< at 30 frames a second
    std::vector<std::pair<unsigned, unsigned>> pairs;
};

class Script {
public:
    Script& at(int seconds) {
        lines_.push_back({seconds * 30, {}});
        return *this;
    }
    Script& control(unsigned first, unsigned second) {
        lines_.back().pairs.insert(lines_.back().pairs.end(), 2, {first, second});
        return *this;
    }
    Script& text(std::string_view text) {
        for (std::size_t i = 0; i < text.size(); i += 2) {
            lines_.back().pairs.emplace_back(text[i], i + 1 < text.size() ? text[i + 1] : 0);
        }
        return *this;
    }
    /// The rest of a pop-on caption: show it at `begin` and take it away at `end`.
    Script& shown(int begin, int end) { return at(begin).control(0x14, 0x2F).at(end).control(0x14, 0x2C); }

    [[nodiscard]] std::string as_scenarist() const {
        std::string file = "Scenarist_SCC V1.0\n";
        char text[32];
        for (const ScriptLine& line : lines_) {
            std::snprintf(text, sizeof text, "\n00:%02d:%02d:%02d\t", line.frames / 1800, line.frames / 30 % 60,
                          line.frames % 30);
            file += text;
            for (const auto& [first, second] : line.pairs) {
                std::snprintf(text, sizeof text, "%02x%02x ", test::with_parity(first), test::with_parity(second));
                file += text;
            }
            file += "\n";
        }
        return file;
    }

    [[nodiscard]] std::vector<Told> decode() const {
        test::CaptionFeeder feeder;
        for (const ScriptLine& line : lines_) {
            int frame = line.frames;
            for (const auto& [first, second] : line.pairs) {
                feeder.wait_until(frame++ * 1000LL / 30);
                feeder.pair(first, second);
            }
        }
        feeder.decoder().finish();
        return feeder.told();
    }

private:
    std::vector<ScriptLine> lines_;
};

}  // namespace

// Without backspace (14 21), which FFmpeg 5.1 leaves out.
TEST_CASE("pop-on captions of a script are those that FFmpeg finds, at the same times") {
    Script script;
    const auto begin = [&](int second) -> Script& {
        return script.at(second).control(0x14, 0x20).control(0x14, 0x2E).control(0x14, 0x70);
    };
    begin(1).text("- What is it?").shown(3, 5);
    script.at(6).control(0x14, 0x20).control(0x14, 0x2E).control(0x13, 0x74).text("Two lines,").control(0x14, 0x52);
    script.control(0x17, 0x21).text("indented.").shown(8, 10);
    begin(11)
        .text("Special ")
        .control(0x11, 0x37)
        .control(0x11, 0x32)
        .control(0x11, 0x3C)
        .text(" *\\^_`{|}~")
        .shown(13, 15);
    begin(16).text("ExtendedA").control(0x12, 0x20).text("E").control(0x12, 0x3B).text("o").control(0x13, 0x33);
    script.text("S").control(0x13, 0x34).text("c").control(0x12, 0x2B).shown(18, 20);
    begin(21).text("Deleted").control(0x14, 0x70).text("Kept").control(0x14, 0x24).shown(23, 25);
    script.at(26).control(0x14, 0x20).control(0x14, 0x2E);
    for (const auto& [first, second] : {std::pair{0x11U, 0x40U}, {0x12U, 0x60U}, {0x16U, 0x40U}, {0x10U, 0x40U}}) {
        script.control(first, second).text("Row of its own");
    }
    script.shown(30, 32);

    const test::TempFolder folder;
    const std::string file = folder.write("script.scc", as_bytes(script.as_scenarist()));
    const auto texts = test::ffmpeg_texts(folder.path(), "-i '" + file + "'");
    const auto told = script.decode();
    REQUIRE(texts.size() == 6);
    REQUIRE(told.size() == texts.size());
    constexpr std::int64_t frame_ms = 34;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        CAPTURE(i);
        CHECK(told[i].content == texts[i].content);
        CHECK(std::abs(told[i].begin_ms - texts[i].begin_ms) <= frame_ms);
        CHECK(std::abs(told[i].begin_ms + told[i].duration_ms - texts[i].end_ms) <= frame_ms);
    }
}
