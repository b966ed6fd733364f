#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "common/base/bytes.h"

namespace muxtap::test {

/// What a made-up page header says.
struct PageHeader {
    unsigned page = 888;
    unsigned subcode = 0;
    bool erase = true;
    bool subtitle = true;
    bool newsflash = false;
    bool inhibit_display = false;
    bool serial = false;
    unsigned national_option = 0;  ///< C12 C13 C14, C12 its highest bit
};

/// Writes teletext packets (EN 300 706) into the payload of one PES packet (EN 300 472), independently of libzvbi.
class TeletextMaker {
public:
    TeletextMaker& header(const PageHeader& header);
    /// The header of page FF, which ends a page of the magazine.
    TeletextMaker& no_page(unsigned magazine, bool serial = false);
    /// `text`: codes 00 to 7F.
    TeletextMaker& row(unsigned magazine, unsigned row, std::string_view text);
    /// X/26/0: a character of mode 10 to 1F (G0 with the diacritical mark of that number) or 0F (G2) at a place.
    TeletextMaker& enhance(unsigned magazine, unsigned row, unsigned column, unsigned mode, unsigned character);
    /// X/28/0 format 1 or M/29/0: the code of the default character set (EN 300 706, table 32).
    TeletextMaker& character_set(unsigned magazine, unsigned packet, unsigned code);

    /// Turns a bit of the last packet: byte 0 is the first behind the framing code.
    TeletextMaker& flip(std::size_t byte, unsigned bit);
    /// Makes the last data unit another one: its data_unit_id and framing code.
    TeletextMaker& last_unit(std::uint8_t id, std::uint8_t framing_code);

    /// data_identifier and the data units.
    [[nodiscard]] std::vector<std::uint8_t> payload() const;

private:
    using Unit = std::array<std::uint8_t, 46>;
    void add(unsigned magazine, unsigned number, const std::array<std::uint8_t, 40>& data);
    void add_triplets(unsigned magazine, unsigned number, unsigned designation,
                      const std::vector<std::uint32_t>& triplets);

    std::vector<Unit> units_;
};

}  // namespace muxtap::test
