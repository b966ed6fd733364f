#pragma once

#include <cstdint>

#include "common/base/bytes.h"
#include "common/base/clock.h"

namespace muxtap::psi {

/// Where in the stream a byte came: its time and how many packets of the stream came before it.
struct SectionTiming {
    UnixTime time{};
    std::uint64_t packet = 0;

    [[nodiscard]] bool operator==(const SectionTiming&) const noexcept = default;
};

enum class SectionVerdict : std::uint8_t {
    ok,         ///< whole, and its CRC-32, where it has one, is right
    crc_wrong,  ///< whole by its length; nothing in it can be trusted
};

/// Table identifiers (ISO/IEC 13818-1, table 2-31; EN 300 468, table 2; ATSC A/65, table 4.1; ANSI/SCTE 35, 9.6).
namespace table {
inline constexpr std::uint8_t pat = 0x00;
inline constexpr std::uint8_t cat = 0x01;
inline constexpr std::uint8_t pmt = 0x02;
inline constexpr std::uint8_t tsdt = 0x03;
inline constexpr std::uint8_t nit_actual = 0x40;
inline constexpr std::uint8_t nit_other = 0x41;
inline constexpr std::uint8_t sdt_actual = 0x42;
inline constexpr std::uint8_t sdt_other = 0x46;
inline constexpr std::uint8_t bat = 0x4A;
inline constexpr std::uint8_t eit_pf_actual = 0x4E;
inline constexpr std::uint8_t eit_pf_other = 0x4F;
inline constexpr std::uint8_t eit_schedule_first = 0x50;
inline constexpr std::uint8_t eit_last = 0x6F;
inline constexpr std::uint8_t tdt = 0x70;
inline constexpr std::uint8_t rst = 0x71;
inline constexpr std::uint8_t stuffing = 0x72;
inline constexpr std::uint8_t tot = 0x73;
inline constexpr std::uint8_t dit = 0x7E;
inline constexpr std::uint8_t sit = 0x7F;
inline constexpr std::uint8_t mgt = 0xC7;
inline constexpr std::uint8_t tvct = 0xC8;
inline constexpr std::uint8_t cvct = 0xC9;
inline constexpr std::uint8_t rrt = 0xCA;
inline constexpr std::uint8_t atsc_eit = 0xCB;
inline constexpr std::uint8_t ett = 0xCC;
inline constexpr std::uint8_t stt = 0xCD;
inline constexpr std::uint8_t splice_info = 0xFC;
inline constexpr std::uint8_t forbidden = 0xFF;  ///< stuffing behind the last section of a packet
}  // namespace table

/// Borrowed view of one whole section (ISO/IEC 13818-1, 2.4.4); valid only during the call it was handed to.
class Section {
public:
    static constexpr std::size_t short_header = 3;
    static constexpr std::size_t long_header = 8;
    static constexpr std::size_t crc_size = 4;
    static constexpr std::size_t longest = 4096;

    /// `bytes` is as long as its section_length says, and at least 12 bytes where section_syntax_indicator is set:
    /// SectionAssembler makes sure of it.
    Section(ByteView bytes, SectionVerdict verdict, SectionTiming first, SectionTiming last) noexcept
        : bytes_(bytes), first_(first), last_(last), verdict_(verdict) {}

    [[nodiscard]] ByteView bytes() const noexcept { return bytes_; }
    [[nodiscard]] SectionVerdict verdict() const noexcept { return verdict_; }
    /// Of the packets with the first and with the last byte.
    [[nodiscard]] SectionTiming first() const noexcept { return first_; }
    [[nodiscard]] SectionTiming last() const noexcept { return last_; }

    [[nodiscard]] std::uint8_t table_id() const noexcept { return bytes_[0]; }
    [[nodiscard]] bool section_syntax_indicator() const noexcept { return (bytes_[1] & 0x80U) != 0; }
    [[nodiscard]] bool private_indicator() const noexcept { return (bytes_[1] & 0x40U) != 0; }
    [[nodiscard]] std::size_t section_length() const noexcept { return bytes_.size() - short_header; }

    /// These five only where section_syntax_indicator is set.
    [[nodiscard]] std::uint16_t table_id_extension() const noexcept { return read_u16(bytes_, 3); }
    [[nodiscard]] std::uint8_t version_number() const noexcept {
        return static_cast<std::uint8_t>(bytes_[5] >> 1 & 0x1FU);
    }
    [[nodiscard]] bool current_next_indicator() const noexcept { return (bytes_[5] & 1U) != 0; }
    [[nodiscard]] std::uint8_t section_number() const noexcept { return bytes_[6]; }
    [[nodiscard]] std::uint8_t last_section_number() const noexcept { return bytes_[7]; }

    /// Whether it ends in a CRC-32: sections with section_syntax_indicator but for the stuffing table, TOT (EN 300 468,
    /// 5.2.6) and splice_info_section (ANSI/SCTE 35, 9.6).
    [[nodiscard]] bool has_crc() const noexcept {
        const std::uint8_t id = table_id();
        if (id == table::tot || id == table::splice_info) return bytes_.size() >= short_header + crc_size;
        return section_syntax_indicator() && id != table::stuffing;
    }
    /// Its last four bytes; 0 without CRC.
    [[nodiscard]] std::uint32_t crc() const noexcept { return has_crc() ? read_u32(bytes_, bytes_.size() - 4) : 0; }

    /// What is between header and CRC.
    [[nodiscard]] ByteView body() const noexcept {
        const std::size_t begin = section_syntax_indicator() ? long_header : short_header;
        return bytes_.subspan(begin, bytes_.size() - begin - (has_crc() ? crc_size : 0));
    }

private:
    ByteView bytes_;
    SectionTiming first_;
    SectionTiming last_;
    SectionVerdict verdict_;
};

}  // namespace muxtap::psi
