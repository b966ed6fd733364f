#include "analyzer/es_audio/audio_stream.h"

#include <cstring>

#include "analyzer/es_audio/ac3.h"
#include "analyzer/es_audio/adts.h"
#include "analyzer/es_audio/dts.h"
#include "analyzer/es_audio/latm.h"
#include "analyzer/es_audio/mpeg_audio.h"
#include "analyzer/es_audio/opus.h"
#include "analyzer/es_audio/s302m.h"

namespace muxtap::es {

namespace {

using analyzer::Codec;

/// One PES packet in so many is looked at as if the format were not known.
constexpr unsigned thorough_look_every = 64;
/// A bit rate that changed more often than this varies.
constexpr unsigned most_bitrate_changes = 3;

/// Whether two headers can be of one stream: all but bit rate and length are the same. What one of them does not tell
/// is not held against it.
bool same_stream(const FrameHeader& a, const FrameHeader& b) noexcept {
    if (!a.format_told || !b.format_told) return true;
    if (a.sample_rate != b.sample_rate || a.bits_per_sample != b.bits_per_sample ||
        a.samples_per_frame != b.samples_per_frame)
        return false;
    // What is behind the first part of a frame was not seen: channels and profile may lack what that adds.
    if (a.open_end != b.open_end) {
        const FrameHeader& open = a.open_end ? a : b;
        const FrameHeader& whole = a.open_end ? b : a;
        return open.channels <= whole.channels;
    }
    if (a.profile != b.profile) return false;
    if (a.channels == 0 || b.channels == 0) return true;
    return a.channels == b.channels && a.layout == b.layout && a.low_frequency_effects == b.low_frequency_effects;
}

}  // namespace

AudioStream::AudioStream(Codec codec) noexcept : codec_(codec), format_(format_of(codec)) {}

AudioStream::Format AudioStream::format_of(Codec codec) noexcept {
    switch (codec) {
        case Codec::mpeg1_audio:
        case Codec::mpeg2_audio: return {read_mpeg_audio, 0xFF, true, false, 0xFFFF'FCC0'0000'0000};
        case Codec::aac_adts: return {read_adts, 0xFF, true, false, 0xFFFF'FDC0'0000'0000};
        case Codec::aac_latm: return {read_latm, 0x56, true, false, 0xFFE0'00FF'FFFF'FFFF};
        case Codec::ac3:
        case Codec::eac3: return {read_ac3, 0x0B, true, true, 0xFFFF'0000'FEFF'FF00};
        case Codec::dts: return {read_dts, 0x7F, true, true, 0xFFFF'FFFF'FFFF'FFFF};
        case Codec::s302m: return {read_s302m, 0, false, false, 0x0000'FFFF'0000'0000};
        case Codec::opus: return {read_opus, 0x7F, true, false, 0};
        default: return {};
    }
}

AudioStream::Wants AudioStream::look(ByteView bytes, bool at_cap) {
    if (format_.read == nullptr) return Wants::enough;
    const bool goes_on = looked_at_ != 0 && bytes.size() > looked_at_;
    if (!goes_on) thorough_ = !known_ || ++looks_ % thorough_look_every == 0;
    if (!goes_on && !known_) try_adts(bytes);
    if (is_repetition(bytes)) return Wants::enough;
    if (!goes_on) resume_ = 0;
    const Search result = search(bytes, at_cap);
    if (result.want_more && !at_cap) {
        looked_at_ = bytes.size();
        return Wants::more;
    }
    resume_ = 0;
    looked_at_ = 0;
    if (result.found) {
        take(*result.found);
        known_bits_valid_ = result.offset == 0 && bytes.size() >= 8 && result.found->format_told;
        if (known_bits_valid_) known_bits_ = swap_bytes(load<std::uint64_t>(bytes, 0)) & format_.stable_bits;
    }
    return Wants::enough;
}

void AudioStream::try_adts(ByteView bytes) {
    if (codec_ != Codec::mpeg1_audio && codec_ != Codec::mpeg2_audio) return;
    const FrameResult header = read_adts(bytes);
    if (!header) {
        adts_.reset();
        return;
    }
    // A PES packet may begin with such bytes by chance; two in a row with the same header do not.
    if (adts_ && same_stream(*adts_, *header)) {
        codec_ = Codec::aac_adts;
        format_ = format_of(codec_);
        pending_.reset();
    }
    adts_ = *header;
}

bool AudioStream::is_repetition(ByteView bytes) const noexcept {
    if (thorough_ || !known_bits_valid_ || bytes.size() < 8 || format_.stable_bits == 0) return false;
    return (swap_bytes(load<std::uint64_t>(bytes, 0)) & format_.stable_bits) == known_bits_;
}

AudioStream::Search AudioStream::search(ByteView bytes, bool at_cap) {
    Search result;
    std::optional<FrameHeader> unproven;
    // Where to look again when there are more bytes: the first place where they matter.
    std::size_t resume = bytes.size();
    for (std::size_t offset = resume_; offset < bytes.size(); ++offset) {
        if (format_.has_sync) {
            const void* at = std::memchr(bytes.data() + offset, format_.first_byte, bytes.size() - offset);
            if (at == nullptr) break;
            offset = static_cast<std::size_t>(static_cast<const std::uint8_t*>(at) - bytes.data());
        }
        const Candidate candidate = judge(bytes, offset, at_cap);
        if (candidate.proof == Proof::proven) {
            if (candidate.header.format_told || known_) result.found = candidate.header;
            result.offset = offset;
            return result;
        }
        if (candidate.proof != Proof::none && resume > offset) resume = offset;
        if (candidate.proof == Proof::open && !unproven) {
            unproven = candidate.header;
            result.offset = offset;
        }
        if (!format_.has_sync) break;
    }
    if (!at_cap) {
        resume_ = resume;
        result.want_more = format_.has_sync || resume < bytes.size() || bytes.empty();
        return result;
    }
    if (!unproven || !unproven->format_told) return result;
    // No proof in this PES packet: a long sync word where it is expected will do, or another PES packet that says the
    // same.
    const bool expected = format_.strong_sync && result.offset == 0;
    if (expected || (pending_ && same_stream(*pending_, *unproven))) result.found = unproven;
    pending_ = unproven;
    return result;
}

AudioStream::Candidate AudioStream::judge(ByteView bytes, std::size_t offset, bool at_cap) const {
    const FrameResult header = format_.read(bytes.subspan(offset));
    if (!header) return {header.error() == NoFrame::incomplete ? Proof::cut_off : Proof::none, {}};
    if (header->open_end && !at_cap && thorough_) return {Proof::open, *header};
    if (is_known(*header)) return {Proof::proven, *header};
    const std::size_t next = offset + header->frame_bytes;
    if (header->frame_bytes == 0 || next >= bytes.size() || header->open_end) return {Proof::open, *header};
    const FrameResult second = format_.read(bytes.subspan(next));
    if (!second) return {second.error() == NoFrame::incomplete ? Proof::open : Proof::none, *header};
    const bool agree = (header->format_told || second->format_told) && same_stream(*header, *second);
    return {agree ? Proof::proven : Proof::open, *header};
}

bool AudioStream::is_known(const FrameHeader& header) const noexcept {
    return known_ && same_stream(*known_, header);
}

void AudioStream::take(const FrameHeader& header) {
    if (!header.format_told) return;
    if (!is_known(header)) {
        known_ = header;
        bitrate_changes_ = 0;
        fill_info();
        return;
    }
    if (header.open_end && !known_->open_end) return;
    const bool tells_more = (known_->open_end && !header.open_end) || (known_->channels == 0 && header.channels != 0);
    const bool other_bitrate = header.bitrate != known_->bitrate;
    if (tells_more) {
        known_ = header;
        fill_info();
    } else if (other_bitrate) {
        known_->bitrate = header.bitrate;
        if (bitrate_changes_ <= most_bitrate_changes) {
            ++bitrate_changes_;
            info_.bitrate = bitrate_changes_ > most_bitrate_changes ? 0 : header.bitrate;
            changed_ = true;
        }
    }
}

void AudioStream::fill_info() {
    analyzer::AudioInfo info;
    info.profile = known_->profile;
    info.sample_rate = known_->sample_rate;
    info.channels = known_->channels;
    info.low_frequency_effects = known_->low_frequency_effects;
    info.channel_layout = known_->layout;
    info.bitrate = known_->bitrate;
    info.bits_per_sample = known_->bits_per_sample;
    info.samples_per_frame = known_->samples_per_frame;
    info.frame_headers_seen = true;
    if (info == info_) return;
    info_ = info;
    changed_ = true;
}

}  // namespace muxtap::es
