#include "analyzer/es/pes_head.h"

#include <algorithm>
#include <cstring>

namespace muxtap::es {
namespace {

/// packet_start_code_prefix, stream_id and PES_packet_length.
constexpr std::size_t fixed_header = 6;
/// As far as PES_header_data_length.
constexpr std::size_t optional_header = 9;

}  // namespace

void PesHead::start(ByteView payload) noexcept {
    size_ = 0;
    take(payload);
}

void PesHead::append(ByteView payload) noexcept {
    if (size_ != 0) take(payload);
}

void PesHead::clear() noexcept {
    size_ = 0;
}

void PesHead::take(ByteView payload) noexcept {
    const std::size_t room = std::min(payload.size(), capacity - size_);
    if (room == 0) return;
    std::memcpy(buffer_.data() + size_, payload.data(), room);
    size_ += room;
}

Result<ts::PesHeader, ts::PesVerdict> PesHead::parse() const noexcept {
    return ts::PesHeader::parse(bytes());
}

ByteView PesHead::elementary() const noexcept {
    if (size_ < fixed_header || buffer_[0] != 0 || buffer_[1] != 0 || buffer_[2] != 1) return {};
    std::size_t begin = fixed_header;
    if (ts::has_optional_pes_header(buffer_[3])) {
        if (size_ < optional_header || (buffer_[6] & 0xC0U) != 0x80U) return {};
        begin = optional_header + buffer_[8];
    }
    const std::size_t length = read_u16(bytes(), 4);
    const std::size_t end = length == 0 ? size_ : std::min(size_, fixed_header + length);
    return begin < end ? bytes().subspan(begin, end - begin) : ByteView{};
}

bool PesHead::complete() const noexcept {
    if (size_ < fixed_header) return false;
    const std::size_t length = read_u16(bytes(), 4);
    return length != 0 && size_ >= fixed_header + length;
}

}  // namespace muxtap::es
