#include "probe/source/capture_file_source.h"

namespace muxtap::probe {

CaptureFileSource::CaptureFileSource(std::unique_ptr<net::CaptureFile> file, std::string path, FilePace pace)
    : file_(std::move(file)), path_(std::move(path)), pace_(pace), feeder_(0) {}

Result<Source::Poll> CaptureFileSource::poll(DatagramSink& sink, std::chrono::milliseconds wait) {
    constexpr int most_frames_at_once = 4096;
    for (int i = 0; i < most_frames_at_once; ++i) {
        if (!waiting_) {
            auto frame = file_->next();
            if (!frame) return fail("\"" + path_ + "\": " + frame.error().message);
            if (!*frame) return Poll::end_of_stream;
            waiting_ = **frame;
        }
        // Only the first is waited for: a paced file must not keep its caller from publishing what is due.
        const auto patience = i == 0 ? wait : std::chrono::milliseconds{0};
        if (pace_ == FilePace::capture && !pacer_.wait_for(waiting_->time.time_since_epoch(), patience)) {
            return i == 0 ? Poll::idle : Poll::datagrams;
        }
        feeder_.feed(*waiting_, sink);
        waiting_.reset();
    }
    return Poll::datagrams;
}

SourceCounters CaptureFileSource::counters() {
    return {.frames = feeder_.frames(),
            .kernel_dropped = 0,
            .frames_rejected = feeder_.rejected() + file_->frames_of_unknown_link_type(),
            .merged_frames = feeder_.merged()};
}

std::string CaptureFileSource::damage() const {
    if (!file_->damage().empty()) return "\"" + path_ + "\" is damaged: " + file_->damage();
    if (const std::uint64_t left_out = file_->frames_of_unknown_link_type(); left_out != 0) {
        return "\"" + path_ + "\": " + std::to_string(left_out) + " frames of a link type that is not read here";
    }
    return {};
}

}  // namespace muxtap::probe
