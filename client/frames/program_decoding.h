#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "client/frames/media/program_pipeline.h"
#include "client/frames/sound_path.h"
#include "client/frames/streams/program_directory.h"
#include "client/frames/teletext_path.h"
#include "client/frames/video_path.h"
#include "common/app/log.h"

namespace muxtap::frames {

/// Decodes one program of a stream: keeps its pipeline running, starts it again with growing pauses when it fails, and
/// keeps what is known of its pictures and sound over that. Its methods are called by the thread that receives.
class ProgramDecoding : private ReceiverSource {
public:
    /// A pipeline that takes data and gives nothing for this long is started again.
    static constexpr std::chrono::seconds stuck_after{10};
    static constexpr std::chrono::seconds shortest_pause{1};
    static constexpr std::chrono::seconds longest_pause{60};

    /// All but the map outlive it. `lossless`: the feed waits when decoding is slow.
    ProgramDecoding(const FramesConfig& config, bool lossless, StreamReporter& reporter, app::Log& log,
                    const ProgramMap& map);
    ~ProgramDecoding() override;
    ProgramDecoding(const ProgramDecoding&) = delete;
    ProgramDecoding& operator=(const ProgramDecoding&) = delete;

    /// The program has other streams now.
    void set_map(const ProgramMap& map);
    [[nodiscard]] bool has(ts::Pid pid) const { return wanted_.contains(pid); }

    /// A PES packet with PTS begins; told before the packets are pushed.
    void on_pes_start(ts::Pid pid, ts::Timestamp pts, UnixTime captured, std::uint64_t packet);

    /// The next packets are about to be read: a pipeline that begins with them needs the tables that came before.
    void prepare(const ProgramDirectory& directory);

    /// The next packets of the stream. `directory` has read them and knows which of its PIDs are scrambled.
    /// `first_packet`: the number of the first of them.
    void push(const std::shared_ptr<const void>& owner, ByteView packets, std::uint64_t first_packet,
              bool discontinuity, const ProgramDirectory& directory, SteadyTime now);

    /// Looks after the pipeline; to be called some times a second.
    void check(SteadyTime now);

    /// Nothing more comes: what waits is decoded.
    void end(SteadyTime now);
    /// All of it has been, or takes too long.
    [[nodiscard]] bool ended(SteadyTime now) const;
    /// What comes after a break: a new start of the probe, say.
    void restart();

private:
    VideoReceiver* video(ts::Pid pid, analyzer::Codec codec) override;
    SoundReceiver* sound(ts::Pid pid, analyzer::Codec codec) override;
    TeletextReceiver* teletext(ts::Pid pid) override;
    void on_not_decodable(ts::Pid pid, std::string reason) override;

    void describe() const;
    void tell(client::WorkerEvent kind, std::optional<ts::Pid> pid, std::string text);
    void note_scrambling(const ProgramDirectory& directory);
    void name_what_cannot_be_decoded();
    void start_pipeline(SteadyTime now);
    void fail_pipeline(const std::string& reason, SteadyTime now);
    [[nodiscard]] bool give(const std::shared_ptr<const void>& owner, ByteView packets);
    void stop_pipeline();
    void finish_paths();

    const FramesConfig& config_;
    const bool lossless_;
    StreamReporter& reporter_;
    app::Log& log_;
    const std::uint16_t number_;
    ProgramMap map_;
    std::set<ts::Pid> wanted_;    ///< PIDs whose PES packets are of interest
    std::set<ts::Pid> expected_;  ///< those of which something must come out of the pipeline
    PesTimes times_;
    ProgramLosses losses_;

    std::mutex mutex_;                                    ///< for these, which the pipeline's threads ask for
    std::map<ts::Pid, analyzer::ProgramStream> streams_;  ///< also those that were: they may still be in the pipeline
    std::map<ts::Pid, std::unique_ptr<VideoPath>> videos_;
    std::map<ts::Pid, std::unique_ptr<SoundPath>> sounds_;
    std::map<ts::Pid, std::unique_ptr<TeletextPath>> teletexts_;
    std::set<std::pair<ts::Pid, std::string>> told_not_decodable_;

    std::unique_ptr<ProgramPipeline> pipeline_;
    bool discontinuity_ = false;        ///< packets were left out before the next ones
    std::vector<std::uint8_t> tables_;  ///< as packets, from before the next ones
    bool scrambled_ = false;            ///< all of its video and sound
    std::set<ts::Pid> scrambled_pids_;
    bool failed_ = false;  ///< since it last produced something
    SteadyTime next_start_{};
    std::chrono::nanoseconds pause_{shortest_pause};
    std::uint64_t produced_ = 0;  ///< by the pipeline, at the last look
    SteadyTime progress_{};       ///< when it last produced, or nothing was expected of it
    std::uint64_t pes_since_progress_ = 0;
    std::optional<SteadyTime> end_asked_;  ///< or when something came out since
    RepeatLimiter left_out_{std::chrono::seconds{10}};
};

}  // namespace muxtap::frames
