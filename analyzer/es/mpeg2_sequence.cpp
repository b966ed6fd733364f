#include "analyzer/es/mpeg2_sequence.h"

#include <array>

#include "analyzer/es/mpeg2_profiles.h"
#include "analyzer/es/nal_units.h"
#include "common/base/bit_reader.h"

namespace muxtap::es {
namespace {

using analyzer::ScanType;

enum ExtensionId : unsigned {
    sequence_extension_id = 1,
    sequence_display_extension_id = 2,
    picture_coding_extension_id = 8,
};

/// Values of the sequence header before they are joined with those of the extensions.
struct Sequence {
    unsigned horizontal_size = 0;
    unsigned vertical_size = 0;
    unsigned aspect_ratio_information = 0;
    unsigned frame_rate_code = 0;
    std::uint64_t bit_rate = 0;
    std::uint64_t vbv_buffer_size = 0;
    bool mpeg2 = false;
    unsigned profile_and_level = 0;
    bool progressive = false;
    unsigned chroma_format = 1;
    unsigned frame_rate_extension_n = 0;
    unsigned frame_rate_extension_d = 0;
    unsigned display_horizontal_size = 0;
    unsigned display_vertical_size = 0;
    std::uint8_t colour_primaries = colour_unspecified;
    std::uint8_t transfer_characteristics = colour_unspecified;
    std::uint8_t matrix_coefficients = colour_unspecified;
};

bool read_sequence_header(ByteView unit, Sequence& sequence) noexcept {
    BitReader reader(unit);
    reader.skip(8);
    sequence.horizontal_size = reader.u(12);
    sequence.vertical_size = reader.u(12);
    sequence.aspect_ratio_information = reader.u(4);
    sequence.frame_rate_code = reader.u(4);
    sequence.bit_rate = reader.u(18);
    const bool marker = reader.flag();
    sequence.vbv_buffer_size = reader.u(10);
    return !reader.exhausted() && marker;
}

bool read_sequence_extension(BitReader& reader, Sequence& sequence) noexcept {
    sequence.profile_and_level = reader.u(8);
    sequence.progressive = reader.flag();
    sequence.chroma_format = reader.u(2);
    sequence.horizontal_size |= reader.u(2) << 12;
    sequence.vertical_size |= reader.u(2) << 12;
    sequence.bit_rate |= reader.read(12) << 18;
    const bool marker = reader.flag();
    sequence.vbv_buffer_size |= reader.read(8) << 10;
    reader.skip(1);  // low_delay
    sequence.frame_rate_extension_n = reader.u(2);
    sequence.frame_rate_extension_d = reader.u(5);
    sequence.mpeg2 = true;
    return !reader.exhausted() && marker;
}

void read_sequence_display_extension(BitReader& reader, Sequence& sequence) noexcept {
    Sequence with_display = sequence;
    reader.skip(3);  // video_format
    if (reader.flag()) {
        with_display.colour_primaries = static_cast<std::uint8_t>(reader.u(8));
        with_display.transfer_characteristics = static_cast<std::uint8_t>(reader.u(8));
        with_display.matrix_coefficients = static_cast<std::uint8_t>(reader.u(8));
    }
    with_display.display_horizontal_size = reader.u(14);
    reader.skip(1);
    with_display.display_vertical_size = reader.u(14);
    if (!reader.exhausted()) sequence = with_display;
}

/// By frame_rate_code (table 6-4).
Ratio frame_rate(const Sequence& sequence) noexcept {
    static constexpr std::array<Ratio, 9> rates = {
        {{0, 0}, {24000, 1001}, {24, 1}, {25, 1}, {30000, 1001}, {30, 1}, {50, 1}, {60000, 1001}, {60, 1}}};
    if (sequence.frame_rate_code >= rates.size()) return {};
    const Ratio rate = rates[sequence.frame_rate_code];
    if (sequence.frame_rate_extension_n == 0 && sequence.frame_rate_extension_d == 0) return rate;
    return reduced(std::uint64_t{rate.numerator} * (sequence.frame_rate_extension_n + 1),
                   std::uint64_t{rate.denominator} * (sequence.frame_rate_extension_d + 1));
}

/// MPEG-1's pel_aspect_ratio is height by width of a sample (ISO/IEC 11172-2, 2.4.3.2).
Ratio mpeg1_aspect(unsigned code) noexcept {
    static constexpr std::array<std::uint32_t, 15> height_by_width = {
        0, 10000, 6735, 7031, 7615, 8055, 8437, 8935, 9157, 9815, 10255, 10695, 10950, 11575, 12015};
    return code < height_by_width.size() ? reduced(10000, height_by_width[code]) : Ratio{};
}

Ratio mpeg2_aspect(const Sequence& sequence) noexcept {
    static constexpr std::array<Ratio, 5> shapes = {{{0, 0}, {1, 1}, {4, 3}, {16, 9}, {221, 100}}};
    const unsigned code = sequence.aspect_ratio_information;
    if (code >= shapes.size()) return {};
    if (code < 2) return shapes[code];
    const auto of_area = [&](unsigned width, unsigned height) {
        return reduced(std::uint64_t{shapes[code].numerator} * height, std::uint64_t{shapes[code].denominator} * width);
    };
    // The shape is that of the display area where one is sent (6.3.3). Many encoders send a meaningless one: it is
    // believed when the whole picture comes out as 4:3 or 16:9 with it.
    const Ratio sample = of_area(sequence.display_horizontal_size, sequence.display_vertical_size);
    if (sample.known()) {
        const Ratio whole = reduced(std::uint64_t{sample.numerator} * sequence.horizontal_size,
                                    std::uint64_t{sample.denominator} * sequence.vertical_size);
        if (whole == shapes[2] || whole == shapes[3]) return sample;
    }
    return of_area(sequence.horizontal_size, sequence.vertical_size);
}

VideoFormat format_of(const Sequence& sequence) {
    VideoFormat format;
    format.codec = sequence.mpeg2 ? analyzer::Codec::mpeg2_video : analyzer::Codec::mpeg1_video;
    format.width = static_cast<std::uint16_t>(sequence.horizontal_size);
    format.height = static_cast<std::uint16_t>(sequence.vertical_size);
    format.frame_rate = frame_rate(sequence);
    format.bit_depth = 8;
    format.colour_primaries = sequence.colour_primaries;
    format.transfer_characteristics = sequence.transfer_characteristics;
    format.matrix_coefficients = sequence.matrix_coefficients;
    format.chroma = static_cast<ChromaFormat>(sequence.chroma_format);
    format.signalled_buffer_bits = sequence.vbv_buffer_size * 16 * 1024;
    // All ones: variable, in MPEG-1 video and in MPEG-2 without the extension's bits alike.
    format.signalled_bitrate = sequence.bit_rate == 0x3FFFF ? 0 : sequence.bit_rate * 400;
    if (sequence.mpeg2) {
        format.aspect = mpeg2_aspect(sequence);
        format.scan = sequence.progressive ? ScanType::progressive : ScanType::unknown;
        set_mpeg2_profile(static_cast<std::uint8_t>(sequence.profile_and_level), format);
    } else {
        format.aspect = mpeg1_aspect(sequence.aspect_ratio_information);
        format.scan = ScanType::progressive;
    }
    return format;
}

}  // namespace

std::optional<VideoFormat> parse_mpeg2_sequence(ByteView block) {
    Sequence sequence;
    bool header = false;
    for (std::size_t code = find_start_code(block, 0); code + 3 < block.size();) {
        const std::size_t end = find_start_code(block, code + 3);
        const ByteView unit = block.subspan(code + 3, end - code - 3);
        code = end;
        if (unit[0] == mpeg2_sequence_header) {
            if (header || !read_sequence_header(unit, sequence)) return std::nullopt;
            header = true;
        } else if (unit[0] == mpeg2_extension && header) {
            BitReader reader(unit);
            reader.skip(8);
            const unsigned id = reader.u(4);
            if (id == sequence_extension_id && !sequence.mpeg2) {
                if (!read_sequence_extension(reader, sequence)) return std::nullopt;
            } else if (id == sequence_display_extension_id) {
                read_sequence_display_extension(reader, sequence);
            }
        }
    }
    if (!header || sequence.horizontal_size == 0 || sequence.vertical_size == 0) return std::nullopt;
    if (sequence.chroma_format == 0) return std::nullopt;
    return format_of(sequence);
}

std::optional<Mpeg2PictureCoding> parse_mpeg2_picture_coding(ByteView unit) noexcept {
    // Zero bytes at the end have been left out: what is not there is 0.
    BitReader reader(unit);
    reader.skip(8);
    if (reader.u(4) != picture_coding_extension_id) return std::nullopt;
    reader.skip(16 + 2);  // f_code, intra_dc_precision
    Mpeg2PictureCoding coding;
    const unsigned structure = reader.u(2);
    coding.frame_picture = structure == 3;
    reader.skip(6);
    coding.repeat_first_field = reader.flag();
    reader.skip(1);  // chroma_420_type
    coding.progressive_frame = reader.flag();
    if (structure == 0) return std::nullopt;
    return coding;
}

}  // namespace muxtap::es
