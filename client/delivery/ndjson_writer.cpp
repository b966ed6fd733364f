#include "client/delivery/ndjson_writer.h"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace muxtap::delivery {
namespace {

constexpr std::size_t large_write = std::size_t{1} << 20;
constexpr std::chrono::milliseconds between_tries{250};
constexpr std::chrono::seconds between_looks{1};
/// A reader that takes a little now and then must not hold a batch for ever.
constexpr std::chrono::seconds longest_batch{1};

}  // namespace

NdjsonWriter::NdjsonWriter(Settings settings, NdjsonFile file, app::Log& log)
    : settings_(std::move(settings)),
      log_(log),
      account_("ndjson:" + settings_.path, log),
      file_(std::move(file)),
      size_(file_->size()),
      rotate_at_(settings_.bytes) {}

Result<std::unique_ptr<NdjsonWriter>> NdjsonWriter::open(Settings settings, app::Log& log) {
    auto file = settings.path == "-" ? NdjsonFile::share(settings.standard_output) : NdjsonFile::open(settings.path);
    if (!file) return tl::unexpected<Error>(file.error());
    if (file->torn_bytes() != 0)
        log.warning("torn_line", "cut a torn line off the end of \"" + settings.path + "\"",
                    {{"bytes", file->torn_bytes()}});
    return std::unique_ptr<NdjsonWriter>(new NdjsonWriter(std::move(settings), std::move(*file), log));
}

void NdjsonWriter::write(std::span<const Line> lines) {
    account_.taken(lines.size());
    if (closed_) {
        account_.dropped(lines.size());
        return;
    }
    const bool trouble = !waiting_.empty();
    const std::size_t room = settings_.most_waiting - std::min(settings_.most_waiting, waiting_.size());
    // Without trouble a batch of any size is written at once.
    const std::size_t take = trouble ? std::min(room, lines.size()) : lines.size();
    waiting_.insert(waiting_.end(), lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(take));
    account_.dropped(lines.size() - take);
    const SteadyTime now = steady_now();
    if (!trouble || now >= next_try_) write_waiting(now + longest_batch, settings_.reader_patience);
    if (waiting_.size() > settings_.most_waiting) drop(waiting_.size() - settings_.most_waiting);
}

void NdjsonWriter::tick() {
    if (closed_) return;
    if (settings_.path == "-" && file_ && file_->abandoned()) return close();
    const SteadyTime now = steady_now();
    if (now >= next_look_) {
        next_look_ = now + between_looks;
        if (waiting_.empty()) make_open();
    }
    if (!waiting_.empty() && now >= next_try_) write_waiting(now + longest_batch, settings_.reader_patience);
}

void NdjsonWriter::finish(std::chrono::milliseconds patience) {
    const SteadyTime end = steady_now() + patience;
    write_waiting(end, patience);
    drop(waiting_.size());
    file_.reset();
}

/// Until nothing waits, something fails, or the time is up.
void NdjsonWriter::write_waiting(SteadyTime end, std::chrono::milliseconds patience) {
    while (!waiting_.empty() && !closed_ && make_open()) {
        if (write_batch()) {
            if (!file_->regular() && steady_now() >= end) return;
            continue;
        }
        if (!slow_) return;
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - steady_now());
        const std::size_t done = front_done_;
        file_->wait_for_room(std::min(left, patience));
        const bool moving = write_batch() || !slow_ || front_done_ != done;
        if (!moving || steady_now() >= end) {
            if (slow_) failed(EAGAIN);
            return;
        }
    }
}

