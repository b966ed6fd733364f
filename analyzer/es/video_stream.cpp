#include "analyzer/es/video_stream.h"

namespace muxtap::es {
namespace {

using analyzer::Codec;
using analyzer::ScanType;

/// Frame rates beyond it are not meant: encoders for variable rates write the clock's.
constexpr std::uint64_t highest_frame_rate = 300;

}  // namespace

VideoStream::VideoStream(Codec codec) {
    switch (codec) {
        case Codec::mpeg1_video:
        case Codec::mpeg2_video: pictures_.emplace<Mpeg2Pictures>(); break;
        case Codec::h264: pictures_.emplace<H264Pictures>(); break;
        case Codec::hevc: pictures_.emplace<HevcPictures>(); break;
        case Codec::vvc: pictures_.emplace<VvcPictures>(); break;
        default: break;
    }
}

Wants VideoStream::look(ByteView elementary, bool last) {
    if (looked_) return Wants::enough;
    const Wants wants = std::visit([&](auto& pictures) { return pictures.look(elementary, last, notes_); }, pictures_);
    looked_ = wants == Wants::enough;
    return wants;
}

void VideoStream::finish_picture(std::optional<ts::Timestamp> pts, std::optional<ts::Timestamp> dts,
                                 bool random_access_indicator) {
    if (std::holds_alternative<UnreadPictures>(pictures_)) {
        notes_.facts.started = true;
        notes_.facts.random_access = random_access_indicator;
    }
    if (notes_.facts.started) {
        take_format();
        note_scan();
        note_transfer();
        if (notes_.facts.active_format) info_.active_format = notes_.facts.active_format;
        notes_.captions.end_picture(info_.captions);
        rhythm_.picture(dts ? dts : pts, notes_.facts.random_access, info_);
        note_frame_rate();
    }
    next_picture();
}

void VideoStream::interrupted() {
    next_picture();
    rhythm_.interrupted();
}

void VideoStream::next_picture() {
    notes_.facts = {};
    notes_.captions.drop_picture();
    looked_ = false;
    std::visit([](auto& pictures) { pictures.restart(); }, pictures_);
}

void VideoStream::take_format() {
    const std::uint32_t version = std::visit([](const auto& pictures) { return pictures.version(); }, pictures_);
    if (version == version_) return;
    version_ = version;
    const VideoFormat* const format = std::visit([](const auto& pictures) { return pictures.format(); }, pictures_);
    if (format == nullptr || (headers_seen_ && *format == format_)) return;
    format_ = *format;
    headers_seen_ = true;
    changed_ = true;
    progressive_seen_ = false;
    interlaced_seen_ = false;
    info_.scan = format_.scan;
    info_.frame_rate_numerator = 0;
    info_.frame_rate_denominator = 0;
    info_.frame_rate_measured = false;
    transfer_ = format_.transfer_characteristics;
    write_format(format_, info_);
    info_.transfer_characteristics = transfer_characteristics_name(transfer_);
}

void VideoStream::note_scan() {
    if (!headers_seen_ || format_.scan != ScanType::unknown) return;
    progressive_seen_ = progressive_seen_ || notes_.facts.scan == ScanType::progressive;
    interlaced_seen_ = interlaced_seen_ || notes_.facts.scan == ScanType::interlaced;
    ScanType scan = format_.scan_untold;
    if (progressive_seen_ && interlaced_seen_) {
        scan = ScanType::mixed;
    } else if (progressive_seen_ || interlaced_seen_) {
        scan = progressive_seen_ ? ScanType::progressive : ScanType::interlaced;
    }
    changed_ = changed_ || scan != info_.scan;
    info_.scan = scan;
}

void VideoStream::note_transfer() {
    // The message is about its coded video sequence and stands at each of its random access points (ITU-T H.265,
    // D.3.39).
    if (!headers_seen_ || !notes_.facts.random_access) return;
    const std::uint8_t transfer = notes_.facts.alternative_transfer.value_or(format_.transfer_characteristics);
    if (transfer == transfer_) return;
    transfer_ = transfer;
    changed_ = true;
    info_.transfer_characteristics = transfer_characteristics_name(transfer_);
}

void VideoStream::note_frame_rate() {
    const Ratio signalled = format_.frame_rate;
    const bool told =
        signalled.known() && signalled.numerator <= highest_frame_rate * std::uint64_t{signalled.denominator};
    const Ratio rate = told ? signalled : rhythm_.measured_rate();
    if (rate.numerator == info_.frame_rate_numerator && rate.denominator == info_.frame_rate_denominator) return;
    info_.frame_rate_numerator = rate.numerator;
    info_.frame_rate_denominator = rate.denominator;
    info_.frame_rate_measured = !told;
    changed_ = true;
}

}  // namespace muxtap::es
