#include "analyzer/core/elementary_path.h"

namespace muxtap::analyzer {

void ElementaryPath::set_format(MediaKind kind, Codec codec) {
    timestamps_.set_kind(kind);
    kind_ = kind;
    if (codec == codec_) return;
    codec_ = codec;
    switch (kind) {
        case MediaKind::video: parser_.emplace<es::VideoStream>(codec); break;
        case MediaKind::audio: parser_.emplace<es::AudioStream>(codec); break;
        case MediaKind::teletext:
        case MediaKind::subtitle: parser_.emplace<es::TextStream>(codec); break;
        default: parser_.emplace<std::monostate>(); break;
    }
    interrupt();
}

PesNews ElementaryPath::start(ByteView payload, const PesStart& start) {
    // The one before ends here, whatever its parser would still have liked to see.
    if (stage_ == Stage::contents) look(true);
    head_.start(payload);
    start_ = start;
    stage_ = Stage::header;
    return go_on();
}

PesNews ElementaryPath::append(ByteView payload) {
    if (stage_ == Stage::idle) return {};
    head_.append(payload);
    return go_on();
}

void ElementaryPath::interrupt() {
    stage_ = Stage::idle;
    head_.clear();
    if (auto* video = std::get_if<es::VideoStream>(&parser_)) video->interrupted();
}

PesNews ElementaryPath::go_on() {
    PesNews news;
    if (stage_ == Stage::header) read_header(news);
    if (stage_ == Stage::contents) look(head_.full() || head_.complete());
    return news;
}

void ElementaryPath::read_header(PesNews& news) {
    const auto header = head_.parse();
    if (!header) {
        if (header.error() == ts::PesVerdict::incomplete && !head_.full()) return;
        timestamps_.invalid();
        interrupt();
        return;
    }
    header_ = *header;
    news.header = header_;
    news.start = start_;
    news.timestamps = timestamps_.add(header_, start_.time, start_.program_clock, start_.expected_jump);
    stage_ = std::holds_alternative<std::monostate>(parser_) ? Stage::idle : Stage::contents;
}

void ElementaryPath::look(bool at_cap) {
    const ByteView bytes = head_.elementary();
    if (auto* video = std::get_if<es::VideoStream>(&parser_)) {
        if (video->look(bytes, at_cap) == es::VideoStream::Wants::more && !at_cap) return;
    } else if (auto* audio = std::get_if<es::AudioStream>(&parser_)) {
        if (audio->look(bytes, at_cap) == es::AudioStream::Wants::more && !at_cap) return;
    } else if (auto* text = std::get_if<es::TextStream>(&parser_)) {
        if (!at_cap) return;
        text->look(bytes);
    }
    finish_unit();
}

void ElementaryPath::finish_unit() {
    stage_ = Stage::idle;
    if (auto* video = std::get_if<es::VideoStream>(&parser_))
        video->finish_picture(header_.pts, header_.dts, start_.random_access_indicator);
}

bool ElementaryPath::format_changed() {
    if (auto* video = std::get_if<es::VideoStream>(&parser_)) return video->changed();
    if (auto* audio = std::get_if<es::AudioStream>(&parser_)) return audio->changed();
    return false;
}

const VideoInfo* ElementaryPath::video() const noexcept {
    const auto* stream = std::get_if<es::VideoStream>(&parser_);
    return stream == nullptr ? nullptr : &stream->info();
}

const AudioInfo* ElementaryPath::audio() const noexcept {
    const auto* stream = std::get_if<es::AudioStream>(&parser_);
    return stream == nullptr ? nullptr : &stream->info();
}

Codec ElementaryPath::codec() const noexcept {
    if (const auto* audio = std::get_if<es::AudioStream>(&parser_)) return audio->codec();
    const auto* video = std::get_if<es::VideoStream>(&parser_);
    return video == nullptr || video->codec() == Codec::unknown ? codec_ : video->codec();
}

StreamInfo ElementaryPath::info() const {
    StreamInfo info;
    info.kind = kind_;
    info.codec = codec();
    if (const VideoInfo* stream = video()) {
        info.video = *stream;
        info.headers_seen = std::get<es::VideoStream>(parser_).headers_seen();
    }
    if (const AudioInfo* stream = audio()) {
        info.audio = *stream;
        info.headers_seen = stream->frame_headers_seen;
    }
    if (const auto* stream = std::get_if<es::TextStream>(&parser_)) {
        info.text = stream->counters();
        info.headers_seen = info.text->with_content > 0;
    }
    return info;
}

}  // namespace muxtap::analyzer
