#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/ts/packet_view.h"
#include "common/ts/timestamp.h"

namespace muxtap::test {

/// A PES packet of a file.
struct FilePes {
    ts::Timestamp pts;
    std::uint64_t packet = 0;  ///< number of its first transport packet
    std::vector<std::uint8_t> payload;
};

/// The PES packets of a PID in a file of packets of 188 bytes, those with a PTS.
[[nodiscard]] std::vector<FilePes> read_pes(const std::string& path, ts::Pid pid);

/// cc_data of H.264 pictures, one a PES packet, in the order in which they are shown: `payload` is the triplets.
[[nodiscard]] std::vector<FilePes> closed_captions(const std::vector<FilePes>& h264);

/// A text in an SRT file, without marks of style.
struct SrtText {
    std::int64_t begin_ms = 0;
    std::int64_t end_ms = 0;
    std::string content;
};

/// What `ffmpeg ARGUMENTS OUTPUT.srt` makes in `folder`; empty where it failed.
[[nodiscard]] std::vector<SrtText> ffmpeg_texts(const std::string& folder, const std::string& arguments);

/// The file with a packet of `pcr_pid` before each PES packet of `pid` that has a PTS, with that as its PCR.
[[nodiscard]] std::vector<std::uint8_t> with_pcrs(const std::string& path, ts::Pid pid, ts::Pid pcr_pid);

/// Full name of a shared stream, such as media/teletext888.ts; empty, and said loudly, where it is not there.
[[nodiscard]] std::string shared_stream(const std::string& name);

}  // namespace muxtap::test
