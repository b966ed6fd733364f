#include "analyzer/psi/section_assembler.h"

#include <algorithm>

#include "analyzer/psi/crc32.h"

namespace muxtap::psi {

namespace {

/// Length of the section whose header begins `bytes`, header included. The caller has checked for three bytes.
std::size_t size_of_section(ByteView bytes) noexcept {
    return Section::short_header + (read_u16(bytes, 1) & 0x0FFFU);
}

/// Tables that always have section_syntax_indicator set. Without it they have neither version nor CRC, and are not
/// what their table_id says.
bool needs_long_header(std::uint8_t id) noexcept {
    return id <= table::tsdt || id == table::nit_actual || id == table::nit_other || id == table::sdt_actual ||
           id == table::sdt_other || id == table::bat || (id >= table::eit_pf_actual && id <= table::eit_last) ||
           (id >= table::mgt && id <= table::stt);
}

}  // namespace

std::size_t longest_section_length(std::uint8_t id) noexcept {
    if (id <= table::tsdt || id == table::nit_actual || id == table::nit_other || id == table::sdt_actual ||
        id == table::sdt_other || id == table::bat || id == table::tdt || id == table::rst || id == table::tot)
        return 1021;
    return 4093;
}

void SectionAssembler::interrupt() noexcept {
    if (filled_ > 0) ++damage_.interrupted;
    filled_ = 0;
}

void SectionAssembler::begin(ByteView payload, bool payload_unit_start_indicator, SectionTiming now) noexcept {
    now_ = now;
    pointed_at_ = payload_unit_start_indicator;
    running_part_ = payload;
    started_part_ = {};
    if (!payload_unit_start_indicator || payload.empty()) return;
    const std::size_t start = std::size_t{1} + payload[0];
    if (start >= payload.size()) {
        ++damage_.bad_pointer;
        interrupt();
        running_part_ = {};
        return;
    }
    running_part_ = payload.subspan(1, start - 1);
    started_part_ = payload.subspan(start);
}

std::optional<Section> SectionAssembler::next() noexcept {
    if (filled_ > 0 && !running_part_.empty()) {
        if (const auto section = finish_running()) return section;
    }
    running_part_ = {};
    if (!started_part_.empty()) {
        // What the bytes before the pointer did not finish never will be.
        interrupt();
        while (!started_part_.empty())
            if (const auto section = take_started()) return section;
    }
    return std::nullopt;
}

std::optional<Section> SectionAssembler::finish_running() noexcept {
    if (filled_ < Section::short_header) {
        keep(running_part_.first(std::min(Section::short_header - filled_, running_part_.size())));
        if (filled_ < Section::short_header) return std::nullopt;
        if (!header_is_sound(ByteView(buffer_).first(filled_))) {
            filled_ = 0;
            return std::nullopt;
        }
    }
    const std::size_t size = size_of_section(buffer_);
    keep(running_part_.first(std::min(size - filled_, running_part_.size())));
    if (filled_ < size) return std::nullopt;
    // A section begins at the pointer and nowhere else; behind the last one there is only stuffing.
    if (!running_part_.empty() && (pointed_at_ || running_part_[0] != table::forbidden)) ++damage_.bad_pointer;
    running_part_ = {};
    filled_ = 0;
    return judged(ByteView(buffer_).first(size), first_);
}

std::optional<Section> SectionAssembler::take_started() noexcept {
    const ByteView bytes = started_part_;
    if (bytes[0] == table::forbidden) {
        started_part_ = {};
        return std::nullopt;
    }
    const bool known = bytes.size() >= Section::short_header;
    if (known && !header_is_sound(bytes)) {
        started_part_ = {};
        return std::nullopt;
    }
    const std::size_t size = known ? size_of_section(bytes) : 0;
    if (!known || size > bytes.size()) {
        started_part_ = {};
        first_ = now_;
        std::copy(bytes.begin(), bytes.end(), buffer_.begin());
        filled_ = bytes.size();
        return std::nullopt;
    }
    started_part_ = bytes.subspan(size);
    return judged(bytes.first(size), now_);
}

bool SectionAssembler::header_is_sound(ByteView bytes) noexcept {
    const std::size_t section_length = read_u16(bytes, 1) & 0x0FFFU;
    if (section_length > longest_section_length(bytes[0])) {
        ++damage_.too_long;
        return false;
    }
    const bool long_header = (bytes[1] & 0x80U) != 0;
    const std::size_t least = Section::long_header + Section::crc_size - Section::short_header;
    if (long_header ? section_length < least : needs_long_header(bytes[0])) {
        ++damage_.malformed;
        return false;
    }
    return true;
}

std::optional<Section> SectionAssembler::judged(ByteView bytes, SectionTiming first) noexcept {
    const Section section(bytes, SectionVerdict::ok, first, now_);
    if (!section.has_crc() || crc32(bytes) == 0) return section;
    ++damage_.crc;
    return Section(bytes, SectionVerdict::crc_wrong, first, now_);
}

void SectionAssembler::keep(ByteView bytes) noexcept {
    std::copy(bytes.begin(), bytes.end(), buffer_.begin() + static_cast<std::ptrdiff_t>(filled_));
    filled_ += bytes.size();
    running_part_ = running_part_.subspan(bytes.size());
}

}  // namespace muxtap::psi
