#pragma once

#include <array>
#include <cstdint>

#include "common/base/bytes.h"
#include "common/base/clock.h"

namespace muxtap::scte35 {

/// Tells new splice_info_sections of one PID from repetitions, which senders add so that one gets through. Allocates
/// nothing.
///
/// A section is a repetition when its bytes were there before and not long ago: within a minute when it names a time,
/// within ten seconds when it does not, for "now" said again later is another "now". Each repetition counts from its
/// own time. The 16 newest sections are remembered.
class SpliceWatch {
public:
    enum class Verdict : std::uint8_t {
        event,       ///< new: to be read and reported
        repetition,  ///< seen before
        null,        ///< a splice_null: a sign of life, never an event
    };

    /// Judges a whole section (its CRC was right) that arrived at `now`. An encrypted section is never `null`.
    [[nodiscard]] Verdict look(ByteView section, UnixTime now) noexcept;

    [[nodiscard]] std::uint64_t nulls() const noexcept { return nulls_; }
    [[nodiscard]] std::uint64_t repetitions() const noexcept { return repetitions_; }
    [[nodiscard]] std::uint64_t events() const noexcept { return events_; }

private:
    struct Seen {
        std::uint64_t fingerprint = 0;
        UnixTime time{};
        bool used = false;
    };

    std::array<Seen, 16> seen_{};
    std::uint64_t nulls_ = 0;
    std::uint64_t repetitions_ = 0;
    std::uint64_t events_ = 0;
};

}  // namespace muxtap::scte35
