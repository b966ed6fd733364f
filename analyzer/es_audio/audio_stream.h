#pragma once

#include <cstdint>
#include <optional>

#include "analyzer/es_audio/frame_header.h"
#include "analyzer/report/stream_info.h"
#include "common/base/bytes.h"

namespace muxtap::es {

/// Reads the format of one audio stream from the frame headers at the start of its PES packets.
///
/// Formats: MPEG audio, AAC in ADTS and in LATM/LOAS, AC-3, E-AC-3, DTS, SMPTE 302M and Opus (whose channels are in
/// its descriptor: `info().channels` stays 0). Of others nothing is read. A header counts when another one stands at
/// its end, when its sync word is too long to begin a PES packet by chance, or when two PES packets say the same; what
/// does not hold changes nothing. Once the format is known, the same header again costs a comparison; one look in 64
/// reads on, so that what lies behind an unchanged header is noticed as well. Allocates only when the format changes.
class AudioStream {
public:
    enum class Wants : std::uint8_t {
        more,    ///< call again when more bytes of this PES packet are there
        enough,  ///< nothing more to learn from this PES packet
    };

    explicit AudioStream(analyzer::Codec codec) noexcept;

    /// Looks at the first bytes of a PES packet's data, all from its start that are there so far. `at_cap`: there will
    /// not be more of them (the caller keeps no more, or the PES packet has ended). Never wants more then.
    [[nodiscard]] Wants look(ByteView elementary_bytes_so_far, bool at_cap);

    /// What the headers have said so far. `frame_headers_seen` is false until one was found.
    [[nodiscard]] const analyzer::AudioInfo& info() const noexcept { return info_; }

    /// What it is: what it was announced as, unless its headers are others'.
    [[nodiscard]] analyzer::Codec codec() const noexcept { return codec_; }

    /// Whether `info` has changed since this was last called.
    [[nodiscard]] bool changed() noexcept {
        const bool was = changed_;
        changed_ = false;
        return was;
    }

private:
    using ReadFunction = FrameResult (*)(ByteView) noexcept;
    /// How to find the frames of a format.
    struct Format {
        ReadFunction read = nullptr;
        std::uint8_t first_byte = 0;    ///< of the sync word
        bool has_sync = true;           ///< false: a header is at the very start or nowhere
        bool strong_sync = false;       ///< sync word too long to begin a PES packet by chance
        std::uint64_t stable_bits = 0;  ///< of the first 8 bytes, most significant first: those that tell the format
    };
    struct Search {
        std::optional<FrameHeader> found;
        std::size_t offset = 0;
        bool want_more = false;
    };

    /// What speaks for a header at some place.
    enum class Proof : std::uint8_t {
        none,     ///< it is not one
        cut_off,  ///< too few bytes to read it
        open,     ///< it reads well, and nothing confirms it
        proven,
    };
    struct Candidate {
        Proof proof = Proof::none;
        FrameHeader header;
    };

    /// AAC in ADTS that was announced as MPEG audio: its sync word is theirs, with a layer that they do not have.
    void try_adts(ByteView bytes);
    [[nodiscard]] static Format format_of(analyzer::Codec codec) noexcept;
    [[nodiscard]] bool is_repetition(ByteView bytes) const noexcept;
    [[nodiscard]] Search search(ByteView bytes, bool at_cap);
    [[nodiscard]] Candidate judge(ByteView bytes, std::size_t offset, bool at_cap) const;
    /// Whether `header` is that of the format already known.
    [[nodiscard]] bool is_known(const FrameHeader& header) const noexcept;
    void take(const FrameHeader& header);
    void fill_info();

    analyzer::Codec codec_;
    Format format_;
    analyzer::AudioInfo info_;
    std::optional<FrameHeader> known_;
    std::optional<FrameHeader> pending_;  ///< seen once, without proof
    std::optional<FrameHeader> adts_;     ///< at the start of the last PES packet of what is said to be MPEG audio
    std::uint64_t known_bits_ = 0;        ///< stable bits of the header of `known_`, at the start of a PES packet
    bool known_bits_valid_ = false;
    bool changed_ = false;
    bool thorough_ = true;  ///< this PES packet is looked at past a repeated header
    unsigned looks_ = 0;
    unsigned bitrate_changes_ = 0;
    std::size_t resume_ = 0;  ///< where the search goes on when more bytes of the same PES packet have come
    std::size_t looked_at_ = 0;
};

}  // namespace muxtap::es
