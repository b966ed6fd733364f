#include "analyzer/es_audio/ac3.h"

#include <array>
#include <bit>

#include "analyzer/es_audio/channel_layout.h"
#include "common/base/bit_reader.h"

namespace muxtap::es {

namespace {

enum class SubstreamType : std::uint8_t { independent = 0, dependent = 1, converted = 2 };

/// One syncframe of either syntax.
struct Substream {
    SubstreamType type = SubstreamType::independent;
    unsigned id = 0;
    bool enhanced = false;
    std::size_t bytes = 0;
    std::uint32_t sample_rate = 0;
    std::uint32_t bitrate = 0;
    unsigned blocks = 6;
    unsigned acmod = 0;
    bool lfe = false;
    std::uint16_t locations = 0;  ///< as in chanmap (annex E, table E.1.8): bit 15 left ... bit 0 LFE
    bool joint_objects = false;
};
using SubstreamResult = Result<Substream, NoFrame>;

constexpr std::array<std::uint32_t, 3> sample_rates = {48'000, 44'100, 32'000};
constexpr std::uint16_t location_lfe = 0x0001;
/// Locations that stand for two channels: Lc/Rc, Lrs/Rrs, Lsd/Rsd, Lw/Rw, Lvh/Rvh, Lts/Rts.
constexpr std::uint16_t location_pairs = 0x0400 | 0x0200 | 0x0040 | 0x0020 | 0x0010 | 0x0004;
/// What acmod says in terms of chanmap; dual mono counts as left and right.
constexpr std::array<std::uint16_t, 8> locations_of_acmod = {0xA000, 0x4000, 0xA000, 0xE000,
                                                             0xA100, 0xE100, 0xB800, 0xF800};

unsigned channels_at(std::uint16_t locations) noexcept {
    return static_cast<unsigned>(std::popcount(locations)) +
           static_cast<unsigned>(std::popcount(static_cast<std::uint16_t>(locations & location_pairs)));
}

SubstreamResult read_plain(ByteView bytes, unsigned bsid) noexcept {
    static constexpr std::array<std::uint16_t, 19> rates = {32,  40,  48,  56,  64,  80,  96,  112, 128, 160,
                                                            192, 224, 256, 320, 384, 448, 512, 576, 640};
    BitReader reader(bytes.subspan(4));
    const unsigned fscod = reader.u(2);
    const unsigned frmsizecod = reader.u(6);
    if (fscod == 3 || frmsizecod / 2 >= rates.size()) return no_frame();
    reader.skip(5 + 3);  // bsid, bsmod
    Substream frame;
    frame.acmod = reader.u(3);
    if ((frame.acmod & 1U) != 0 && frame.acmod != 1) reader.skip(2);
    if ((frame.acmod & 4U) != 0) reader.skip(2);
    if (frame.acmod == 2) reader.skip(2);
    frame.lfe = reader.flag();
    const std::uint32_t kilobits = rates[frmsizecod / 2];
    const std::uint32_t words = kilobits * 96'000U / sample_rates[fscod] + (fscod == 1 ? frmsizecod & 1U : 0U);
    frame.bytes = std::size_t{words} * 2;
    // bsid 9 and 10: half and quarter rates.
    const unsigned halvings = bsid > 8 ? bsid - 8 : 0;
    frame.sample_rate = sample_rates[fscod] >> halvings;
    frame.bitrate = kilobits * 1000U >> halvings;
    return frame;
}

/// mixmdata of bsi() (annex E, E.1.2.2).
void skip_mixing_data(BitReader& reader, const Substream& frame, unsigned numblkscod) noexcept {
    const unsigned acmod = frame.acmod;
    if (acmod > 2) reader.skip(2);
    if ((acmod & 1U) != 0 && acmod > 2) reader.skip(6);
    if ((acmod & 4U) != 0) reader.skip(6);
    if (frame.lfe && reader.flag()) reader.skip(5);
    if (frame.type != SubstreamType::independent) return;
    if (reader.flag()) reader.skip(6);
    if (acmod == 0 && reader.flag()) reader.skip(6);
    if (reader.flag()) reader.skip(6);
    switch (reader.u(2)) {  // mixdef
        case 1: reader.skip(5); break;
        case 2: reader.skip(12); break;
        case 3: reader.skip(8 * (reader.u(5) + 2) - 5); break;
        default: break;
    }
    if (acmod < 2) {
        if (reader.flag()) reader.skip(14);
        if (acmod == 0 && reader.flag()) reader.skip(14);
    }
    if (!reader.flag()) return;  // frmmixcfginfoe
    if (numblkscod == 0) {
        reader.skip(5);
    } else {
        for (unsigned block = 0; block < frame.blocks; ++block)
            if (reader.flag()) reader.skip(5);
    }
}

/// infomdat of bsi().
void skip_informational_data(BitReader& reader, const Substream& frame, unsigned fscod) noexcept {
    reader.skip(5);
    if (frame.acmod == 2) reader.skip(4);
    if (frame.acmod >= 6) reader.skip(2);
    if (reader.flag()) reader.skip(8);
    if (frame.acmod == 0 && reader.flag()) reader.skip(8);
    if (fscod < 3) reader.skip(1);
}

/// From behind bsid on: channel map and additional bit stream information.
void read_rest_of_bsi(BitReader& reader, Substream& frame, unsigned fscod, unsigned numblkscod) noexcept {
    for (unsigned program = 0; program < (frame.acmod == 0 ? 2U : 1U); ++program) {
        reader.skip(5);
        if (reader.flag()) reader.skip(8);
    }
    if (frame.type == SubstreamType::dependent && reader.flag()) {
        const auto map = static_cast<std::uint16_t>(reader.u(16));
        if (!reader.exhausted()) frame.locations = map;
    }
    if (reader.flag()) skip_mixing_data(reader, frame, numblkscod);
    if (reader.flag()) skip_informational_data(reader, frame, fscod);
    if (frame.type == SubstreamType::independent && numblkscod != 3) reader.skip(1);
    if (frame.type == SubstreamType::converted && (numblkscod == 3 || reader.flag())) reader.skip(6);
    if (reader.flag() && reader.u(6) >= 1) {
        reader.skip(7);
        const bool extension_type_a = reader.flag();
        if (!reader.exhausted()) frame.joint_objects = extension_type_a;
    }
}

SubstreamResult read_enhanced(ByteView bytes) noexcept {
    BitReader reader(bytes.subspan(2));
    Substream frame;
    frame.enhanced = true;
    const unsigned type = reader.u(2);
    if (type == 3) return no_frame();
    frame.type = static_cast<SubstreamType>(type);
    frame.id = reader.u(3);
    frame.bytes = (std::size_t{reader.u(11)} + 1) * 2;
    const unsigned fscod = reader.u(2);
    const unsigned second_code = reader.u(2);  // fscod2 or numblkscod
    if (fscod == 3 && second_code == 3) return no_frame();
    const unsigned numblkscod = fscod == 3 ? 3 : second_code;
    static constexpr std::array<unsigned, 4> blocks = {1, 2, 3, 6};
    frame.blocks = blocks[numblkscod];
    frame.sample_rate = fscod == 3 ? sample_rates[second_code] / 2 : sample_rates[fscod];
    frame.acmod = reader.u(3);
    frame.lfe = reader.flag();
    reader.skip(5);  // bsid
    if (frame.bytes < 8) return no_frame();
    frame.bitrate = static_cast<std::uint32_t>(frame.bytes * 8 * frame.sample_rate / (std::size_t{256} * frame.blocks));
    frame.locations = locations_of_acmod[frame.acmod];
    if (frame.lfe) frame.locations = static_cast<std::uint16_t>(frame.locations | location_lfe);
    read_rest_of_bsi(reader, frame, fscod, numblkscod);
    return frame;
}

SubstreamResult read_substream(ByteView bytes) noexcept {
    if (bytes.empty()) return no_frame(NoFrame::incomplete);
    if (bytes[0] != 0x0B || (bytes.size() > 1 && bytes[1] != 0x77)) return no_frame();
    constexpr std::size_t needed = 8;
    if (bytes.size() < needed) return no_frame(NoFrame::incomplete);
    const unsigned bsid = bytes[5] >> 3;
    if (bsid > 16) return no_frame();
    if (bsid > 10) return read_enhanced(bytes);
    SubstreamResult frame = read_plain(bytes, bsid);
    if (frame) {
        frame->locations = locations_of_acmod[frame->acmod];
        if (frame->lfe) frame->locations = static_cast<std::uint16_t>(frame->locations | location_lfe);
    }
    return frame;
}

}  // namespace

FrameResult read_ac3(ByteView bytes) noexcept {
    const SubstreamResult first = read_substream(bytes);
    if (!first) return no_frame(first.error());
    if (first->type == SubstreamType::dependent || first->id != 0) return no_frame();
    // The first packet of a PES packet always brings more than any bsi(): only what is cut short in tests is not read.
    FrameHeader header;
    header.frame_bytes = first->bytes;
    header.sample_rate = first->sample_rate;
    header.bitrate = first->bitrate;
    header.samples_per_frame = 256 * first->blocks;
    std::uint16_t locations = first->locations;
    bool joint_objects = first->joint_objects;
    bool first_program = true;
    while (header.frame_bytes < bytes.size()) {
        const SubstreamResult next = read_substream(bytes.subspan(header.frame_bytes));
        if (!next) {
            header.open_end = next.error() == NoFrame::incomplete;
            break;
        }
        if (next->type != SubstreamType::dependent && next->id == 0) break;
        // Independent substreams with other numbers, and what depends on them, are programs of their own.
        if (next->type != SubstreamType::dependent) first_program = false;
        if (first_program) {
            locations = static_cast<std::uint16_t>(locations | next->locations);
            header.bitrate += next->bitrate;
            joint_objects = joint_objects || next->joint_objects;
        }
        header.frame_bytes += next->bytes;
    }
    if (header.frame_bytes >= bytes.size()) header.open_end = true;
    const ChannelLayout plain = layout_of_acmod(first->acmod, first->lfe);
    const ChannelLayout layout = locations == first->locations
                                     ? plain
                                     : layout_of_count(channels_at(locations), (locations & location_lfe) != 0);
    header.channels = layout.channels;
    header.low_frequency_effects = layout.low_frequency_effects;
    header.layout = layout.name;
    if (joint_objects) header.profile = "Dolby Atmos";
    return header;
}

}  // namespace muxtap::es
