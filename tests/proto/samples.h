#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/ts/packet_view.h"
#include "proto/feed_decoder.h"
#include "proto/feed_header.h"

/// Messages as the specification shows them, made by the real encoder.
namespace muxtap::test {

using Packet = std::array<std::uint8_t, ts::packet_size>;

/// A null packet (PID 0x1FFF, payload of 0xFF bytes).
[[nodiscard]] Packet null_packet();

/// The frames of one message, owned.
struct Frames {
    std::vector<std::string> texts;

    /// Borrowed from `texts`.
    [[nodiscard]] std::vector<ByteView> views() const;
};

/// The headers of the specification: one packet of the stream "news", and the status after it.
[[nodiscard]] proto::BatchHeader sample_batch_header();
[[nodiscard]] proto::InfoHeader sample_info_header();

/// A host with something in each of its lists. Fractions have four digits behind the point, as on the wire.
[[nodiscard]] proto::HostFigures sample_host();

[[nodiscard]] Frames sample_batch();
[[nodiscard]] Frames sample_info();
/// The sample status with the sample host.
[[nodiscard]] Frames sample_info_with_host();

/// A message around any header: topic from kind and stream, payload of null packets.
[[nodiscard]] Frames message_of(const proto::BatchHeader& header);
[[nodiscard]] Frames message_of(const proto::InfoHeader& header);

/// A message for each state and encapsulation, extreme numbers, a merged datagram and a name that needs escaping.
[[nodiscard]] std::vector<Frames> all_samples();

/// The sample batch byte by byte, as it stands in proto/README.md.
[[nodiscard]] std::string worked_bytes();

}  // namespace muxtap::test
