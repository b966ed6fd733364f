#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "common/base/bytes.h"

namespace muxtap::es {

/// Offset of the first start code prefix 00 00 01 at or behind `from`; `bytes.size()` when there is none whole.
[[nodiscard]] inline std::size_t find_start_code(ByteView bytes, std::size_t from) noexcept {
    const std::uint8_t* const data = bytes.data();
    const std::size_t size = bytes.size();
    // `at` is where the 01 would be. A byte that is neither 0 nor 1 rules out three positions at once.
    for (std::size_t at = from + 2; at < size;) {
        if (data[at] == 1 && data[at - 1] == 0 && data[at - 2] == 0) return at - 2;
        at += data[at] == 0 ? 1 : 3;
    }
    return size;
}

/// Without the zero bytes at the end: trailing_zero_8bits, and the zero_byte of the start code behind.
[[nodiscard]] inline ByteView without_trailing_zeros(ByteView unit) noexcept {
    std::size_t size = unit.size();
    while (size > 0 && unit[size - 1] == 0) --size;
    return unit.first(size);
}

/// Takes the emulation_prevention_three_byte out (ITU-T H.264, 7.3.1; ITU-T H.265, 7.3.1.1). Where there is none the
/// result is `payload` itself, else it lies in `buffer`, cut off where that is full.
[[nodiscard]] inline ByteView unescaped(ByteView payload, std::span<std::uint8_t> buffer) noexcept {
    std::size_t in = 0;
    while (in + 2 < payload.size()) {
        if (payload[in + 2] > 3) {
            in += 3;
        } else if (payload[in + 2] == 3 && payload[in] == 0 && payload[in + 1] == 0) {
            break;
        } else {
            ++in;
        }
    }
    if (in + 2 >= payload.size()) return payload;
    std::size_t out = std::min(in + 2, buffer.size());
    std::copy_n(payload.begin(), out, buffer.begin());
    unsigned zeros = 0;
    for (in += 3; in < payload.size() && out < buffer.size(); ++in) {
        const std::uint8_t byte = payload[in];
        if (byte == 3 && zeros >= 2) {
            zeros = 0;
            continue;
        }
        zeros = byte == 0 ? zeros + 1 : 0;
        buffer[out++] = byte;
    }
    return buffer.first(out);
}

/// Whether an access unit's head has been looked at as far as it is of use.
enum class Wants : std::uint8_t { more, enough };

/// What is to be done with the unit behind a start code.
enum class UnitUse : std::uint8_t {
    skip,   ///< of no interest
    whole,  ///< to be read, as soon as its end has been seen
    start,  ///< its first bytes are of interest, and it is the last one looked at
};

/// How much of a unit is needed, in bytes behind the start code.
struct UnitSizes {
    std::size_t header = 1;  ///< to tell its use
    std::size_t start = 1;   ///< of one whose start is of interest
};

/// Goes through the units between start codes of a head that grows from call to call. Units are handed over once.
class UnitWalker {
public:
    /// A new access unit.
    void restart() noexcept { *this = {}; }

    /// `bytes` starts as in the call before and may go on further. `use(header)` says what to do with a unit, and
    /// `read(unit, offset)` gets those of use: from behind the start code, which lies at `offset`, to the next one. A
    /// unit whose start is of interest ends the walk. With `last` no more will come, and what there is must do. `read`
    /// may change `sizes`.
    template <typename Use, typename Read>
    Wants walk(ByteView bytes, bool last, const UnitSizes& sizes, Use&& use, Read&& read) {
        constexpr std::size_t prefix = 3;
        for (;;) {
            const std::size_t code = find_start_code(bytes, resume_);
            const std::size_t begin = code + prefix;
            if (begin + sizes.header > bytes.size()) {
                // The last two bytes may be the beginning of a start code.
                resume_ = std::max(resume_, std::min(code, bytes.size() < 2 ? 0 : bytes.size() - 2));
                return last ? Wants::enough : Wants::more;
            }
            const UnitUse wanted = use(bytes.subspan(begin, sizes.header));
            if (wanted == UnitUse::skip) {
                resume_ = begin;
                continue;
            }
            resume_ = code;
            if (wanted == UnitUse::start) {
                if (bytes.size() < begin + sizes.start && !last) return Wants::more;
                read(bytes.subspan(begin, std::min(sizes.start, bytes.size() - begin)), code);
                return Wants::enough;
            }
            const std::size_t end = find_start_code(bytes, std::max(begin, searched_));
            if (end == bytes.size() && !last) {
                searched_ = std::max(begin, end - 2);
                return Wants::more;
            }
            read(without_trailing_zeros(bytes.subspan(begin, end - begin)), code);
            resume_ = end;
        }
    }

private:
    std::size_t resume_ = 0;    ///< all before it has been dealt with
    std::size_t searched_ = 0;  ///< no start code begins between the one at `resume_` and here
};

}  // namespace muxtap::es
