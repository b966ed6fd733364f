#include "client/kafka/storage.h"

#include <algorithm>
#include <span>
#include <utility>

namespace muxtap::kafka {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds retry_pause{1000};
constexpr milliseconds shrink_pause{250};
// Rows that are done wait for company: a transaction costs a sync.
constexpr milliseconds longest_done_wait{500};
constexpr std::chrono::minutes repeat_interval{1};
constexpr std::size_t enough_done = 500;
constexpr std::size_t most_done = 1000;

std::string counted(std::uint64_t messages) {
    return std::to_string(messages) + (messages == 1 ? " message" : " messages");
}

}  // namespace

Storage::Storage(const Outbox::Settings& settings, app::Log& log) noexcept
    : settings_(&settings), log_(&log), say_failing_(repeat_interval) {}

Result<std::unique_ptr<Storage>> Storage::open(const Outbox::Settings& settings, app::Log& log) {
    std::unique_ptr<Storage> storage(new Storage(settings, log));
    std::vector<std::string> notes;
    auto spool = Spool::open(settings.spool_path, settings.spool_bytes, notes);
    for (const std::string& note : notes) log.warning("spool_damaged", note);
    if (!spool) return tl::unexpected(spool.error());
    storage->spool_ = std::move(*spool);
    for (const auto& [name, topic] : storage->spool_->found()) storage->found_ += topic.messages;
    storage->rows_ = storage->found_;
    storage->next_id_ = storage->first_new_ = storage->spool_->next_id();
    if (storage->found_ > 0)
        log.info("spool_found",
                 counted(storage->found_) + " of an earlier run wait in spool \"" + settings.spool_path +
                     "\" and are sent first",
                 {{"waiting", storage->found_}});
    return storage;
}

void Storage::add(std::deque<Message> messages) {
    for (Message& message : messages) {
        memory_.push_back({.id = next_id_++, .message = std::move(message)});
        memory_bytes_ += memory_.back().size();
    }
}

bool Storage::due(const std::vector<std::uint64_t>& done) {
    const SteadyTime now = steady_now();
    if (done.empty()) done_since_ = now;
    if (problem_.empty() && !memory_.empty()) return true;
    // While it fails, a try is worth it when room may have come.
    const bool freed = spool_ && spool_->full() && done.size() >= enough_done;
    if (!problem_.empty() && now < try_again_ && !freed) return false;
    if (memory_.empty() && done.empty()) return false;
    return !memory_.empty() || done.size() >= enough_done || now >= done_since_ + longest_done_wait;
}

bool Storage::work(Delivery& delivery) {
    if (!spool_ && steady_now() >= try_again_) set_aside(problem_, delivery);
    bool moved = false;
    if (spool_ && due(delivery.done())) moved = write(delivery);
    if (failing() && !memory_.empty()) moved = hand_over_unspooled(delivery) || moved;
    if (spool_ && steady_now() >= shrink_again_) {
        spool_->shrink();
        shrink_again_ = steady_now() + shrink_pause;
    }
    return moved;
}

bool Storage::write(Delivery& delivery) {
    bool moved = false;
    do {
        const std::size_t before = memory_.size();
        const auto stored = commit(delivery.done());
        if (!stored) {
            failed(stored.error(), delivery);
            return moved;
        }
        hand_over(*stored, delivery);
        moved = true;
        if (spool_->full()) {
            begin_failing("spool \"" + settings_->spool_path + "\" is full: its " +
                          std::to_string(settings_->spool_bytes) + " bytes are used (--spool-bytes)");
            return moved;
        }
        end_failing();
        if (memory_.size() == before && delivery.done().empty()) break;
    } while (!memory_.empty());
    return moved;
}

DatabaseResult<std::size_t> Storage::commit(std::vector<std::uint64_t>& done) {
    const std::size_t count = std::min(done.size(), most_done);
    const std::span<const std::uint64_t> some(done.data(), count);
    auto stored = spool_->commit(some, memory_);
    // Erasing can go through where writing cannot: the log's room on disk is there already.
    if (!stored && stored.error().kind == DatabaseError::Kind::full && count > 0 && spool_->commit(some, {})) {
        rows_ -= std::min<std::uint64_t>(rows_, count);
        done.erase(done.begin(), done.begin() + static_cast<std::ptrdiff_t>(count));
        return stored;
    }
    if (!stored) return stored;
    rows_ -= std::min<std::uint64_t>(rows_, count);
    rows_ += *stored;
    done.erase(done.begin(), done.begin() + static_cast<std::ptrdiff_t>(count));
    return stored;
}

