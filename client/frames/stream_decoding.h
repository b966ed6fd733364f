#pragma once

#include <map>
#include <memory>
#include <vector>

#include "client/feed/feed_follower.h"
#include "client/frames/program_decoding.h"

namespace muxtap::frames {

/// One stream of the feed: finds its programs and hands its packets to their decoders. Used by the thread that
/// receives.
class StreamDecoding : private DirectoryHandler {
public:
    /// All but the reporter outlive it.
    StreamDecoding(const FramesConfig& config, app::Log& log, std::unique_ptr<StreamReporter> reporter);
    ~StreamDecoding() override;
    StreamDecoding(const StreamDecoding&) = delete;
    StreamDecoding& operator=(const StreamDecoding&) = delete;

    void on_batch(const proto::BatchMessage& batch, const std::shared_ptr<feed::ReceivedMessage>& message,
                  const feed::FeedVerdict& verdict, SteadyTime now);
    void on_info(const proto::InfoHeader& info, const feed::FeedVerdict& verdict, SteadyTime now);

    void check(SteadyTime now);
    void put_counters(counters::Exposition& out) const;
    /// Nothing more comes.
    void end(SteadyTime now);
    /// What was to be decoded is.
    [[nodiscard]] bool ended(SteadyTime now) const;

private:
    void on_program(const ProgramMap& program) override;
    void on_program_gone(std::uint16_t program_number) override;
    void on_pes_start(ts::Pid pid, const ts::PesHeader& header, std::size_t packet) override;

    void note_verdict(const feed::FeedVerdict& verdict, std::uint64_t epoch);
    void note_totals(const proto::Totals& totals);

    const FramesConfig& config_;
    app::Log& log_;
    std::unique_ptr<StreamReporter> reporter_;
    std::unique_ptr<ProgramDirectory> directory_;
    std::map<std::uint16_t, std::unique_ptr<ProgramDecoding>> programs_;
    std::map<std::uint16_t, std::size_t> begins_;  ///< programs that begin in the batch, and behind how many packets
    struct Leaving {
        std::unique_ptr<ProgramDecoding> program;
        std::size_t first = 0;  ///< their part of the batch, in packets
        std::size_t end = 0;
    };
    std::vector<Leaving> leaving_;
    std::vector<std::unique_ptr<ProgramDecoding>> gone_;  ///< being drained
    std::uint64_t epoch_ = 0;
    const proto::BatchHeader* batch_ = nullptr;  ///< being scanned
    /// Where in the batch the search for the time of a packet goes on.
    struct Place {
        std::size_t datagram = 0;
        std::size_t packets = 0;  ///< before it
        UnixTime time{};
    } place_;
    bool gap_ = false;
    bool lossless_ = false;
};

}  // namespace muxtap::frames
