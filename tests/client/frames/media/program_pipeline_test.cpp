#include "client/frames/media/program_pipeline.h"

#include <catch2/catch.hpp>

#include "tests/client/frames/media/pipeline_rig.h"
#include "tests/support/skipping.h"

using namespace muxtap;
using frames::DecodeMode;
using frames::DecodingOptions;
using test::ByteVector;
using test::media_sound_pid;
using test::media_video_pid;
using test::PipelineRig;
using test::StreamCut;

namespace {

struct File {
    const char* name;
    const char* codec;
    std::size_t samples_of_unit;  ///< of each channel
};
constexpr File h264_file{"h264_aac_cbr2M.ts", "h264", 1024};
constexpr File hevc_file{"hevc_ac3.ts", "hevc", 1536};
constexpr File mpeg2_file{"mpeg2_mp2_vbr.ts", "mpeg2_video", 1152};

/// The first pictures of a shared file; none, and said so, where it is not there.
StreamCut beginning_of(const File& file, std::size_t pictures) {
    StreamCut cut = test::cut_stream(test::find_shared_media(file.name), file.codec, pictures);
    if (cut.pictures == 0) {
        test::say_skipped(std::string{"decoding of "} + file.name, "MUXTAP_SHARED does not name the folder of media/");
    }
    return cut;
}

DecodingOptions every_picture() {
    DecodingOptions options;
    options.mode = DecodeMode::all;
    options.hardware = false;
    options.rate = {0, 1};
    return options;
}

/// PES packets of a PID.
std::size_t pes_packets(const ByteVector& packets, ts::Pid pid) {
    std::size_t count = 0;
    for (std::size_t at = 0; at + ts::packet_size <= packets.size(); at += ts::packet_size) {
        const auto view = ts::PacketView::parse(ts::PacketView::Bytes(packets.data() + at, ts::packet_size));
        if (view && view->pid() == pid && view->payload_unit_start_indicator()) ++count;
    }
    return count;
}

}  // namespace

