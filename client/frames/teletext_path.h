#pragma once

#include <vector>

#include "analyzer/report/program_info.h"
#include "client/frames/frames_config.h"
#include "client/frames/media/receivers.h"
#include "client/frames/stream_reporter.h"
#include "client/frames/text/caption_presence.h"
#include "client/frames/text/teletext_decoder.h"

namespace muxtap::frames {

/// From the packets of one teletext stream to events. Outlives the pipelines that feed it.
class TeletextPath final : public TeletextReceiver {
public:
    TeletextPath(const FramesConfig& config, StreamReporter& reporter, std::uint16_t program,
                 const analyzer::ProgramStream& stream);

    void on_packet(ByteView pes_payload, const MediaTime& time) override;

    /// Between two pipelines, by another thread: data is missing.
    void interrupt();
    /// Nothing more comes.
    void finish();

private:
    CaptionPresence presence_;
    TeletextDecoder decoder_;
};

}  // namespace muxtap::frames
