#include "analyzer/tr101290/presence_watch.h"

#include <algorithm>

namespace muxtap::analyzer {

PresenceWatch::Entry* PresenceWatch::add(std::uint64_t key, const Watched& thing, UnixTime since) {
    if (entries_.size() >= cap_) {
        ++left_out_;
        return nullptr;
    }
    Entry& entry = entries_[key];
    entry.thing = thing;
    entry.since = since;
    earliest_ = std::min(earliest_, since + thing.limit);
    return &entry;
}

void PresenceWatch::expect(std::uint64_t key, const Watched& thing, UnixTime now) {
    if (!entries_.contains(key)) (void)add(key, thing, now);
}

void PresenceWatch::seen(std::uint64_t key, const Watched& thing, UnixTime time, std::uint64_t packet) {
    if (const auto found = entries_.find(key); found != entries_.end()) {
        renew(found->second, time, packet);
    } else if (Entry* entry = add(key, thing, time)) {
        entry->seen = true;
    }
}

void PresenceWatch::seen(std::uint64_t key, UnixTime time, std::uint64_t packet) {
    if (const auto found = entries_.find(key); found != entries_.end()) renew(found->second, time, packet);
}

void PresenceWatch::touch(std::uint64_t key, UnixTime time) {
    const auto found = entries_.find(key);
    if (found == entries_.end()) return;
    Entry& entry = found->second;
    if (time <= entry.since) return;
    end(entry, time);
    entry.since = time;
    entry.seen = true;
    entry.raised = entry.shadow_counted = false;
    earliest_ = std::min(earliest_, time + entry.thing.limit);
}

void PresenceWatch::forget(std::uint64_t key, UnixTime now) {
    const auto found = entries_.find(key);
    if (found == entries_.end()) return;
    settle(found->second, now);
    entries_.erase(found);
}

void PresenceWatch::settle(Entry& entry, UnixTime now) {
    if (!entry.raised && now - entry.since > entry.thing.limit) raise(entry, now, packet_);
    end(entry, now);
}

void PresenceWatch::renew(Entry& entry, UnixTime time, std::uint64_t packet) {
    packet_ = packet;
    if (!entry.raised && time - entry.since > entry.thing.limit) raise(entry, time, packet);
    end(entry, time);
    entry.since = std::max(entry.since, time);
    entry.seen = true;
    entry.raised = entry.shadow_counted = false;
    earliest_ = std::min(earliest_, entry.since + entry.thing.limit);
}

void PresenceWatch::raise(Entry& entry, UnixTime now, std::uint64_t packet) {
    const UnixTime deadline = entry.since + entry.thing.limit;
    const Absence& absence = *entry.thing.absence;
    Finding finding{.time = deadline,
                    .packet = packet,
                    .pid = entry.thing.pid,
                    .program = entry.thing.program,
                    .shadow = shadow_->covers(entry.since, deadline),
                    .what = absence.what,
                    .table_id = {},
                    .duration = entry.thing.limit};
    const bool repetition = absence.never_seen_is_repetition_error && !entry.seen;
    if (finding.shadow) {
        entry.since = std::max(deadline, shadow_->end(now));
        if (entry.shadow_counted) return;
        entry.shadow_counted = true;
    } else {
        entry.raised = true;
        entry.lasting = absence.lasts;
        entry.repetition = repetition && absence.lasts;
    }
    const auto tell = [&](IndicatorId id) {
        absence.lasts ? board_->begin_condition(id, finding) : board_->found(id, finding);
    };
    for (std::size_t i = 0; i < absence.indicator_entries; ++i) tell(absence.indicators[i]);
    if (repetition) tell(IndicatorId::si_repetition_error);
}

void PresenceWatch::end(Entry& entry, UnixTime time) {
    if (!entry.lasting) return;
    const Absence& absence = *entry.thing.absence;
    for (std::size_t i = 0; i < absence.indicator_entries; ++i) board_->end_condition(absence.indicators[i], time);
    if (entry.repetition) board_->end_condition(IndicatorId::si_repetition_error, time);
    entry.lasting = entry.repetition = false;
}

void PresenceWatch::expire(UnixTime now, std::uint64_t packet) {
    packet_ = packet;
    if (now <= earliest_) return;
    overdue_.clear();
    for (const auto& [key, entry] : entries_) {
        const UnixTime deadline = entry.since + entry.thing.limit;
        if (!entry.raised && now > deadline) overdue_.emplace_back(deadline, key);
    }
    // In the order in which the limits passed, whatever the order in memory.
    std::sort(overdue_.begin(), overdue_.end());
    for (const auto& [deadline, key] : overdue_) raise(entries_.find(key)->second, now, packet);
    earliest_ = UnixTime::max();
    for (const auto& [key, entry] : entries_) {
        if (!entry.raised) earliest_ = std::min(earliest_, entry.since + entry.thing.limit);
    }
}

}  // namespace muxtap::analyzer
