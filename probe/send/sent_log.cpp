#include "probe/send/sent_log.h"

namespace muxtap::send {
namespace {

constexpr std::size_t save_buffer_size = std::size_t{1} << 20;

}  // namespace

Result<SentLog> SentLog::open(const Settings& settings) {
    SentLog log(settings.seed);
    if (!settings.save_path.empty()) {
        auto file = OutputFile::open(settings.save_path, "save");
        if (!file) return tl::unexpected<Error>(file.error());
        log.save_file_ = std::move(*file);
        log.save_buffer_.reserve(save_buffer_size);
    }
    if (!settings.fault_list_path.empty()) {
        auto file = OutputFile::open(settings.fault_list_path, "fault-list");
        if (!file) return tl::unexpected<Error>(file.error());
        log.fault_list_ = std::move(*file);
    }
    return log;
}

Result<void> SentLog::sent(const Datagram& datagram) {
    if (auto done = list(datagram.faults); !done) return done;
    packets_ += datagram.packet_count();
    if (!save_file_.is_open()) return {};
    return save(datagram.packets());
}

Result<void> SentLog::finish(std::span<const FaultRecord> rest) {
    if (auto done = list(rest); !done) return done;
    auto done = save_file_.write(save_buffer_);
    save_buffer_.clear();
    return done;
}

Result<void> SentLog::save(ByteView packets) {
    if (save_buffer_.size() + packets.size() > save_buffer_size) {
        if (auto done = save_file_.write(save_buffer_); !done) return done;
        save_buffer_.clear();
    }
    save_buffer_.insert(save_buffer_.end(), packets.begin(), packets.end());
    return {};
}

Result<void> SentLog::list(std::span<const FaultRecord> records) {
    if (records.empty()) return {};
    lines_.clear();
    for (const FaultRecord& record : records) {
        ++fault_counts_[static_cast<std::size_t>(record.kind)];
        if (fault_list_.is_open()) lines_ += format_fault(record, packets_, seed_) + "\n";
    }
    return fault_list_.write(as_bytes(lines_));
}

}  // namespace muxtap::send
