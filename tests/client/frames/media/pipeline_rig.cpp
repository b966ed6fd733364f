#include "tests/client/frames/media/pipeline_rig.h"

#include <algorithm>
#include <stdexcept>
#include <thread>

namespace muxtap::test {
namespace {

constexpr std::chrono::seconds limit{60};
constexpr std::size_t block_packets = 200;

}  // namespace

/// One call to a receiver.
class MediaRecord::Turn {
public:
    Turn(MediaRecord& record, int& inside) : record_(record), inside_(inside) {
        const std::scoped_lock lock(record_.mutex_);
        if (++inside_ > 1) record_.overlapped_ = true;
    }
    ~Turn() {
        const std::scoped_lock lock(record_.mutex_);
        --inside_;
        record_.more_.notify_all();
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

private:
    MediaRecord& record_;
    int& inside_;
};

class MediaRecord::VideoPart final : public frames::VideoReceiver {
public:
    explicit VideoPart(MediaRecord& record) : record_(record) {}

    void on_access_unit(const frames::AccessUnit& unit) override {
        const Turn turn(record_, inside_);
        const std::scoped_lock lock(record_.mutex_);
        kept.units.push_back(unit.time);
        kept.key_frames += unit.key_frame ? 1 : 0;
        kept.discontinuities += unit.discontinuity ? 1 : 0;
    }
    void on_captions(ByteView /*cc_data*/, const frames::MediaTime& /*time*/) override {}
    void on_skipped() override {
        const std::scoped_lock lock(record_.mutex_);
        ++kept.skipped;
    }
    void on_picture(frames::DecodedPicture picture) override {
        const Turn turn(record_, inside_);
        const std::scoped_lock lock(record_.mutex_);
        kept.pictures.push_back(picture.time);
        kept.width = picture.picture.width();
        kept.height = picture.picture.height();
        kept.form = picture.form;
    }

    Video kept;

private:
    MediaRecord& record_;
    int inside_ = 0;
};

class MediaRecord::SoundPart final : public frames::SoundReceiver {
public:
    explicit SoundPart(MediaRecord& record) : record_(record) {}

    void on_access_unit(const frames::AccessUnit& /*unit*/) override {
        const Turn turn(record_, inside_);
        const std::scoped_lock lock(record_.mutex_);
        ++kept.units;
    }
    void on_sound(const frames::SoundFormat& format, const frames::SoundBlock& block) override {
        const Turn turn(record_, inside_);
        const std::scoped_lock lock(record_.mutex_);
        kept.format = format;
        kept.samples += block.samples.size() / std::max<std::size_t>(format.channels.size(), 1);
    }

    Sound kept;

private:
    MediaRecord& record_;
    int inside_ = 0;
};

frames::VideoReceiver* MediaRecord::video(ts::Pid pid, analyzer::Codec /*codec*/) {
    const std::scoped_lock lock(mutex_);
    if (unwanted.contains(pid)) return nullptr;
    auto& part = videos_[pid];
    if (!part) part = std::make_shared<VideoPart>(*this);
    part->kept.pictures_when_asked.push_back(part->kept.pictures.size());
    return part.get();
}

frames::SoundReceiver* MediaRecord::sound(ts::Pid pid, analyzer::Codec /*codec*/) {
    const std::scoped_lock lock(mutex_);
    if (unwanted.contains(pid)) return nullptr;
    auto& part = sounds_[pid];
    if (!part) part = std::make_shared<SoundPart>(*this);
    return part.get();
}

void MediaRecord::on_not_decodable(ts::Pid /*pid*/, std::string reason) {
    const std::scoped_lock lock(mutex_);
    problems_.push_back(std::move(reason));
}

MediaRecord::Video MediaRecord::video_of(ts::Pid pid) const {
    const std::scoped_lock lock(mutex_);
    const auto part = videos_.find(pid);
    return part == videos_.end() ? Video{} : part->second->kept;
}

MediaRecord::Sound MediaRecord::sound_of(ts::Pid pid) const {
    const std::scoped_lock lock(mutex_);
    const auto part = sounds_.find(pid);
    return part == sounds_.end() ? Sound{} : part->second->kept;
}

std::vector<std::string> MediaRecord::problems() const {
    const std::scoped_lock lock(mutex_);
    return problems_;
}

bool MediaRecord::overlapped() const {
    const std::scoped_lock lock(mutex_);
    return overlapped_;
}

void MediaRecord::wait() const {
    std::unique_lock lock(mutex_);
    more_.wait_for(lock, std::chrono::milliseconds{5});
}

PipelineRig::PipelineRig(frames::DecodingOptions options, bool lossless)
    : options_(std::move(options)), lossless_(lossless) {
    if (const auto started = frames::start_gstreamer(options_); !started) {
        throw std::runtime_error(started.error().message);
    }
}

void PipelineRig::start() {
    auto started = frames::ProgramPipeline::start(1, options_, lossless_, record, times_);
    if (!started) throw std::runtime_error(started.error().message);
    pipeline_ = std::move(*started);
}

void PipelineRig::on_pes_start(ts::Pid pid, const ts::PesHeader& header, std::size_t packet) {
    if (!header.pts) return;
    const std::uint64_t number = packets_ + packet;
    times_.add(pid, *header.pts, UnixTime{std::chrono::microseconds{number + 1}}, number);
}

bool PipelineRig::push(const ByteVector& packets, bool discontinuity) {
    const SteadyTime give_up = steady_now() + limit;
    for (std::size_t at = 0; at < packets.size();) {
        const std::size_t size = std::min(block_packets * ts::packet_size, packets.size() - at);
        const auto from = packets.begin() + static_cast<std::ptrdiff_t>(at);
        const auto block = std::make_shared<const ByteVector>(from, from + static_cast<std::ptrdiff_t>(size));
        blocks_.push_back(block);
        if (discontinuity) directory_.interrupt();
        directory_.scan(*block, *this);
        packets_ += size / ts::packet_size;
        while (!pipeline_->push(block, *block, discontinuity)) {
            if (steady_now() > give_up) return false;
            record.wait();
        }
        discontinuity = false;
        if (auto error = pipeline_->poll()) error_ = std::move(error);
        at += size;
    }
    return true;
}

bool PipelineRig::end() {
    pipeline_->end();
    const SteadyTime give_up = steady_now() + limit;
    while (!pipeline_->ended()) {
        if (steady_now() > give_up) return false;
        if (auto error = pipeline_->poll()) error_ = std::move(error);
        record.wait();
    }
    return true;
}

std::size_t PipelineRig::blocks_held() const {
    return static_cast<std::size_t>(
        std::count_if(blocks_.begin(), blocks_.end(), [](const auto& block) { return !block.expired(); }));
}

}  // namespace muxtap::test