/// Writes whole lines in one go. False when not all of them went.
bool NdjsonWriter::write_batch() {
    slow_ = false;
    if (waiting_.empty()) return true;
    if (front_done_ == 0) rotate_before(waiting_.front()->size() + 1);
    if (!file_) return false;
    batch_.clear();
    std::uint64_t room = rotate_at_ > size_ ? rotate_at_ - size_ : 0;
    for (const Line& line : waiting_) {
        const std::size_t size = line->size() + 1;
        const bool too_much = batch_.size() + size > large_write || (file_->regular() && batch_.size() + size > room);
        if (!batch_.empty() && too_much) break;
        batch_ += *line;
        batch_ += '\n';
    }
    const NdjsonFile::Written written = file_->write(std::string_view{batch_}.substr(front_done_));
    consume(written.bytes);
    if (written.error == EAGAIN) {
        slow_ = true;
        return false;
    }
    if (written.error != 0) {
        cut_torn_line();
        failed(written.error);
        return false;
    }
    if (front_done_ == 0) account_.succeeded();
    return true;
}

void NdjsonWriter::consume(std::size_t bytes) {
    size_ += bytes;
    front_done_ += bytes;
    std::uint64_t lines = 0;
    while (!waiting_.empty() && front_done_ > waiting_.front()->size()) {
        front_done_ -= waiting_.front()->size() + 1;
        waiting_.pop_front();
        ++lines;
    }
    account_.delivered(lines);
}

/// Takes the beginning of a line back, so that a file has whole lines also if this program ends now. Where that does
/// not work, the line is completed later.
void NdjsonWriter::cut_torn_line() {
    if (front_done_ == 0 || !file_ || !file_->cut(size_ - front_done_)) return;
    size_ -= front_done_;
    front_done_ = 0;
}

void NdjsonWriter::failed(int error) {
    const bool reader_gone = error == EPIPE || error == ECONNRESET;
    if (reader_gone && settings_.path == "-") return close();
    if (reader_gone) front_done_ = 0;  // Of a named pipe: its next reader gets the line from its beginning.
    const SteadyTime now = steady_now();
    next_try_ = now + between_tries;
    const std::string name = settings_.path == "-" ? "standard output" : "\"" + settings_.path + "\"";
    account_.failed("cannot write " + name + ": " +
                        (error == EAGAIN ? "its reader is too slow" : std::generic_category().message(error)),
                    now);
}

void NdjsonWriter::close() {
    closed_ = true;
    front_done_ = 0;
    drop(waiting_.size());
    account_.ended("nobody reads standard output any more");
}

/// A file that was renamed or deleted, by logrotate for example, is begun anew under its name.
bool NdjsonWriter::make_open() {
    if (settings_.path == "-") return true;
    const SteadyTime now = steady_now();
    if (file_ && file_->moved_from(settings_.path)) {
        cut_torn_line();
        front_done_ = 0;
        file_.reset();
    }
    if (file_) {
        // Somebody may have emptied the file behind our back.
        if (file_->regular() && front_done_ == 0) size_ = file_->size();
        return true;
    }
    auto opened = NdjsonFile::open(settings_.path);
    if (!opened) {
        next_try_ = now + between_tries;
        account_.failed(opened.error().message, now);
        return false;
    }
    file_ = std::move(*opened);
    size_ = file_->size();
    rotate_at_ = settings_.bytes;
    account_.succeeded();
    return true;
}

void NdjsonWriter::rotate_before(std::size_t next_line) {
    if (settings_.path == "-" || !file_ || !file_->regular() || size_ == 0 || size_ + next_line <= rotate_at_) return;
    if (const auto rotated = rotate_files(settings_.path, settings_.files); !rotated) {
        // Better a file that is too large than records that are lost.
        rotate_at_ = size_ + settings_.bytes / 10 + 1;
        log_.warning("rotation_failed", rotated.error().message);
        return;
    }
    file_.reset();
    make_open();
}

/// Drops the newest of those that wait.
void NdjsonWriter::drop(std::size_t count) {
    if (count == waiting_.size() && count != 0) {
        cut_torn_line();
        front_done_ = 0;
    }
    account_.dropped(count);
    waiting_.resize(waiting_.size() - count);
}

}  // namespace muxtap::delivery
