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

std::size_t PesHead::payload_begin() const noexcept {
    if (size_ < fixed_header || buffer_[0] != 0 || buffer_[1] != 0 || buffer_[2] != 1) return 0;
    if (!ts::has_optional_pes_header(buffer_[3])) return fixed_header;
    if (size_ < optional_header || (buffer_[6] & 0xC0U) != 0x80U) return 0;
    return optional_header + buffer_[8];
}

std::size_t PesHead::packet_end(std::size_t begin) const noexcept {
    const std::size_t length = read_u16(bytes(), 4);
    return fixed_header + length < begin || length == 0 ? SIZE_MAX : fixed_header + length;
}

ByteView PesHead::elementary() const noexcept {
    const std::size_t begin = payload_begin();
    if (begin == 0) return {};
    const std::size_t end = std::min(size_, packet_end(begin));
    return begin < end ? bytes().subspan(begin, end - begin) : ByteView{};
}

bool PesHead::complete() const noexcept {
    const std::size_t begin = payload_begin();
    return begin != 0 && size_ >= packet_end(begin);
}

}  // namespace muxtap::es
