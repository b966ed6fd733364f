#include "client/frames/media/teletext_branch.h"

namespace muxtap::frames::gst {
namespace {

constexpr std::uint64_t queue_bytes = std::uint64_t{256} << 10;

}  // namespace

TeletextBranch::TeletextBranch(ts::Pid pid, const PesTimes& times, TeletextReceiver* receiver)
    : Branch(pid, times), receiver_(receiver) {}

TeletextBranch::~TeletextBranch() {
    stop();
}

std::unique_ptr<TeletextBranch> TeletextBranch::make(ts::Pid pid, const PesTimes& times, TeletextReceiver* receiver) {
    auto branch = std::make_unique<TeletextBranch>(pid, times, receiver);
    // What is thrown away needs no thread.
    if (receiver != nullptr && !branch->append_queue(queue_bytes)) return nullptr;
    return branch->append_sink() ? std::move(branch) : nullptr;
}

void TeletextBranch::on_sample(GstSample* sample) {
    if (receiver_ == nullptr) return;
    count_produced();
    GstBuffer* const buffer = gst_sample_get_buffer(sample);
    const MappedBuffer bytes(buffer);
    receiver_->on_packet({bytes.data(), bytes.size()}, time_of(buffer));
}

}  // namespace muxtap::frames::gst
