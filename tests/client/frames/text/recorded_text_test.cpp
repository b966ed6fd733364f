// Whole streams with captions and subtitles beside what FFmpeg makes of them.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>

#include "client/frames/text/caption_decoder.h"
#include "client/frames/text/teletext_decoder.h"
#include "tests/client/frames/text/found_texts.h"
#include "tests/client/frames/text/media_file.h"
#include "tests/support/temp_folder.h"

using namespace muxtap;
using test::Told;

namespace {

constexpr ts::Pid video_pid = 0x41;
constexpr ts::Pid teletext_pid = 0x42;

/// Nearest millisecond, as in an SRT file.
std::int64_t milliseconds_since(ts::Timestamp first, ts::Timestamp pts) {
    return (pts.ticks_since(first) + 45) / 90;
}

std::string folder_of(const std::string& path) {
    return std::filesystem::path(path).parent_path();
}

std::string last_line(const std::string& content) {
    return content.substr(content.rfind('\n') + 1);  // npos + 1 is 0
}

std::vector<Told> decode_captions(const std::vector<test::FilePes>& pictures) {
    test::FoundTexts found;
    frames::CaptionDecoder decoder(video_pid, found.handler());
    for (const test::FilePes& picture : pictures) {
        decoder.add(picture.payload, test::at_ms(milliseconds_since(pictures.front().pts, picture.pts)));
    }
    decoder.finish();
    return found.told();
}

std::vector<Told> decode_teletext(const std::vector<test::FilePes>& packets, std::vector<frames::TeletextPage> pages) {
    test::FoundTexts found;
    frames::TeletextDecoder decoder(teletext_pid, std::move(pages), found.handler());
    for (const test::FilePes& packet : packets) {
        decoder.add(packet.payload, test::at_ms(milliseconds_since(packets.front().pts, packet.pts)));
    }
    decoder.finish();
    return found.told();
}

}  // namespace

TEST_CASE("roll-up captions in H.264 are those that FFmpeg finds, at the same pictures") {
    const std::string path = test::shared_stream("media/cc608_scte35.ts");
    if (path.empty()) return;
    const auto told = decode_captions(test::closed_captions(test::read_pes(path, video_pid)));
    const std::string input = "-f lavfi -i 'movie=cc608_scte35.ts[out0+subcc]' -map 0:s";
    // FFmpeg tells of the screen when a line has rolled up, each time with the line that is complete at the bottom; and
    // at each pair of characters, where it is asked to work in real time.
    const auto complete = test::ffmpeg_texts(folder_of(path), input);
    const auto growing = test::ffmpeg_texts(folder_of(path), "-real_time 1 -real_time_latency_msec 0 " + input);
    REQUIRE(complete.size() >= 10);
    REQUIRE(growing.size() > complete.size());
    REQUIRE(told.size() >= complete.size());
    constexpr std::int64_t picture_ms = 34;
    for (std::size_t i = 0; i < complete.size(); ++i) {
        CAPTURE(i);
        CHECK(told[i].channel == "CC1");
        CHECK(told[i].content == last_line(complete[i].content));
        CHECK(std::abs(told[i].begin_ms + told[i].duration_ms - complete[i].end_ms) <= picture_ms);
        const auto begun = std::find_if(growing.begin(), growing.end(), [&](const test::SrtText& text) {
            return text.begin_ms >= complete[i].begin_ms && told[i].content.starts_with(last_line(text.content)) &&
                   last_line(text.content).size() <= 2;
        });
        REQUIRE(begun != growing.end());
        CHECK(std::abs(told[i].begin_ms - begun->begin_ms) <= picture_ms);
    }
    // The last line is still being written, or was not rolled up, when the stream ends.
    CHECK(told.size() - complete.size() <= 1);
}

TEST_CASE("subtitles of a broadcast with other pages are those that FFmpeg finds, at the same packets") {
    const std::string path = test::shared_stream("streams/test-012/test-012.ts");
    if (path.empty()) return;
    constexpr ts::Pid pid = 0x42C;
    constexpr ts::Pid pcr_pid = 0x424;
    const auto told = decode_teletext(test::read_pes(path, pid), {{889, "fra"}});
    // The stream has lost its PCRs, and without them FFmpeg gives teletext no times.
    const test::TempFolder folder;
    const std::string timed = folder.write("timed.ts", test::with_pcrs(path, pid, pcr_pid));
    const auto texts = test::ffmpeg_texts(
        folder.path(), "-txt_format text -fix_sub_duration -txt_page 889 -i '" + timed + "' -map 0:s:0");
    REQUIRE(texts.size() == 8);
    REQUIRE(told.size() == 9);  // FFmpeg leaves the last one out: it has no end
    CHECK(told[1].content == "Comme la dame a vu le crime\npar les derniers wagons,");
    // FFmpeg times a page by the header behind it, which may be in the next packet.
    constexpr std::int64_t packet_ms = 40;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        CAPTURE(i);
        CHECK(told[i].content == texts[i].content);
        const std::int64_t begin = texts[i].begin_ms - texts[0].begin_ms + told[0].begin_ms;
        const std::int64_t end = texts[i].end_ms - texts[0].begin_ms + told[0].begin_ms;
        CHECK(std::abs(told[i].begin_ms - begin) <= packet_ms);
        CHECK(std::abs(told[i].begin_ms + told[i].duration_ms - end) <= packet_ms);
    }
    // Without a list the other subtitle pages are followed too: they are empty here.
    CHECK(decode_teletext(test::read_pes(path, pid), {}) == told);
}

TEST_CASE("teletext subtitles are those that FFmpeg finds, at the same times") {
    const std::string path = test::shared_stream("media/teletext888.ts");
    if (path.empty()) return;
    const auto packets = test::read_pes(path, teletext_pid);
    const auto told = decode_teletext(packets, {{888, "eng"}});
    // FFmpeg puts the PCR in the place of the PTS: only distances from the first one are comparable.
    const auto texts =
        test::ffmpeg_texts(folder_of(path), "-txt_format text -fix_sub_duration -i teletext888.ts -map 0:s");
    REQUIRE(texts.size() >= 19);
    REQUIRE(told.size() >= texts.size());
    for (std::size_t i = 0; i < texts.size(); ++i) {
        CHECK(told[i] == Told{"888", texts[i].content, texts[i].begin_ms, texts[i].end_ms - texts[i].begin_ms});
    }
    CHECK(told.size() - texts.size() <= 1);  // FFmpeg leaves the last one out: it has no end
    CHECK(decode_teletext(packets, {}) == told);
    CHECK(decode_teletext(packets, {{777, "eng"}}).empty());
}
