#pragma once

#include "probe/send/datagram.h"
#include "probe/send/pcr_schedule.h"
#include "probe/send/ts_file.h"

namespace muxtap::send {

/// Plays a file, once or more often, as datagrams.
class Playout final : public DatagramSource {
public:
    struct Settings {
        std::uint64_t loops = 1;  ///< 0: for ever
        std::size_t packets_per_datagram = 7;
    };
    /// File and schedule are borrowed for the playout's life.
    Playout(const TsFile& file, const PcrSchedule& schedule, const Settings& settings);

    [[nodiscard]] bool next(Datagram& datagram) override;
    void sent(const Datagram& datagram) override;

private:
    const TsFile& file_;
    const PcrSchedule& schedule_;
    ScheduleCursor cursor_;
    Settings settings_;
    std::uint64_t loop_ = 0;
    std::size_t index_ = 0;
    std::uint64_t datagrams_ = 0;
};

}  // namespace muxtap::send
