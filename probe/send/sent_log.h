#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "probe/send/datagram.h"
#include "probe/send/output_file.h"

namespace muxtap::send {

/// Writes down what has left: the packets into a file, as they were, and the faults as a list with one JSON object per
/// line. The list is always up to date, the file after `finish`.
class SentLog final : public SentSink {
public:
    struct Settings {
        std::string save_path;        ///< empty: packets are not written
        std::string fault_list_path;  ///< "-": standard output; empty: no list
        std::uint64_t seed = 1;       ///< named in each line
    };
    [[nodiscard]] static Result<SentLog> open(const Settings& settings);

    [[nodiscard]] Result<void> sent(const Datagram& datagram) override;

    /// Writes out what is buffered, and faults behind the last datagram.
    [[nodiscard]] Result<void> finish(std::span<const FaultRecord> rest);

    /// How many faults of a kind were injected.
    [[nodiscard]] std::uint64_t faults(FaultKind kind) const noexcept {
        return fault_counts_[static_cast<std::size_t>(kind)];
    }

private:
    explicit SentLog(std::uint64_t seed) : seed_(seed) {}
    [[nodiscard]] Result<void> save(ByteView packets);
    [[nodiscard]] Result<void> list(std::span<const FaultRecord> records);

    std::uint64_t seed_;
    OutputFile save_file_;
    OutputFile fault_list_;
    std::vector<std::uint8_t> save_buffer_;
    std::string lines_;
    std::uint64_t packets_ = 0;
    std::array<std::uint64_t, fault_kind_count> fault_counts_{};
};

/// One line of the list, without its end. `first_packet`: number of the datagram's first packet among those sent.
[[nodiscard]] std::string format_fault(const FaultRecord& record, std::uint64_t first_packet, std::uint64_t seed);

}  // namespace muxtap::send
