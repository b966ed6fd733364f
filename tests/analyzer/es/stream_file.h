#pragma once

#include <string>
#include <vector>

#include "analyzer/es/pes_head.h"
#include "analyzer/es/video_stream.h"
#include "common/ts/packet_view.h"
#include "tests/support/temp_folder.h"

namespace muxtap::test {

/// Gives a video stream what the packets of one PID bring.
class VideoFeeder {
public:
    explicit VideoFeeder(analyzer::Codec codec) : stream(codec) {}

    void packet(const ts::PacketView& packet);
    /// The end of the stream: the last picture counts, too.
    void finish() { end_picture(); }

    es::VideoStream stream;

private:
    void look(bool last);
    void end_picture();

    es::PesHead head_;
    bool open_ = false;
    bool enough_ = false;
    bool random_access_ = false;
};

/// The video of one PID in a transport stream file of 188, 192 or 204 bytes a packet.
[[nodiscard]] es::VideoStream watch_video(const ByteVector& file, ts::Pid pid, analyzer::Codec codec);

}  // namespace muxtap::test
