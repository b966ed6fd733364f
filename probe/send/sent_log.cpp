#include "probe/send/sent_log.h"

#include <fcntl.h>

#include <cerrno>

namespace muxtap::send {
namespace {

constexpr std::size_t save_buffer_size = std::size_t{1} << 20;

}  // namespace

Result<SentLog> SentLog::open(const Settings& settings) {
    SentLog log;
    log.settings_ = settings;
    if (!settings.save_path.empty()) {
        log.save_file_ =
            FileDescriptor(::open(settings.save_path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
        if (!log.save_file_.valid()) return fail_os("cannot write \"" + settings.save_path + "\" (--save)", errno);
        log.save_buffer_.reserve(save_buffer_size);
    }
    if (settings.fault_list_path == "-") {
        log.fault_list_.reset(stdout);
    } else if (!settings.fault_list_path.empty()) {
        log.fault_list_.reset(std::fopen(settings.fault_list_path.c_str(), "we"));
        if (!log.fault_list_) {
            return fail_os("cannot write \"" + settings.fault_list_path + "\" (--fault-list)", errno);
        }
    }
    return log;
}

Result<void> SentLog::sent(const Datagram& datagram) {
    for (const FaultRecord& record : datagram.faults) {
        if (auto done = write_fault(record); !done) return done;
    }
    packets_ += datagram.packet_count();
    if (!save_file_.valid()) return {};
    const ByteView packets = datagram.packets();
    if (save_buffer_.size() + packets.size() > save_buffer_size) {
        if (auto done = write_saved(); !done) return done;
    }
    save_buffer_.insert(save_buffer_.end(), packets.begin(), packets.end());
    return {};
}

Result<void> SentLog::finish(std::span<const FaultRecord> rest) {
    for (const FaultRecord& record : rest) {
        if (auto done = write_fault(record); !done) return done;
    }
    if (fault_list_ && std::fflush(fault_list_.get()) != 0) {
        return fail_os("cannot write \"" + settings_.fault_list_path + "\" (--fault-list)", errno);
    }
    return write_saved();
}

Result<void> SentLog::write_saved() {
    ByteView rest = save_buffer_;
    while (!rest.empty()) {
        const ssize_t written = ::write(save_file_.get(), rest.data(), rest.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return fail_os("cannot write \"" + settings_.save_path + "\" (--save)", errno);
        rest = rest.subspan(static_cast<std::size_t>(written));
    }
    save_buffer_.clear();
    return {};
}

Result<void> SentLog::write_fault(const FaultRecord& record) {
    ++fault_counts_[static_cast<std::size_t>(record.kind)];
    if (!fault_list_) return {};
    const std::string line = format_fault(record, packets_, settings_.seed) + "\n";
    if (std::fwrite(line.data(), 1, line.size(), fault_list_.get()) == line.size()) return {};
    return fail_os("cannot write \"" + settings_.fault_list_path + "\" (--fault-list)", errno);
}

}  // namespace muxtap::send
