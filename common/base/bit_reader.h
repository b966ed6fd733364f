#pragma once

#include <cstdint>

#include "common/base/bytes.h"

namespace muxtap {

/// Reads bit fields front to back, most significant bit first. Reading past the end gives zeros and makes `exhausted`
/// true: check it once after a header instead of before each field.
class BitReader {
public:
    explicit BitReader(ByteView bytes) noexcept : bytes_(bytes) {}

    /// The next `count` bits, at most 64.
    [[nodiscard]] std::uint64_t read(unsigned count) noexcept {
        std::uint64_t value = 0;
        while (count > 0) {
            const std::size_t byte = position_ >> 3;
            if (byte >= bytes_.size()) {
                exhausted_ = true;
                return value << count;
            }
            const auto left = static_cast<unsigned>(8 - (position_ & 7U));
            const unsigned take = count < left ? count : left;
            value = value << take | (static_cast<unsigned>(bytes_[byte]) >> (left - take) & ((1U << take) - 1U));
            position_ += take;
            count -= take;
        }
        return value;
    }
    [[nodiscard]] unsigned u(unsigned count) noexcept { return static_cast<unsigned>(read(count)); }
    [[nodiscard]] bool flag() noexcept { return read(1) != 0; }
    void skip(std::size_t count) noexcept {
        position_ += count;
        if (position_ > bytes_.size() * 8) exhausted_ = true;
    }

    /// Exp-Golomb codes ue(v) and se(v) of H.264 and HEVC (ITU-T H.264, 9.1); codes over 32 bits exhaust the reader.
    [[nodiscard]] std::uint32_t ue() noexcept {
        unsigned zeros = 0;
        while (!exhausted_ && !flag()) {
            if (++zeros > 32) {
                exhausted_ = true;
                return 0;
            }
        }
        if (exhausted_) return 0;
        return static_cast<std::uint32_t>((std::uint64_t{1} << zeros) - 1 + read(zeros));
    }
    [[nodiscard]] std::int32_t se() noexcept {
        const std::uint32_t code = ue();
        const auto half = static_cast<std::int64_t>((std::uint64_t{code} + 1) / 2);
        return static_cast<std::int32_t>((code & 1U) != 0 ? half : -half);
    }

    /// Whether something was read that is not there.
    [[nodiscard]] bool exhausted() const noexcept { return exhausted_; }
    [[nodiscard]] std::size_t bits_left() const noexcept {
        return position_ >= bytes_.size() * 8 ? 0 : bytes_.size() * 8 - position_;
    }
    [[nodiscard]] std::size_t bit_position() const noexcept { return position_; }

private:
    ByteView bytes_;
    std::size_t position_ = 0;
    bool exhausted_ = false;
};

}  // namespace muxtap
