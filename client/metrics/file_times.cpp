#include "client/metrics/file_times.h"

namespace muxtap::metrics {

void FileTimes::add(analyzer::Analyzer& analyzer, ByteView packets, const analyzer::LossBefore& before) {
    if (before.capture_loss || before.rejected.total() > 0) {
        // What is missing belongs between what is kept and what comes.
        hand_on(analyzer, true);
        before_ = before;
    }
    kept_.insert(kept_.end(), packets.begin(), packets.end());
    hand_on(analyzer, false);
}

void FileTimes::finish(analyzer::Analyzer& analyzer) {
    hand_on(analyzer, true);
}

void FileTimes::hand_on(analyzer::Analyzer& analyzer, bool last) {
    if (kept_.empty()) return;
    segments_.clear();
    const std::size_t timed = clock_.time(kept_, ts::packet_size, last, segments_);
    for (const analyzer::FileSegment& segment : segments_) {
        analyzer::PacketBlock block;
        block.bytes = ByteView{kept_}.subspan(segment.first * ts::packet_size, segment.packets * ts::packet_size);
        block.timed = segment.timed;
        block.begin = segment.begin;
        block.end = segment.end;
        block.before = before_;
        analyzer.add(block);
        before_ = {};
    }
    kept_.erase(kept_.begin(), kept_.begin() + static_cast<std::ptrdiff_t>(timed * ts::packet_size));
}

}  // namespace muxtap::metrics
