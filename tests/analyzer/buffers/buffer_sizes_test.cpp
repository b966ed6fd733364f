#include "analyzer/buffers/buffer_sizes.h"

#include <catch2/catch.hpp>

#include "analyzer/buffers/data_delay.h"

namespace muxtap::analyzer {
namespace {

TEST_CASE("rates and sizes of audio are those of the standards") {
    struct Row {
        Codec codec;
        unsigned channels;
        std::uint32_t transport_bytes;  ///< 0: not known
        std::uint64_t leak;
        std::uint64_t main_dvb;  ///< 0: not known
        std::uint64_t main_atsc;
    };
    for (const Row& row :
         {Row{Codec::mpeg1_audio, 2, 512, 2'000'000, 3'584, 3'584},
          Row{Codec::mpeg2_audio, 0, 512, 2'000'000, 3'584, 3'584},
          Row{Codec::aac_adts, 2, 512, 2'000'000, 3'584, 3'584}, Row{Codec::aac_adts, 3, 512, 5'529'600, 8'976, 8'976},
          Row{Codec::aac_latm, 8, 512, 5'529'600, 8'976, 8'976},
          Row{Codec::aac_latm, 12, 512, 8'294'400, 12'804, 12'804},
          Row{Codec::aac_latm, 24, 512, 33'177'600, 51'216, 51'216}, Row{Codec::aac_latm, 49, 0, 0, 0, 0},
          Row{Codec::aac_adts, 0, 0, 0, 0, 0}, Row{Codec::ac3, 6, 512, 2'000'000, 5'696, 2'592},
          Row{Codec::eac3, 6, 512, 2'000'000, 5'696, 0}, Row{Codec::teletext, 0, 480, 6'750'000, 0, 0},
          Row{Codec::s302m, 2, 0, 0, 65'024, 65'024}, Row{Codec::dts, 6, 0, 0, 0, 0},
          Row{Codec::h264, 0, 0, 0, 0, 0}}) {
        INFO(display_name(row.codec) << " " << row.channels);
        const auto transport = audio_transport_buffer(row.codec, row.channels);
        CHECK(transport.has_value() == (row.transport_bytes != 0));
        if (transport) CHECK((*transport == TransportBuffer{row.transport_bytes, row.leak}));
        CHECK(audio_main_buffer_bytes(row.codec, row.channels, false).value_or(0) == row.main_dvb);
        CHECK(audio_main_buffer_bytes(row.codec, row.channels, true).value_or(0) == row.main_atsc);
    }
}

TEST_CASE("rates and sizes of video follow from its level") {
    struct Row {
        const char* name;
        Codec codec;
        VideoLimits limits;
        std::uint64_t leak;
        std::uint64_t main;
    };
    for (const Row& row :
         {Row{"MPEG-2 MP@ML",
              Codec::mpeg2_video,
              {15'000'000, 1'835'008},
              18'000'000,
              (60'000 + 20'000 + 1'835'008) / 8},
          Row{"H.264 High@4.0", Codec::h264, {30'000'000, 37'500'000}, 30'000'000, (120'000 + 40'000 + 37'500'000) / 8},
          Row{"H.264 below 2 Mb/s", Codec::h264, {240'000, 600'000}, 240'000, (8'000 + 2'666 + 600'000) / 8},
          Row{"HEVC", Codec::hevc, {22'000'000, 22'000'000}, 22'000'000, (88'000 + 29'333 + 22'000'000) / 8},
          Row{"level not known", Codec::h264, {0, 0}, 0, 0},
          Row{"no rule", Codec::av1, {1'000'000, 1'000'000}, 0, 0}}) {
        INFO(row.name);
        const auto transport = video_transport_buffer(row.codec, row.limits);
        CHECK((transport ? transport->bits_per_second : 0) == row.leak);
        if (transport) CHECK(transport->bytes == 512);
        CHECK(video_main_buffer_bytes(row.codec, row.limits).value_or(0) == row.main);
    }
}

TEST_CASE("data may be delayed for 1, 10 or 60 seconds") {
    using std::chrono::milliseconds;
    struct Row {
        Codec codec;
        bool still;
        std::int64_t most_ms;
    };
    for (const Row& row :
         {Row{Codec::mpeg2_video, false, 1'000}, Row{Codec::ac3, false, 1'000}, Row{Codec::aac_adts, false, 1'000},
          Row{Codec::h264, false, 10'000}, Row{Codec::hevc, false, 10'000}, Row{Codec::mpeg2_video, true, 60'000},
          Row{Codec::h264, true, 60'000}}) {
        CHECK(delay_verdict(row.codec, milliseconds(row.most_ms), row.still) == DelayVerdict::ok);
        CHECK(delay_verdict(row.codec, milliseconds(row.most_ms + 1), row.still) == DelayVerdict::too_long);
        CHECK(delay_verdict(row.codec, milliseconds(-500), row.still) == DelayVerdict::ok);
    }
}

}  // namespace
}  // namespace muxtap::analyzer
