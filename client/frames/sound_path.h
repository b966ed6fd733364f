#pragma once

#include <string>

#include "analyzer/report/program_info.h"
#include "client/frames/frames_config.h"
#include "client/frames/media/receivers.h"
#include "client/frames/stream_reporter.h"

namespace muxtap::frames {

/// From the sound of one audio stream to records and events. Outlives the pipelines that feed it.
class SoundPath final : public SoundReceiver {
public:
    SoundPath(const FramesConfig& config, StreamReporter& reporter, std::uint16_t program,
              const analyzer::ProgramStream& stream);

    void on_access_unit(const AccessUnit& unit) override;
    void on_sound(const SoundFormat& format, const SoundBlock& block) override;

    /// What is said of the stream now; between two branches that feed it.
    void set_stream(const analyzer::ProgramStream& stream) { stream_ = stream; }
    /// Nothing more comes.
    void finish();

private:
    void report(const SoundFacts& facts);

    StreamReporter& reporter_;
    std::uint16_t program_;
    analyzer::ProgramStream stream_;
    SoundMeter meter_;
};

}  // namespace muxtap::frames
