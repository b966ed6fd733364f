#pragma once

#include <memory>
#include <vector>

#include "analyzer/cli/stream_subject.h"
#include "common/flow/flow_key.h"
#include "common/flow/packet_extractor.h"

namespace muxtap::analyze {

/// One UDP flow of a capture: found to be a transport stream or not, and if so given to an analyzer of its own, with
/// the time of each datagram.
class CaptureFlow final : private flow::PacketSink {
public:
    CaptureFlow(const flow::FlowKey& key, ts::PacketLocator& locator);

    /// Takes a datagram; nothing is analysed before `start`.
    void on_datagram(const net::Datagram& datagram);
    /// From here on the datagrams are analysed.
    void start(const SubjectSettings& settings);
    /// Gives what has been collected to the analyzer and lets it know what time it is.
    void advance(UnixTime now);
    /// The capture has ended.
    void finish(UnixTime now);

    [[nodiscard]] std::string name() const { return flow::name_of(key_); }
    [[nodiscard]] const flow::FlowKey& key() const noexcept { return key_; }
    /// Null before `start`.
    [[nodiscard]] StreamSubject* subject() noexcept { return subject_.get(); }
    [[nodiscard]] std::uint64_t datagrams() const noexcept { return datagrams_; }
    /// Whether the flow has shown itself to be a transport stream.
    [[nodiscard]] bool is_ts() const noexcept;
    [[nodiscard]] bool over_rtp() const noexcept { return over_rtp_; }

    /// Datagrams without packets before the first one with packets; counted when a stream starts in mid-flow.
    void count_unanalysed() noexcept { ++datagrams_; }

private:
    void on_packets(const std::uint8_t* packets, ts::RunTally run) override;
    [[nodiscard]] bool is_in_datagram(const std::uint8_t* bytes) const noexcept;
    /// Takes in the damaged packets up to `end`, so that the analyzer finds them in their places.
    void take_damaged(const std::uint8_t* end);
    void hand_on();

    flow::FlowKey key_;
    flow::PacketExtractor extractor_;
    std::unique_ptr<StreamSubject> subject_;
    std::vector<std::uint8_t> bytes_;  ///< packets for the next block
    std::vector<analyzer::DatagramMark> marks_;
    ByteView payload_;             ///< of the datagram being taken
    std::size_t taken_ = 0;        ///< bytes of it that have been taken or passed over
    analyzer::LossBefore before_;  ///< the next block
    ts::RejectCounts told_;        ///< what earlier blocks have told of rejected packets
    UnixTime newest_{};
    std::uint64_t datagrams_ = 0;
    std::uint64_t packets_ = 0;
    bool over_rtp_ = false;
};

}  // namespace muxtap::analyze
