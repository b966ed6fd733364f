#include "analyzer/scte35/splice_watch.h"

namespace muxtap::scte35 {

namespace {

constexpr std::size_t encryption_at = 4;
constexpr std::size_t command_type_at = 13;
constexpr std::uint8_t command_null = 0x00;
constexpr std::uint8_t command_insert = 0x05;
constexpr std::uint8_t command_time_signal = 0x06;

/// FNV-1a of 64 bits: no defence against an attacker, who could as well change a byte.
std::uint64_t fingerprint_of(ByteView bytes) noexcept {
    std::uint64_t hash = 0xCBF29CE484222325;
    for (const std::uint8_t byte : bytes) hash = (hash ^ byte) * 0x100000001B3;
    return hash;
}

/// Whether the command names a time in the stream, so that the same bytes again mean the same moment.
bool names_time(ByteView section) noexcept {
    const std::uint8_t type = section[command_type_at];
    const std::size_t body = command_type_at + 1;
    if (type == command_time_signal) return section.size() > body && (section[body] & 0x80U) != 0;
    if (type != command_insert) return false;
    // Flags behind splice_event_id and the cancel indicator: splice_immediate_flag.
    const std::size_t flags = body + 5;
    return section.size() > flags && (section[body + 4] & 0x80U) == 0 && (section[flags] & 0x10U) == 0;
}

}  // namespace

SpliceWatch::Verdict SpliceWatch::look(ByteView section, UnixTime now) noexcept {
    const bool readable = section.size() > command_type_at && (section[encryption_at] & 0x80U) == 0;
    if (readable && section[command_type_at] == command_null) {
        ++nulls_;
        return Verdict::null;
    }
    const std::uint64_t fingerprint = fingerprint_of(section);
    const std::chrono::seconds memory{readable && names_time(section) ? 60 : 10};
    Seen* oldest = seen_.data();
    for (Seen& seen : seen_) {
        if (seen.used && seen.fingerprint == fingerprint) {
            const bool recent = now - seen.time <= memory;
            seen.time = now;
            ++(recent ? repetitions_ : events_);
            return recent ? Verdict::repetition : Verdict::event;
        }
        if (oldest->used && (!seen.used || seen.time < oldest->time)) oldest = &seen;
    }
    *oldest = {fingerprint, now, true};
    ++events_;
    return Verdict::event;
}

}  // namespace muxtap::scte35