TEST_CASE("every access unit, picture and sample of a stream comes out, each with its time") {
    for (const File& file : {h264_file, hevc_file, mpeg2_file}) {
        CAPTURE(file.name);
        const StreamCut cut = beginning_of(file, 75);
        if (cut.pictures == 0) return;
        PipelineRig rig(every_picture());
        rig.start();
        REQUIRE(rig.push(cut.packets));
        REQUIRE(rig.end());
        const auto video = rig.record.video_of(media_video_pid);
        CHECK(video.units.size() == cut.pictures);
        CHECK(video.pictures.size() == cut.pictures);
        CHECK(video.key_frames >= 1);
        CHECK(video.skipped == 0);
        CHECK(video.height == 96);
        CHECK(video.form.width == 640);
        CHECK(video.form.height == 360);
        for (std::size_t i = 0; i < video.pictures.size(); ++i) {
            CAPTURE(i);
            const frames::MediaTime& time = video.pictures[i];
            CHECK(time.pts.has_value());
            CHECK(time.captured != UnixTime{});
            // The file may be cut before pictures that are shown before the last one.
            if (i == 0 || i + 1 == video.pictures.size()) continue;
            CHECK(time.position - video.pictures[i - 1].position == std::chrono::milliseconds{40});
        }
        const auto sound = rig.record.sound_of(media_sound_pid);
        CHECK(sound.units >= pes_packets(cut.packets, media_sound_pid));
        CHECK(sound.samples >= (sound.units - 2) * file.samples_of_unit);
        CHECK(sound.samples <= sound.units * file.samples_of_unit);
        CHECK(sound.format.sample_rate == 48'000);
        CHECK(rig.record.problems().empty());
        CHECK_FALSE(rig.record.overlapped());
        CHECK_FALSE(rig.error());
        CHECK(rig.pipeline().waiting_bytes() == 0);
        rig.stop();
        CHECK(rig.blocks_held() == 0);
    }
}

TEST_CASE("where pictures may be skipped, none is both shown and counted as skipped") {
    const StreamCut cut = beginning_of(h264_file, 100);
    if (cut.pictures == 0) return;
    DecodingOptions options = every_picture();
    options.most_waiting_bytes = 1 << 20;
    PipelineRig rig(options, false);
    rig.start();
    REQUIRE(rig.push(cut.packets));
    REQUIRE(rig.end());
    const auto video = rig.record.video_of(media_video_pid);
    CHECK(video.units.size() == cut.pictures);
    // What comes before the first key frame that is decoded is neither.
    CHECK(video.pictures.size() + video.skipped <= cut.pictures);
    CHECK(video.pictures.size() + video.skipped > 0);
}

TEST_CASE("only key frames are decoded where that is asked for") {
    const StreamCut cut = beginning_of(h264_file, 150);
    if (cut.pictures == 0) return;
    DecodingOptions options = every_picture();
    options.mode = DecodeMode::key_frames;
    options.sound = false;
    PipelineRig rig(options);
    rig.start();
    REQUIRE(rig.push(cut.packets));
    REQUIRE(rig.end());
    const auto video = rig.record.video_of(media_video_pid);
    CHECK(video.units.size() == cut.pictures);
    CHECK(video.key_frames < cut.pictures);
    CHECK(video.pictures.size() == video.key_frames);
    // Between key frames it is not taken for stuck.
    CHECK(rig.pipeline().produced() > cut.pictures / 2);
}

TEST_CASE("a picture rate leaves pictures out") {
    const StreamCut cut = beginning_of(mpeg2_file, 100);
    if (cut.pictures == 0) return;
    DecodingOptions options = every_picture();
    options.rate = {5, 1};
    PipelineRig rig(options);
    rig.start();
    REQUIRE(rig.push(cut.packets));
    REQUIRE(rig.end());
    CHECK(rig.record.video_of(media_video_pid).pictures.size() == 20);
}

TEST_CASE("streams that are not wanted do not hold up the others") {
    const StreamCut cut = beginning_of(h264_file, 50);
    if (cut.pictures == 0) return;
    for (const ts::Pid unwanted : {media_video_pid, media_sound_pid}) {
        CAPTURE(unwanted);
        PipelineRig rig(every_picture());
        rig.record.unwanted = {unwanted};
        rig.start();
        REQUIRE(rig.push(cut.packets));
        REQUIRE(rig.end());
        CHECK(rig.record.video_of(media_video_pid).pictures.empty() == (unwanted == media_video_pid));
        CHECK((rig.record.sound_of(media_sound_pid).samples == 0) == (unwanted == media_sound_pid));
    }
}

TEST_CASE("without pictures and sound access units are told all the same") {
    const StreamCut cut = beginning_of(hevc_file, 50);
    if (cut.pictures == 0) return;
    DecodingOptions options = every_picture();
    options.pictures = false;
    options.sound = false;
    PipelineRig rig(options);
    rig.start();
    REQUIRE(rig.push(cut.packets));
    REQUIRE(rig.end());
    CHECK(rig.record.video_of(media_video_pid).units.size() == cut.pictures);
    CHECK(rig.record.video_of(media_video_pid).pictures.empty());
    CHECK(rig.record.sound_of(media_sound_pid).units > 0);
    CHECK(rig.record.sound_of(media_sound_pid).samples == 0);
    // It is not taken for stuck.
    CHECK(rig.pipeline().produced() == cut.pictures + rig.record.sound_of(media_sound_pid).units);
}

TEST_CASE("a pipeline can be stopped at any time") {
    const StreamCut cut = beginning_of(hevc_file, 50);
    if (cut.pictures == 0) return;
    for (std::size_t part = 0; part <= 20; ++part) {
        CAPTURE(part);
        const std::size_t packets = cut.packets.size() / ts::packet_size * part / 20;
        const auto end = cut.packets.begin() + static_cast<std::ptrdiff_t>(packets * ts::packet_size);
        PipelineRig rig(every_picture());
        rig.start();
        REQUIRE(rig.push(ByteVector(cut.packets.begin(), end)));
        rig.stop();
        CHECK(rig.blocks_held() == 0);
        CHECK_FALSE(rig.record.overlapped());
    }
}

TEST_CASE("a pipeline that nobody feeds starts, says that nothing has ended, and stops") {
    PipelineRig rig(every_picture());
    rig.start();
    CHECK_FALSE(rig.pipeline().ended());
    CHECK(rig.pipeline().produced() == 0);
    CHECK_FALSE(rig.pipeline().poll());
    rig.stop();
}

TEST_CASE("a pipeline that nobody fed ends when it is asked to") {
    PipelineRig rig(every_picture());
    rig.start();
    CHECK(rig.end());
}

TEST_CASE("an end is not seen before the first stream was found") {
    const StreamCut cut = beginning_of(mpeg2_file, 2);
    if (cut.pictures == 0) return;
    for (int round = 0; round < 30; ++round) {
        CAPTURE(round);
        PipelineRig rig(every_picture());
        rig.start();
        REQUIRE(rig.push(cut.packets));
        REQUIRE(rig.end());
        REQUIRE(rig.record.video_of(media_video_pid).pictures.size() == cut.pictures);
    }
}

TEST_CASE("behind missing packets decoding goes on within a group of pictures, and says that data is missing") {
    const StreamCut cut = beginning_of(h264_file, 150);
    if (cut.pictures == 0) return;
    const std::size_t third = cut.packets.size() / ts::packet_size / 3 * ts::packet_size;
    const auto at = [&](std::size_t bytes) { return cut.packets.begin() + static_cast<std::ptrdiff_t>(bytes); };
    PipelineRig rig(every_picture());
    rig.start();
    REQUIRE(rig.push(ByteVector(at(0), at(third))));
    REQUIRE(rig.push(ByteVector(at(2 * third), cut.packets.end()), true));
    REQUIRE(rig.end());
    const auto video = rig.record.video_of(media_video_pid);
    CHECK(video.discontinuities >= 1);
    CHECK(video.pictures.size() > cut.pictures / 3);
    CHECK(video.units.size() < cut.pictures);
    const auto newest = video.pictures.back().position - video.pictures.front().position;
    CHECK(newest >= std::chrono::milliseconds{40} * (cut.pictures - 2));
    CHECK_FALSE(rig.error());
}

TEST_CASE("no room: what is pushed is refused, and taken when there is some") {
    const StreamCut cut = beginning_of(h264_file, 20);
    if (cut.pictures == 0) return;
    DecodingOptions options = every_picture();
    options.most_waiting_bytes = 1000;
    PipelineRig rig(options);
    rig.start();
    CHECK_FALSE(rig.pipeline().push(nullptr, cut.packets, false));
    CHECK(rig.pipeline().waiting_bytes() == 0);
}

TEST_CASE("when a stream changes its codec, its receiver is served by one thread at a time, and loses nothing") {
    const StreamCut cuts[] = {beginning_of(h264_file, 50), beginning_of(hevc_file, 50), beginning_of(mpeg2_file, 50)};
    for (const StreamCut& cut : cuts) {
        if (cut.pictures == 0) return;
    }
    PipelineRig rig(every_picture());
    test::Splicer splicer;
    rig.start();
    std::size_t pictures = 0;
    std::vector<std::size_t> before;
    for (int change = 0; change < 9; ++change) {
        const StreamCut& cut = cuts[change % 3];
        REQUIRE(rig.push(splicer.splice(cut)));
        before.push_back(pictures);
        pictures += cut.pictures;
    }
    REQUIRE(rig.end());
    const auto video = rig.record.video_of(media_video_pid);
    CHECK(video.units.size() == pictures);
    CHECK(video.pictures.size() == pictures);
    CHECK(video.pictures_when_asked == before);
    CHECK_FALSE(rig.record.overlapped());
    CHECK_FALSE(rig.error());
    rig.stop();
    CHECK(rig.blocks_held() == 0);
}

TEST_CASE("bytes that are no stream are taken") {
    ByteVector bytes(2000 * ts::packet_size, 0x5A);
    for (std::size_t at = 0; at < bytes.size(); at += ts::packet_size) bytes[at] = ts::sync_byte;
    PipelineRig rig(every_picture());
    rig.start();
    CHECK(rig.push(bytes));
    CHECK(rig.end());
    rig.stop();
    CHECK(rig.blocks_held() == 0);
}
