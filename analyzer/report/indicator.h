#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "common/base/clock.h"
#include "common/ts/packet_view.h"

namespace muxtap::analyzer {

/// The indicators of TR 101 290, clause 5.2, in its order, by their JSON names.
enum class IndicatorId : std::uint8_t {
    ts_sync_loss,
    sync_byte_error,
    pat_error,
    pat_error_2,
    continuity_count_error,
    pmt_error,
    pmt_error_2,
    pid_error,
    transport_error,
    crc_error,
    pcr_error,
    pcr_repetition_error,
    pcr_discontinuity_indicator_error,
    pcr_accuracy_error,
    pts_error,
    cat_error,
    nit_error,
    nit_actual_error,
    nit_other_error,
    si_repetition_error,
    buffer_error,
    unreferenced_pid,
    unreferenced_pid_a,
    sdt_error,
    sdt_actual_error,
    sdt_other_error,
    eit_error,
    eit_actual_error,
    eit_other_error,
    eit_pf_error,
    rst_error,
    tdt_error,
    empty_buffer_error,
    data_delay_error,
};
inline constexpr std::size_t indicator_count = 34;

enum class IndicatorState : std::uint8_t {
    ok,
    error,           ///< wrong now, or within the last second
    not_applicable,  ///< the stream has nothing it could be about
    not_measured,    ///< what it takes to judge is not known
};

struct IndicatorPid {
    ts::Pid pid = 0;
    std::uint64_t count = 0;

    [[nodiscard]] bool operator==(const IndicatorPid&) const noexcept = default;
};

/// One indicator. Cumulative, but for the state.
struct Indicator {
    IndicatorId id{};
    IndicatorState state = IndicatorState::not_measured;
    std::uint64_t count = 0;         ///< findings against the stream
    std::uint64_t capture_loss = 0;  ///< findings in the shadow of a capture loss or of lost sync, not in `count`
    std::optional<UnixTime> first;   ///< of `count`; of a file its time from the start
    std::optional<UnixTime> last;
    std::optional<std::uint64_t> first_packet;  ///< number of the packet that brought the first finding, from 0
    std::vector<IndicatorPid> pids;             ///< most findings first; at most 32
    bool more_pids = false;                     ///< there were more than are listed

    [[nodiscard]] bool operator==(const Indicator&) const noexcept = default;
};

using Indicators = std::array<Indicator, indicator_count>;

/// 1, 2 or 3.
[[nodiscard]] unsigned priority_of(IndicatorId id) noexcept;
/// "1.3.a".
[[nodiscard]] const char* number_of(IndicatorId id) noexcept;
/// "pat_error_2": as in JSON.
[[nodiscard]] const char* key_name(IndicatorId id) noexcept;
/// "PAT_error_2": as TR 101 290 writes it.
[[nodiscard]] const char* display_name(IndicatorId id) noexcept;
[[nodiscard]] const char* key_name(IndicatorState state) noexcept;

}  // namespace muxtap::analyzer
