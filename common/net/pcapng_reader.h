#pragma once

#include <vector>

#include "common/net/capture_file.h"

namespace muxtap::net {

/// Reads .pcapng files (draft-ietf-opsawg-pcapng): several sections and interfaces, time stamps of any resolution,
/// both byte orders; enhanced, simple and the obsolete packet blocks. Other blocks are passed over.
class PcapngReader : public CaptureFile {
public:
    explicit PcapngReader(ByteReader reader) : reader_(std::move(reader)) {}

    [[nodiscard]] Result<std::optional<Frame>> next() override;

private:
    struct Interface {
        std::optional<LinkType> link_type;
        std::uint32_t snap_length = 0;
        std::uint64_t ticks_per_second = 1'000'000;
        std::int64_t offset_seconds = 0;
    };

    [[nodiscard]] std::uint16_t u16(ByteView bytes, std::size_t offset) const noexcept;
    [[nodiscard]] std::uint32_t u32(ByteView bytes, std::size_t offset) const noexcept;
    bool begin_section(ByteView block);
    bool add_interface(ByteView body);
    void read_interface_options(ByteView options, Interface& interface) const;
    [[nodiscard]] UnixTime time_of(const Interface& interface, std::uint32_t high, std::uint32_t low) const noexcept;
    std::optional<Frame> read_packet(std::uint32_t type, ByteView body);
    std::optional<Frame> frame_of(std::uint32_t interface_number, ByteView data, std::uint32_t on_wire,
                                  std::uint32_t high, std::uint32_t low);

    ByteReader reader_;
    bool swapped_ = false;
    std::vector<Interface> interfaces_;
    std::size_t consumed_ = 0;
};

}  // namespace muxtap::net
