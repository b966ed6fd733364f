#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "common/ts/packet_view.h"
#include "tests/support/temp_folder.h"

namespace muxtap::test {

/// PIDs that FFmpeg gives program 1 of each stream in shared/media.
inline constexpr ts::Pid media_pmt_pid = 0x1000;
inline constexpr ts::Pid media_video_pid = 0x100;
inline constexpr ts::Pid media_sound_pid = 0x101;

/// The beginning of a transport stream file.
struct StreamCut {
    ByteVector packets;
    std::size_t pictures = 0;  ///< PES packets of the video, each with one picture
    std::string codec;         ///< as in records
};

/// From the start of the file to before the video's PES packet number `pictures`. Empty when the file is not there.
[[nodiscard]] StreamCut cut_stream(const std::string& path, const std::string& codec, std::size_t pictures);

/// Full name of a shared stream, empty when it is not there. MUXTAP_SHARED names the folder of media/.
[[nodiscard]] std::string find_shared_media(const std::string& name);

/// Lays cuts end to end as one stream: continuity counters and time stamps go on, the version of the program map goes
/// up with each cut.
class Splicer {
public:
    /// The next cut, `later` ticks of 90 kHz behind the end of the one before: other than 0, the clock jumps.
    [[nodiscard]] ByteVector splice(const StreamCut& cut, std::int64_t later = 0);

private:
    void set_version(std::uint8_t* packet) const;
    void shift_times(std::uint8_t* packet);

    std::map<ts::Pid, unsigned> counters_;
    std::optional<std::int64_t> shift_;  ///< ticks added to the time stamps of the cut
    std::int64_t next_ = 0;              ///< where the next cut begins, in ticks
    unsigned version_ = 0;
};

}  // namespace muxtap::test