void Storage::hand_over(std::size_t count, Delivery& delivery) {
    for (; count > 0; --count) {
        Entry& entry = memory_.front();
        memory_bytes_ -= entry.size();
        entry.spooled = true;
        delivery.spooled(std::move(entry));
        memory_.pop_front();
    }
}

bool Storage::hand_over_unspooled(Delivery& delivery) {
    std::deque<Entry> kept;
    std::vector<std::string> stopped;
    const std::size_t before = memory_.size();
    for (Entry& entry : memory_) {
        // Behind one that cannot go, none of its topic can.
        const std::string topic = entry.message.topic;
        const std::size_t size = entry.size();
        const bool may = std::find(stopped.begin(), stopped.end(), topic) == stopped.end();
        if (may && delivery.take_unspooled(entry)) {
            memory_bytes_ -= size;
            continue;
        }
        if (may) stopped.push_back(topic);
        kept.push_back(std::move(entry));
    }
    memory_ = std::move(kept);
    return memory_.size() != before;
}

void Storage::failed(const DatabaseError& error, Delivery& delivery) {
    if (error.kind == DatabaseError::Kind::damaged) {
        set_aside(error.message, delivery);
        return;
    }
    const bool bound = spool_ && spool_->full();
    begin_failing("spool \"" + settings_->spool_path +
                  "\" cannot be written: " + (bound ? "its bound is reached (--spool-bytes)" : error.message));
}

void Storage::set_aside(const std::string& reason, Delivery& delivery) {
    std::vector<std::string> notes;
    Result<void> aside;
    if (spool_) {
        const std::uint64_t safe = delivery.done().size() + delivery.lose_spool();
        const std::uint64_t missing = rows_ - std::min<std::uint64_t>(rows_, safe);
        lost_ += missing;
        rows_ = 0;
        aside = spool_->set_aside(reason, notes);
        spool_.reset();
        log_->error("spool_damaged",
                    (notes.empty() ? aside.error().message : notes.front()) + "; " + counted(missing) + " lost",
                    {{"lost", missing}});
    }
    notes.clear();
    auto fresh = aside ? Spool::open(settings_->spool_path, settings_->spool_bytes, notes)
                       : Result<std::unique_ptr<Spool>>(tl::unexpected(aside.error()));
    if (!fresh) {
        begin_failing(fresh.error().message);
        return;
    }
    spool_ = std::move(*fresh);
    end_failing();
    std::deque<Entry> held = delivery.unspooled();
    while (!held.empty()) {
        const auto stored = spool_->commit({}, held);
        if (!stored || *stored == 0) return;
        rows_ += *stored;
        delivery.now_spooled(held[*stored - 1].id);
        held.erase(held.begin(), held.begin() + static_cast<std::ptrdiff_t>(*stored));
    }
}

std::uint64_t Storage::finish(Delivery& delivery) {
    std::deque<Entry> waiting = delivery.unspooled();
    std::move(memory_.begin(), memory_.end(), std::back_inserter(waiting));
    memory_ = std::move(waiting);
    memory_bytes_ = 0;
    std::vector<std::uint64_t>& done = delivery.done();
    while (spool_ && (!memory_.empty() || !done.empty())) {
        const std::size_t before = done.size();
        const auto stored = commit(done);
        if (!stored || (*stored == 0 && done.size() == before)) break;
        memory_.erase(memory_.begin(), memory_.begin() + static_cast<std::ptrdiff_t>(*stored));
    }
    const std::uint64_t lost = memory_.size();
    memory_.clear();
    if (lost > 0)
        log_->error("messages_lost", counted(lost) + " lost at the end: neither the broker nor the spool took them",
                    {{"lost", lost}});
    return lost;
}

void Storage::begin_failing(const std::string& problem) {
    try_again_ = steady_now() + retry_pause;
    if (problem_.empty()) {
        failing_since_ = steady_now();
        said_failing_ = say_failing_.note(failing_since_).has_value();
        if (said_failing_)
            log_->error("spool_failing", problem + "; new messages wait in memory while there is room, then are lost");
    }
    problem_ = problem;
}

void Storage::end_failing() {
    if (problem_.empty()) return;
    problem_.clear();
    if (!said_failing_) return;
    const auto failed_for = std::chrono::duration_cast<std::chrono::seconds>(steady_now() - failing_since_).count();
    log_->info("spool_writable",
               "spool \"" + settings_->spool_path + "\" is written again after " + std::to_string(failed_for) + " s");
}

}  // namespace muxtap::kafka
