#include "common/net/pcap_reader.h"

namespace muxtap::net {
namespace {

constexpr std::size_t file_header_size = 24;
constexpr std::size_t record_header_size = 16;

std::uint32_t number_at(ByteView bytes, std::size_t offset, bool swapped) {
    const auto value = load<std::uint32_t>(bytes, offset);
    return swapped ? swap_bytes(value) : value;
}

}  // namespace

Result<std::unique_ptr<CaptureFile>> PcapReader::open(ByteReader reader) {
    const auto header = reader.peek(file_header_size);
    if (!header) return tl::unexpected<Error>(header.error());
    if (header->size() < file_header_size)
        return fail("the pcap file ends inside its header, at byte " + std::to_string(header->size()));
    Format format;
    const auto magic = load<std::uint32_t>(*header, 0);
    format.swapped = magic == 0xD4C3B2A1 || magic == 0x4D3CB2A1;
    format.nanoseconds = magic == 0xA1B23C4D || magic == 0x4D3CB2A1;
    // The upper bits say whether frames end in a checksum.
    const auto number = static_cast<int>(number_at(*header, 20, format.swapped) & 0x0FFFFFFFU);
    const auto link_type = link_type_from_number(number);
    if (!link_type) {
        return fail("link type " + std::to_string(number) +
                    " is not read here: capture Ethernet, Linux cooked, raw IP or loopback frames");
    }
    format.link_type = *link_type;
    reader.skip(file_header_size);
    return std::unique_ptr<CaptureFile>(std::make_unique<PcapReader>(std::move(reader), format));
}

PcapReader::PcapReader(ByteReader reader, Format format) : reader_(std::move(reader)), format_(format) {}

Result<std::optional<Frame>> PcapReader::next() {
    reader_.skip(consumed_);
    consumed_ = 0;
    auto bytes = reader_.peek(record_header_size);
    if (!bytes) return tl::unexpected<Error>(bytes.error());
    if (bytes->empty() || !damage().empty()) return std::nullopt;
    if (bytes->size() < record_header_size) {
        report_damage(reader_.offset(), "the file ends inside a record header");
        return std::nullopt;
    }
    const std::uint32_t seconds = number_at(*bytes, 0, format_.swapped);
    const std::uint32_t fraction = number_at(*bytes, 4, format_.swapped);
    const std::uint32_t captured = number_at(*bytes, 8, format_.swapped);
    const std::uint32_t on_wire = number_at(*bytes, 12, format_.swapped);
    if (captured > largest_frame) {
        report_damage(reader_.offset(), "a record of " + std::to_string(captured) + " bytes");
        return std::nullopt;
    }
    bytes = reader_.peek(record_header_size + captured);
    if (!bytes) return tl::unexpected<Error>(bytes.error());
    if (bytes->size() < record_header_size + captured) {
        report_damage(reader_.offset(), "the file ends inside a record");
        // What is there of the frame is used like one that the snap length cut.
    }
    const std::size_t available = std::min<std::size_t>(captured, bytes->size() - record_header_size);
    consumed_ = record_header_size + available;
    const auto sub_second = std::chrono::nanoseconds{format_.nanoseconds ? fraction : std::int64_t{fraction} * 1000};
    return Frame{.link_type = format_.link_type,
                 .bytes = bytes->subspan(record_header_size, available),
                 .wire_length = std::max(captured, on_wire),
                 .time = UnixTime{std::chrono::seconds{seconds} + sub_second}};
}

}  // namespace muxtap::net
