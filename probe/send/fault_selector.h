#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/ts/packet_view.h"

namespace muxtap::send {

/// Which packets or datagrams a fault hits: exactly one of rate, every and at is given.
struct FaultSpec {
    std::optional<double> rate;          ///< probability, 0 to 1
    std::optional<std::uint64_t> every;  ///< each N-th: N-1, 2N-1, ...
    std::vector<std::uint64_t> at;       ///< these, from 0, rising
    std::optional<ts::Pid> pid;          ///< only packets of this PID; the numbers then count these alone
    std::optional<std::uint64_t> count;  ///< at most so many

    /// From "0.001", "every=100" or "at=3,17", with ";pid=256" and ";count=5" behind it.
    [[nodiscard]] static Result<FaultSpec> parse(std::string_view text);
};

/// Decides, packet after packet, by a fault's specification. The same seed gives the same decisions.
class FaultSelector {
public:
    FaultSelector(FaultSpec spec, std::uint64_t seed) : spec_(std::move(spec)), random_(seed) {}

    /// Whether the next one is hit. For datagrams no PID is given.
    [[nodiscard]] bool next(std::optional<ts::Pid> pid = std::nullopt);

private:
    [[nodiscard]] bool matches(std::uint64_t number);

    FaultSpec spec_;
    std::mt19937_64 random_;
    std::uint64_t seen_ = 0;
    std::uint64_t hits_ = 0;
    std::size_t next_at_ = 0;
};

}  // namespace muxtap::send
