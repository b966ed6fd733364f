#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace muxtap::test {

/// Writes bit fields front to back, most significant bit first: headers by hand.
class BitWriter {
public:
    BitWriter& u(unsigned count, std::uint64_t value) {
        for (unsigned i = count; i-- > 0;) bit((value >> i & 1U) != 0);
        return *this;
    }
    BitWriter& flag(bool value) {
        bit(value);
        return *this;
    }
    /// Exp-Golomb code (ITU-T H.264, 9.1).
    BitWriter& ue(std::uint64_t value) {
        unsigned bits = 0;
        while (value + 1 >= std::uint64_t{2} << bits) ++bits;
        return u(bits, 0).u(bits + 1, value + 1);
    }
    BitWriter& se(std::int64_t value) { return ue(static_cast<std::uint64_t>(value > 0 ? value * 2 - 1 : -value * 2)); }
    /// rbsp_trailing_bits: a one and zeros up to the next byte.
    BitWriter& trailing() {
        bit(true);
        return align();
    }
    BitWriter& align() {
        used_ = 0;
        return *this;
    }
    [[nodiscard]] const std::vector<std::uint8_t>& bytes() const { return bytes_; }

private:
    void bit(bool value) {
        if (used_ == 0) bytes_.push_back(0);
        if (value) bytes_.back() = static_cast<std::uint8_t>(bytes_.back() | 0x80U >> used_);
        used_ = (used_ + 1) % 8;
    }

    std::vector<std::uint8_t> bytes_;
    unsigned used_ = 0;
};

/// Bytes written as hexadecimal digits; blanks do not count.
[[nodiscard]] inline std::vector<std::uint8_t> from_hex(std::string_view text) {
    BitWriter writer;
    for (const char digit : text) {
        if (digit == ' ') continue;
        writer.u(4, static_cast<unsigned>(digit <= '9' ? digit - '0' : digit - 'a' + 10));
    }
    return writer.bytes();
}

/// With emulation_prevention_three_byte where it must be (ITU-T H.264, 7.4.1).
[[nodiscard]] inline std::vector<std::uint8_t> escaped(const std::vector<std::uint8_t>& rbsp) {
    std::vector<std::uint8_t> bytes;
    unsigned zeros = 0;
    for (const std::uint8_t byte : rbsp) {
        if (zeros >= 2 && byte <= 3) {
            bytes.push_back(3);
            zeros = 0;
        }
        zeros = byte == 0 ? zeros + 1 : 0;
        bytes.push_back(byte);
    }
    return bytes;
}

}  // namespace muxtap::test
