#include "common/net/capture_file.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "common/net/pcap_reader.h"
#include "common/net/pcapng_reader.h"

namespace muxtap::net {

ByteReader::ByteReader(FileDescriptor file, std::span<const std::uint8_t> first_bytes, std::size_t buffer_bytes)
    : file_(std::move(file)),
      buffer_(std::make_unique_for_overwrite<std::uint8_t[]>(buffer_bytes)),
      capacity_(buffer_bytes),
      end_(first_bytes.size()) {
    std::copy(first_bytes.begin(), first_bytes.end(), buffer_.get());
}

Result<ByteView> ByteReader::peek(std::size_t count) {
    if (end_ - begin_ < count && !at_end_) {
        if (count > capacity_) {
            auto larger = std::make_unique_for_overwrite<std::uint8_t[]>(count);
            std::memcpy(larger.get(), buffer_.get() + begin_, end_ - begin_);
            buffer_ = std::move(larger);
            capacity_ = count;
        } else {
            std::memmove(buffer_.get(), buffer_.get() + begin_, end_ - begin_);
        }
        end_ -= begin_;
        begin_ = 0;
        while (end_ < count) {
            const ssize_t got = ::read(file_.get(), buffer_.get() + end_, capacity_ - end_);
            if (got < 0 && errno == EINTR) continue;
            if (got < 0) return fail_os("cannot read", errno);
            if (got == 0) {
                at_end_ = true;
                break;
            }
            end_ += static_cast<std::size_t>(got);
        }
    }
    return ByteView{buffer_.get() + begin_, end_ - begin_};
}

void ByteReader::skip(std::size_t count) noexcept {
    begin_ += count;
    offset_ += count;
}

Result<bool> ByteReader::discard(std::uint64_t count) {
    while (count > 0) {
        const auto bytes = peek(1);
        if (!bytes) return tl::unexpected<Error>(bytes.error());
        if (bytes->empty()) return false;
        const std::size_t step = count < bytes->size() ? static_cast<std::size_t>(count) : bytes->size();
        skip(step);
        count -= step;
    }
    return true;
}

FileKind file_kind(ByteView first_bytes) noexcept {
    if (first_bytes.size() >= 2 && first_bytes[0] == 0x1F && first_bytes[1] == 0x8B) return FileKind::gzip;
    if (first_bytes.size() < 4) return FileKind::other;
    switch (read_u32(first_bytes, 0)) {
        case 0xA1B2C3D4:
        case 0xD4C3B2A1:
        case 0xA1B23C4D:
        case 0x4D3CB2A1: return FileKind::pcap;
        case 0x0A0D0D0A: return FileKind::pcapng;
        default: return FileKind::other;
    }
}

Result<std::unique_ptr<CaptureFile>> open_capture_file(FileKind kind, ByteReader reader) {
    if (kind == FileKind::pcap) return PcapReader::open(std::move(reader));
    return std::unique_ptr<CaptureFile>(std::make_unique<PcapngReader>(std::move(reader)));
}

}  // namespace muxtap::net
