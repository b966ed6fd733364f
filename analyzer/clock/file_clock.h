#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "analyzer/clock/file_scan.h"
#include "common/base/bytes.h"
#include "common/base/clock.h"
#include "common/ts/packet_view.h"
#include "common/ts/pcr.h"

namespace muxtap::analyzer {

/// Consecutive packets of a file that are spread evenly over a time.
struct FileSegment {
    std::size_t first = 0;    ///< number of its first packet in the piece
    std::size_t packets = 0;  ///< at least 1
    bool timed = true;        ///< false: nothing is known of the time; `begin` and `end` are 0
    UnixTime begin{};         ///< of the first packet, from the start of the file
    UnixTime end{};           ///< of the packet behind the last one

    [[nodiscard]] bool operator==(const FileSegment&) const noexcept = default;
};

struct FileClockSettings {
    /// Rate of the whole file in bits per second, packets of 188 bytes, where the user knows better than its PCRs.
    std::optional<std::uint64_t> bitrate{};
    /// A file that shows no regular PCR in so many bytes of packets has none.
    std::size_t start_bytes = 64UL << 20;
    /// Packets after a PCR wait for the next one up to so many bytes; then they go out with the rate there was before,
    /// and those behind them catch up. Less than the smallest piece the caller offers; the more, the better are times
    /// where the rate is high and varies.
    std::size_t hold_bytes = 400'000;
};

/// Gives times to the packets of a file without arrival times: by the PCRs of one PID, between which the packets are
/// spread evenly (ISO/IEC 13818-1, 2.4.2.2). Time 0 is the first packet; times never go backwards.
///
/// The PID is the first whose PCRs go on regularly; when it has none for a second by the clock of another, that one
/// follows. Where PCRs jump (back, ahead by more than 1 s, or discontinuity_indicator), and behind the last one, time
/// goes on at the rate of the last second or two. What the times are does not depend on how the file is cut into
/// pieces.
class FileClock {
public:
    explicit FileClock(const FileClockSettings& settings) noexcept;

    /// Takes the next packets of the file, `stride` bytes apart, the first at 0, and appends segments for as many of
    /// them as have a time by now, in order. Returns how many that are: the next piece begins with the packet behind
    /// them. With `last` it is all of them. Unless it is, up to `hold_bytes`, at the file's start up to `start_bytes`,
    /// of the packets stay: when nothing was taken, the next piece must be longer.
    [[nodiscard]] std::size_t time(ByteView piece, std::size_t stride, bool last, std::vector<FileSegment>& out);

    /// The PID whose PCRs tell the time; empty before one is found, without any, and with a rate set.
    [[nodiscard]] std::optional<ts::Pid> reference() const noexcept { return reference_; }

private:
    static constexpr std::size_t most_candidates = 64;

    struct Candidate {
        ts::Pid pid = 0;
        bool seen = false;
        ts::Pcr last = ts::Pcr::from_ticks(0);
        unsigned good_steps = 0;
        /// Its first PCR behind the newest of the reference.
        std::uint64_t generation = 0;
        std::uint64_t since_packet = 0;
        ts::Pcr since = ts::Pcr::from_ticks(0);
    };
    /// Where and when time is exact: the newest PCR of the reference.
    struct Anchor {
        std::uint64_t packet = 0;
        std::int64_t ticks = 0;  ///< 27 MHz, from the file's start
        ts::Pcr pcr = ts::Pcr::from_ticks(0);
    };
    /// So many ticks for so many packets.
    struct Rate {
        std::int64_t ticks = 0;
        std::int64_t packets = 0;
    };
    struct Piece {
        ByteView bytes;
        std::size_t stride = ts::packet_size;
        std::size_t packets = 0;
        std::vector<FileSegment>& out;
    };

    [[nodiscard]] bool choose(const Piece& piece, bool last);
    void follow(const Piece& piece);
    void on_reference(const Piece& piece, const FoundPcr& found, std::uint64_t packet);
    void on_other(const Piece& piece, const FoundPcr& found, std::uint64_t packet);
    void note_rate(std::int64_t ticks, std::uint64_t packets) noexcept;
    [[nodiscard]] bool rate_known() const noexcept { return second_.packets + before_.packets > 0; }
    void first_interval(const Piece& piece, std::int64_t step, std::uint64_t packets);
    void move_anchor(const Piece& piece, const Anchor& to);
    void release_until(const Piece& piece, std::uint64_t packet);
    void emit_until(const Piece& piece, std::uint64_t packet, std::int64_t ticks);
    void emit_fixed(const Piece& piece);
    [[nodiscard]] Candidate* candidate(ts::Pid pid) noexcept;
    [[nodiscard]] std::int64_t at_rate(std::uint64_t packet) const noexcept;

    FileClockSettings settings_;
    std::uint64_t start_packets_;
    std::uint64_t hold_packets_;
    std::uint64_t base_ = 0;     ///< packets before the piece
    std::uint64_t scanned_ = 0;  ///< packets looked at
    std::uint64_t emitted_ = 0;  ///< packets that have a time
    std::int64_t floor_ = 0;     ///< time they have reached, in ticks
    bool untimed_ = false;
    std::optional<ts::Pid> reference_;
    std::optional<Anchor> anchor_;
    Rate second_;  ///< over the second under way, by PCR
    Rate before_;  ///< and over the one before
    std::uint64_t generation_ = 1;
    std::array<Candidate, most_candidates> candidates_{};
    std::size_t candidate_count_ = 0;
};

}  // namespace muxtap::analyzer
