#include "analyzer/es_audio/dts.h"

#include <array>

#include "analyzer/es_audio/channel_layout.h"
#include "common/base/bit_reader.h"

namespace muxtap::es {

namespace {

constexpr std::uint32_t sync_core = 0x7FFE8001;
constexpr std::uint32_t sync_extension = 0x64582025;

constexpr std::array<std::uint32_t, 16> sample_rates = {0,      8'000, 16'000, 32'000, 0,      0,      11'025, 22'050,
                                                        44'100, 0,     0,      12'000, 24'000, 48'000, 0,      0};
constexpr std::array<std::uint32_t, 32> bitrates = {
    32'000,    56'000,    64'000,    96'000,    112'000,   128'000,   192'000,   224'000,
    256'000,   320'000,   384'000,   448'000,   512'000,   576'000,   640'000,   768'000,
    960'000,   1'024'000, 1'152'000, 1'280'000, 1'344'000, 1'408'000, 1'411'200, 1'472'000,
    1'536'000, 1'920'000, 2'048'000, 3'072'000, 3'840'000, 0,         0,         0};

/// AMODE in terms of acmod of AC-3, whose arrangements have the same names; 8 where there is none.
constexpr std::array<std::uint8_t, 10> acmod_of_amode = {1, 0, 2, 2, 2, 3, 4, 5, 6, 7};
constexpr std::array<std::uint8_t, 6> channels_of_more = {6, 6, 6, 7, 8, 8};

ChannelLayout layout_of_amode(unsigned amode, bool lfe) noexcept {
    if (amode < acmod_of_amode.size()) return layout_of_acmod(acmod_of_amode[amode], lfe);
    const unsigned more = amode - static_cast<unsigned>(acmod_of_amode.size());
    if (more >= channels_of_more.size()) return {};  // user defined
    return layout_of_count(channels_of_more[more] + (lfe ? 1U : 0U), lfe);
}

/// Length of the extension substream at the start of `bytes`; 0 when there is none.
std::size_t extension_bytes(ByteView bytes) noexcept {
    if (bytes.size() < 10 || read_u32(bytes, 0) != sync_extension) return 0;
    BitReader reader(bytes.subspan(4));
    reader.skip(8 + 2);  // user defined bits, index
    const bool long_sizes = reader.flag();
    reader.skip(long_sizes ? 12 : 8);
    return std::size_t{reader.u(long_sizes ? 20 : 16)} + 1;
}

}  // namespace

FrameResult read_dts(ByteView bytes) noexcept {
    if (bytes.empty()) return no_frame(NoFrame::incomplete);
    if (bytes[0] != sync_core >> 24) return no_frame();
    if (bytes.size() < 12) return no_frame(NoFrame::incomplete);
    if (read_u32(bytes, 0) != sync_core) return no_frame();
    BitReader reader(bytes.subspan(4));
    reader.skip(1 + 5 + 1);  // FTYPE, SHORT, CPF
    const unsigned blocks = reader.u(7) + 1;
    const std::size_t core_bytes = std::size_t{reader.u(14)} + 1;
    const unsigned amode = reader.u(6);
    FrameHeader header;
    header.sample_rate = sample_rates[reader.u(4)];
    header.bitrate = bitrates[reader.u(5)];
    reader.skip(5 + 3 + 1 + 1);  // MIX, DYNF, TIMEF, AUXF, HDCD; EXT_AUDIO_ID, EXT_AUDIO, ASPF
    const unsigned lff = reader.u(2);
    if (blocks < 6 || core_bytes < 96 || header.sample_rate == 0 || lff == 3) return no_frame();
    const ChannelLayout layout = layout_of_amode(amode, lff != 0);
    header.samples_per_frame = blocks * 32;
    header.channels = layout.channels;
    header.low_frequency_effects = layout.low_frequency_effects;
    header.layout = layout.name;
    header.frame_bytes = core_bytes;
    header.open_end = core_bytes + 10 > bytes.size();
    if (!header.open_end) {
        const std::size_t extension = extension_bytes(bytes.subspan(core_bytes));
        if (extension != 0) {
            header.frame_bytes += extension;
            header.profile = "DTS-HD";
            header.bitrate = 0;
        }
    }
    return header;
}

}  // namespace muxtap::es
