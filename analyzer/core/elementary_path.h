#pragma once

#include <cstdint>
#include <optional>
#include <variant>

#include "analyzer/clock/timestamp_tracker.h"
#include "analyzer/es/pes_head.h"
#include "analyzer/es/video_stream.h"
#include "analyzer/es_audio/audio_stream.h"
#include "analyzer/es_audio/text_stream.h"
#include "analyzer/options.h"
#include "analyzer/report/stream_info.h"

namespace muxtap::analyzer {

/// The packet that starts a PES packet.
struct PesStart {
    std::uint64_t position = 0;                 ///< of the packet in the stream
    std::optional<UnixTime> time;               ///< empty while there is no clock
    std::optional<std::int64_t> program_clock;  ///< of its program then, ticks of 27 MHz
    bool random_access_indicator = false;
    bool expected_jump = false;  ///< a new time base was announced, or the program's clock has jumped
};

/// What a packet has told of the PES packet it belongs to.
struct PesNews {
    std::optional<ts::PesHeader> header;  ///< has just become whole
    TimestampOutcome timestamps;          ///< with the header
    PesStart start;                       ///< of the PES packet the header is of
};

/// The way of an elementary stream's packets: heads of PES packets to time stamps, and to the parser of the format.
/// Wants the payload of a PES packet's first packets only. Allocates when a format becomes known or changes.
class ElementaryPath {
public:
    explicit ElementaryPath(const Thresholds& thresholds) noexcept : timestamps_(thresholds) {}

    /// What the tables say the stream is. When that changes what the headers said is forgotten.
    void set_format(MediaKind kind, Codec codec);

    /// The payload of a packet with payload_unit_start_indicator.
    [[nodiscard]] PesNews start(ByteView payload, const PesStart& start);
    /// The payload of the packet behind, while `wants_payload`.
    [[nodiscard]] PesNews append(ByteView payload);
    /// Packets were lost or are scrambled: the PES packet is given up.
    void interrupt();
    [[nodiscard]] bool wants_payload() const noexcept { return stage_ != Stage::idle; }

    /// Whether the format has changed since last asked.
    [[nodiscard]] bool format_changed();
    [[nodiscard]] StreamInfo info() const;
    [[nodiscard]] Codec codec() const noexcept { return codec_; }
    [[nodiscard]] MediaKind kind() const noexcept { return kind_; }
    [[nodiscard]] const VideoInfo* video() const noexcept;
    [[nodiscard]] const AudioInfo* audio() const noexcept;
    [[nodiscard]] TimestampTracker& timestamps() noexcept { return timestamps_; }
    [[nodiscard]] const TimestampTracker& timestamps() const noexcept { return timestamps_; }

private:
    enum class Stage : std::uint8_t {
        idle,      ///< between PES packets, or nothing more to learn from this one
        header,    ///< the PES header is not whole yet
        contents,  ///< the parser wants more
    };
    [[nodiscard]] PesNews go_on();
    void read_header(PesNews& news);
    void look(bool at_cap);
    void finish_unit();

    MediaKind kind_ = MediaKind::unknown;
    Codec codec_ = Codec::unknown;
    Stage stage_ = Stage::idle;
    PesStart start_;
    ts::PesHeader header_;
    es::PesHead head_;
    TimestampTracker timestamps_;
    std::variant<std::monostate, es::VideoStream, es::AudioStream, es::TextStream> parser_;
};

}  // namespace muxtap::analyzer
