#pragma once

#include "common/net/capture_file.h"

namespace muxtap::net {

/// Reads .pcap files (draft-ietf-opsawg-pcap): microsecond and nanosecond stamps, both byte orders.
class PcapReader : public CaptureFile {
public:
    [[nodiscard]] static Result<std::unique_ptr<CaptureFile>> open(ByteReader reader);

    [[nodiscard]] Result<std::optional<Frame>> next() override;

    struct Format {
        bool swapped = false;      ///< the file's byte order is not this machine's
        bool nanoseconds = false;  ///< else microseconds
        LinkType link_type = LinkType::ethernet;
    };
    PcapReader(ByteReader reader, Format format);

private:
    ByteReader reader_;
    Format format_;
    std::size_t consumed_ = 0;  ///< size of the record lent out, skipped at the next call
};

}  // namespace muxtap::net
