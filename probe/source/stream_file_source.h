#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/base/file_descriptor.h"
#include "common/ts/packet_view.h"
#include "probe/source/file_source.h"
#include "probe/source/pacer.h"

namespace muxtap::probe {

/// Reads a transport stream from a file or a pipe straight into the open batch; bytes are moved only where the stream
/// is damaged or has 192- or 204-byte packets. At the pace of its PCRs it is read in small pieces by way of a buffer.
class StreamFileSource : public Source {
public:
    /// `first_bytes`: what was read already to find out what the file is.
    StreamFileSource(FileDescriptor file, std::string path, FilePace pace, std::vector<std::uint8_t> first_bytes);

    Result<Poll> poll(DatagramSink& sink, std::chrono::milliseconds wait) override;
    SourceCounters counters() override;

private:
    Result<Poll> poll_fast(DatagramSink& sink, std::chrono::milliseconds wait);
    Result<Poll> poll_paced(DatagramSink& sink, std::chrono::milliseconds wait);
    /// Puts what was left over and then what can be read into `room`; the number of bytes there.
    Result<std::size_t> fill(std::span<std::uint8_t> room, std::chrono::milliseconds wait);
    void offer(DatagramSink& sink, ByteView bytes);
    void advance_clock(ByteView bytes);

    FileDescriptor file_;
    std::string path_;
    FilePace pace_;
    std::vector<std::uint8_t> rest_;  ///< read, not yet done with
    bool at_end_ = false;
    std::uint64_t reads_ = 0;

    std::vector<std::uint8_t> piece_;  ///< at the stream's pace: what waits for its time
    std::size_t piece_size_ = 0;
    Pacer pacer_;
    std::optional<ts::Pid> clock_pid_;
    std::optional<ts::Pcr> last_pcr_;
    std::chrono::nanoseconds stream_time_{0};
};

}  // namespace muxtap::probe
