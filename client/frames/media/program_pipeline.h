#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "client/frames/frames_config.h"
#include "client/frames/media/receivers.h"
#include "client/frames/streams/pes_times.h"
#include "common/app/log.h"
#include "common/base/bytes.h"

namespace muxtap::frames {

/// Starts GStreamer. The error names a plugin without which nothing works, and its Debian package.
[[nodiscard]] Result<void> start_gstreamer(const DecodingOptions& options);

/// Demultiplexes and decodes one program with GStreamer:
/// appsrc, tsdemux, and for each stream queue, parser, decoder, appsink. Streams that come, go or change are followed.
/// It makes no records: receivers are called from its threads. Its methods are called by one thread.
class ProgramPipeline {
public:
    /// `lossless`: nothing is skipped when decoding is slow. The options, `receivers` and `times` outlive it.
    [[nodiscard]] static Result<std::unique_ptr<ProgramPipeline>> start(std::uint16_t program,
                                                                        const DecodingOptions& options, bool lossless,
                                                                        ReceiverSource& receivers,
                                                                        const PesTimes& times);
    /// Stops it; what waits in it is lost.
    ~ProgramPipeline();
    ProgramPipeline(const ProgramPipeline&) = delete;
    ProgramPipeline& operator=(const ProgramPipeline&) = delete;

    /// Takes whole packets without copying them; `owner` keeps them alive. Never waits. False: there is no room, they
    /// are left out. `discontinuity`: packets are missing before them.
    [[nodiscard]] bool push(std::shared_ptr<const void> owner, ByteView packets, bool discontinuity);

    /// Nothing more will come: what waits is decoded.
    void end();
    /// What was pushed before `end` has been decoded.
    [[nodiscard]] bool ended() const;

    /// Takes away what has ended. To be called some times a second. An error that stopped the pipeline, once.
    [[nodiscard]] std::optional<std::string> poll();

    /// Pictures and blocks of sound so far, and what need not be decoded: when it stands still while data goes in,
    /// something is stuck.
    [[nodiscard]] std::uint64_t produced() const;
    /// Bytes that wait before the demultiplexer.
    [[nodiscard]] std::uint64_t waiting_bytes() const;

private:
    struct Implementation;
    explicit ProgramPipeline(std::unique_ptr<Implementation> implementation);
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace muxtap::frames
