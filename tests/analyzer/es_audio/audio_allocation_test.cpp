#include <catch2/catch.hpp>

#include "analyzer/es_audio/audio_stream.h"
#include "analyzer/es_audio/text_stream.h"
#include "tests/analyzer/es_audio/samples.h"
#include "tests/support/allocation_counter.h"

namespace muxtap::es {
namespace {

using analyzer::Codec;

TEST_CASE("known formats are looked at without allocating") {
    struct Row {
        Codec codec;
        const char* header;
        std::size_t frame_bytes;
    };
    for (const Row& row : {Row{Codec::mpeg1_audio, "fffda404", 576}, Row{Codec::aac_adts, "fff14c8024fffcde", 295},
                           Row{Codec::aac_latm, "56e128200011901fe7f90ef01002630b", 299},
                           Row{Codec::eac3, "0b7702ff3f87c000208020000200400003e01fba", 1536}}) {
        const auto bytes = test::frames_of(row.header, row.frame_bytes, 2);
        AudioStream stream(row.codec);
        (void)stream.look(bytes, true);
        REQUIRE(stream.info().frame_headers_seen);
        const auto view = ByteView(bytes);
        constexpr int looks = 100'000;
        CHECK(test::allocations_during([&] {
                  for (int i = 0; i < looks; ++i) {
                      (void)stream.look(view, false);
                      (void)stream.look(view.subspan(1), true);
                  }
              }) == 0);
    }
    const auto text = test::from_hex("2000 0f1000010002aaaa 0f8000010000 ff");
    TextStream stream(Codec::dvb_subtitle);
    CHECK(test::allocations_during([&] { stream.look(text); }) == 0);
}

}  // namespace
}  // namespace muxtap::es
