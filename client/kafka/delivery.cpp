#include "client/kafka/delivery.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "client/kafka/producer_config.h"
#include "client/kafka/wire_size.h"

namespace muxtap::kafka {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds shortest_pause{100};
constexpr milliseconds longest_restart_pause{10'000};
constexpr milliseconds longest_wait_for_reports{10'000};
constexpr milliseconds first_topic_pause{500};
constexpr milliseconds longest_topic_pause{30'000};
constexpr std::chrono::seconds longest_silence{10};
constexpr std::chrono::minutes repeat_interval{1};
// Of a topic that the broker has not yet taken anything of, so that one that is missing does not fill the window.
constexpr std::size_t most_unproven = 16;
// Of one topic before it is the next one's turn.
constexpr std::size_t most_in_turn = 64;
constexpr std::size_t most_read_rows = 64;
constexpr std::size_t most_read_bytes = std::size_t{1} << 20;
}  // namespace

Delivery::Delivery(const Outbox::Settings& settings, app::Log& log, std::uint64_t first_new)
    : settings_(&settings),
      log_(&log),
      first_new_(first_new),
      watch_(log, settings.brokers),
      say_dropped_(repeat_interval),
      say_trimmed_(repeat_interval),
      say_restart_(repeat_interval) {}

// The producer refers to messages of the lanes: it goes first.
Delivery::~Delivery() {
    producer_.reset();
}

Result<void> Delivery::begin(int wake_descriptor) {
    wake_descriptor_ = wake_descriptor;
    auto producer = Producer::create(*settings_, single_);
    if (!producer) return tl::unexpected(producer.error());
    producer_ = std::move(*producer);
    producer_single_ = single_;
    for (auto& [topic, lane] : lanes_) {
        lane.known_keys.clear();
        lane.keys_on_trial.clear();
    }
    producer_->wake_through(wake_descriptor_);
    return {};
}

Lane& Delivery::lane_of(const std::string& topic) {
    const auto [at, made] = lanes_.try_emplace(topic);
    if (made) at->second.topic = topic;
    return at->second;
}

void Delivery::found(const std::string& topic, std::uint64_t last_id) {
    lane_of(topic).last_spooled = last_id;
}

void Delivery::hold(Lane& lane, Entry entry) {
    held_bytes_ += entry.size();
    if (!entry.spooled) unspooled_bytes_ += entry.size();
    lane.cursor = std::max(lane.cursor, entry.id);
    const std::uint64_t id = entry.id;
    lane.ready.emplace(id, std::make_unique<Entry>(std::move(entry)));
}

void Delivery::release(const Entry& entry) noexcept {
    held_bytes_ -= entry.size();
    if (!entry.spooled) unspooled_bytes_ -= entry.size();
}

void Delivery::spooled(Entry entry) {
    Lane& lane = lane_of(entry.message.topic);
    const bool next = lane.caught_up();
    lane.last_spooled = entry.id;
    if (next && lane.problem.empty() && held_bytes_ < Window::bytes) hold(lane, std::move(entry));
}

bool Delivery::take_unspooled(Entry& entry) {
    Lane& lane = lane_of(entry.message.topic);
    if (!lane.caught_up() || !lane.problem.empty() || held_bytes_ >= Window::bytes) return false;
    hold(lane, std::move(entry));
    return true;
}

bool Delivery::window_open() const noexcept {
    return in_flight_ == 0 || (in_flight_ < Window::messages && in_flight_bytes_ < Window::bytes);
}

bool Delivery::may_give(const Lane& lane) const noexcept {
    if (restarting_ || stopped_ || lane.draining || !window_open()) return false;
    const std::size_t most = lane.proven ? Window::messages : lane.problem.empty() ? most_unproven : 1;
    return lane.in_flight.size() < most;
}

DatabaseResult<void> Delivery::produce(Spool& spool) {
    if (restarting_) restart_when_empty();
    if (lanes_.empty() || stopped_) return {};
    next_lane_ = (next_lane_ + 1) % lanes_.size();
    auto at = std::next(lanes_.begin(), static_cast<std::ptrdiff_t>(next_lane_));
    for (std::size_t turn = 0; turn < lanes_.size(); ++turn) {
        if (auto given = produce(at->second, spool); !given) return given;
        if (++at == lanes_.end()) at = lanes_.begin();
    }
    return {};
}

DatabaseResult<void> Delivery::produce(Lane& lane, Spool& spool) {
    if (lane.draining && lane.in_flight.empty()) {
        lane.draining = false;
        unload(lane);
    }
    note_silence(lane);
    if (steady_now() < lane.not_before) return {};
    for (std::size_t turn = 0; turn < most_in_turn && may_give(lane); ++turn) {
        const auto filled = fill(lane, spool);
        if (!filled) return tl::unexpected(filled.error());
        if (!*filled || !give(lane)) break;
    }
    return {};
}

void Delivery::note_silence(Lane& lane) {
    const SteadyTime now = steady_now();
    if (lane.in_flight.empty() || !watch_.connected() || !lane.problem.empty()) {
        lane.silent_since = now;
        return;
    }
    if (now < lane.silent_since + longest_silence) return;
    lane.problem = "topic \"" + lane.topic + "\": nothing is acknowledged";
    if (!watch_.reason().empty()) lane.problem += ": " + watch_.reason();
    log_->warning("kafka_topic_silent",
                  lane.problem + "; its messages wait: see its leader and the rights of this user");
}

void Delivery::unload(Lane& lane) {
    while (!lane.ready.empty() && lane.ready.rbegin()->second->spooled) {
        const auto last = std::prev(lane.ready.end());
        release(*last->second);
        lane.cursor = last->first - 1;
        lane.ready.erase(last);
    }
}

DatabaseResult<bool> Delivery::fill(Lane& lane, Spool& spool) {
    while (lane.ready.empty() && !lane.caught_up()) {
        auto rows = spool.read(lane.topic, lane.cursor, most_read_rows, most_read_bytes);
        if (!rows) return tl::unexpected(rows.error());
        if (!rows->damaged.empty()) note_damaged(lane, rows->damaged);
        const bool none = rows->entries.empty() && rows->damaged.empty();
        for (const std::uint64_t id : rows->damaged) lane.cursor = std::max(lane.cursor, id);
        for (Entry& entry : rows->entries) hold(lane, std::move(entry));
        // What was seen there once and is not now was acknowledged.
        if (none) lane.cursor = lane.last_spooled;
    }
    return !lane.ready.empty();
}

bool Delivery::give(Lane& lane) {
    const auto first = lane.ready.begin();
    if (!fit(lane, *first->second)) {
        drop_too_large(lane, first->first);
        return true;
    }
    const std::string& key = first->second->message.key;
    const bool on_trial = !lane.known_keys.contains(key);
    if (on_trial && lane.keys_on_trial.contains(key)) return false;
    auto node = lane.ready.extract(first);
    Entry& entry = *node.mapped();
    Report report;
    switch (producer_->produce(entry, report)) {
        case Producer::Taken::no_room: lane.ready.insert(std::move(node)); return false;
        case Producer::Taken::refused:
            ++in_flight_;
            in_flight_bytes_ += entry.size();
            lane.in_flight.insert(std::move(node));
            handle(report);
            return !restarting_;
        case Producer::Taken::taken: break;
    }
    ++in_flight_;
    in_flight_bytes_ += entry.size();
    if (on_trial) lane.keys_on_trial.insert(entry.message.key);
    if (entry.id <= lane.given) ++counts_.resent;
    lane.given = std::max(lane.given, entry.id);
    lane.in_flight.insert(std::move(node));
    return true;
}

bool Delivery::collect(std::uint64_t waiting) {
    if (!producer_) return false;
    reports_.clear();
    events_.clear();
    producer_->take(reports_, events_);
    watch_.note(events_, waiting);
    const auto fatal = std::find_if(events_.begin(), events_.end(),
                                    [](const BrokerEvent& event) { return event.kind == BrokerEvent::Kind::fatal; });
    const bool answer = std::any_of(reports_.begin(), reports_.end(),
                                    [](const Report& report) { return report.outcome == Outcome::delivered; });
    // What it met once it need not meet now: only a fresh producer says something by that.
    if (answer || (!watch_.connected() && watch_.problem().empty() && producer_->has_met_broker()))
        watch_.answered(waiting);
    for (Report& report : reports_) handle(report);
    if (fatal != events_.end() || (!restarting_ && !reports_.empty() && producer_->fatal()))
        ask_for_restart(fatal != events_.end() ? fatal->text : "the producer cannot go on");
    return !reports_.empty() || !events_.empty();
}

void Delivery::handle(Report& report) {
    Lane& lane = lane_of(report.entry->message.topic);
    auto node = lane.in_flight.extract(report.entry->id);
    --in_flight_;
    in_flight_bytes_ -= report.entry->size();
    lane.keys_on_trial.erase(report.entry->message.key);
    if (report.outcome == Outcome::delivered) {
        lane.known_keys.insert(report.entry->message.key);
        delivered(lane, *node.mapped());
        return;
    }
    Entry& entry = *node.mapped();
    lane.ready.insert(std::move(node));
    if (report.outcome == Outcome::purged || stopped_) return;
    ++counts_.errors;
    switch (report.outcome) {
        case Outcome::topic_missing:
        case Outcome::topic_refused: topic_trouble(lane, report); break;
        case Outcome::too_large: too_large_for_broker(lane, entry); break;
        default: ask_for_restart(report.reason);
    }
}

void Delivery::delivered(Lane& lane, const Entry& entry) {
    ++counts_.delivered;
    if (entry.id < first_new_) ++counts_.replayed;
    lane.proven = true;
    lane.silent_since = steady_now();
    lane.taken = std::max(lane.taken, wire_size(entry.message));
    lane.back_off = milliseconds{0};
    restart_back_off_ = milliseconds{0};
    restart_reason_.clear();
    if (!lane.problem.empty()) {
        log_->info("kafka_topic_taken", "the broker takes topic \"" + lane.topic + "\" now");
        lane.problem.clear();
    }
    finished(entry);
}

void Delivery::finished(const Entry& entry) {
    if (entry.spooled) done_.push_back(entry.id);
    release(entry);
}

void Delivery::topic_trouble(Lane& lane, const Report& report) {
    // One report of many: the others of this round change nothing.
    if (lane.draining) return;
    lane.draining = true;
    lane.proven = false;
    lane.back_off = std::clamp(lane.back_off * 2, first_topic_pause, longest_topic_pause);
    lane.not_before = steady_now() + lane.back_off;
    const bool missing = report.outcome == Outcome::topic_missing;
    if (missing && settings_->create_topics) producer_->create_topic(lane.topic);
    if (lane.problem.empty() && !(missing && settings_->create_topics)) {
        const std::string what =
            missing ? "create it, or use --kafka-create-topics" : "see its name and the rights of this user";
        log_->warning("kafka_topic_refused",
                      "topic \"" + lane.topic + "\": " + report.reason + "; its messages wait in the spool: " + what);
    }
    lane.problem = "topic \"" + lane.topic + "\": " + report.reason;
    if (!producer_->fatal()) return;
    ask_for_restart(report.reason);
}

void Delivery::note_damaged(const Lane& lane, const std::vector<std::uint64_t>& ids) {
    counts_.damaged += ids.size();
    done_.insert(done_.end(), ids.begin(), ids.end());
    log_->error("spool_message_damaged",
                std::to_string(ids.size()) + " messages for topic \"" + lane.topic +
                    "\" are damaged in the spool and lost, the first is number " + std::to_string(ids.front()),
                {{"count", static_cast<std::uint64_t>(ids.size())}});
}

void Delivery::ask_for_restart(const std::string& reason) {
    if (restarting_ || stopped_) return;
    restarting_ = true;
    restart_reason_ = reason;
    restart_not_before_ = steady_now() + restart_back_off_;
    restart_back_off_ = std::clamp(restart_back_off_ * 2, shortest_pause, longest_restart_pause);
    if (const auto count = say_restart_.note(steady_now()))
        log_->warning("kafka_again",
                      "sending again from the oldest message not acknowledged: " + reason + times(*count));
    producer_->purge();
}

void Delivery::restart_when_empty() {
    const SteadyTime now = steady_now();
    // Reports that do not come are not waited for: without its producer a message is ours again.
    if (now < restart_not_before_ || (in_flight_ > 0 && now < restart_not_before_ + longest_wait_for_reports)) return;
    producer_.reset();
    for (auto& [topic, lane] : lanes_) lane.ready.merge(lane.in_flight);
    in_flight_ = 0;
    in_flight_bytes_ = 0;
    auto made = begin(wake_descriptor_);
    if (!made) {
        // Nothing but memory or threads can be missing: the settings were good before.
        restart_not_before_ = steady_now() + longest_restart_pause;
        log_->error("kafka_producer", made.error().message);
        return;
    }
    restarting_ = false;
}

void Delivery::stop(milliseconds most) {
    stopped_ = true;
    if (!producer_) return;
    producer_->purge();
    const SteadyTime deadline = steady_now() + most;
    while (in_flight_ > 0 && steady_now() < deadline) {
        if (!collect(0)) std::this_thread::sleep_for(milliseconds{1});
    }
    producer_.reset();
}

std::deque<Entry> Delivery::unspooled() const {
    std::map<std::uint64_t, const Entry*> sorted;
    for (const auto& [topic, lane] : lanes_)
        for (const Lane::Entries* const entries : {&lane.ready, &lane.in_flight})
            for (const auto& [id, entry] : *entries)
                if (!entry->spooled) sorted.emplace(id, entry.get());
    std::deque<Entry> copies;
    for (const auto& [id, entry] : sorted) copies.push_back(*entry);
    return copies;
}

std::size_t Delivery::lose_spool() {
    std::size_t held = 0;
    unspooled_bytes_ = held_bytes_;
    done_.clear();
    for (auto& [topic, lane] : lanes_) {
        lane.last_spooled = lane.cursor;
        for (Lane::Entries* const entries : {&lane.ready, &lane.in_flight})
            for (const auto& [id, entry] : *entries) held += std::exchange(entry->spooled, false) ? 1 : 0;
    }
    return held;
}

void Delivery::now_spooled(std::uint64_t last_id) {
    for (auto& [topic, lane] : lanes_)
        for (Lane::Entries* const entries : {&lane.ready, &lane.in_flight})
            for (const auto& [id, entry] : *entries)
                if (!entry->spooled && id <= last_id) {
                    unspooled_bytes_ -= entry->size();
                    entry->spooled = true;
                }
}

std::string Delivery::problem() const {
    if (!watch_.problem().empty()) return watch_.problem();
    for (const auto& [topic, lane] : lanes_)
        if (!lane.problem.empty()) return lane.problem;
    return restart_reason_;
}

}  // namespace muxtap::kafka
