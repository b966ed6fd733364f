#include "analyzer/tr101290/rules.h"

#include <algorithm>
#include <array>

namespace muxtap::analyzer {

namespace {

/// DVB indicators: not applicable until the stream has their tables or is said to be DVB.
constexpr std::array dvb_indicators = {IndicatorId::nit_error,        IndicatorId::nit_actual_error,
                                       IndicatorId::nit_other_error,  IndicatorId::si_repetition_error,
                                       IndicatorId::sdt_error,        IndicatorId::sdt_actual_error,
                                       IndicatorId::sdt_other_error,  IndicatorId::eit_error,
                                       IndicatorId::eit_actual_error, IndicatorId::eit_other_error,
                                       IndicatorId::eit_pf_error,     IndicatorId::rst_error,
                                       IndicatorId::tdt_error};

/// Those of every stream that need a clock.
constexpr std::array timed_indicators = {
    IndicatorId::pat_error, IndicatorId::pat_error_2, IndicatorId::pmt_error,        IndicatorId::pmt_error_2,
    IndicatorId::pid_error, IndicatorId::cat_error,   IndicatorId::unreferenced_pid, IndicatorId::unreferenced_pid_a};

}  // namespace

Rules::Rules(const AnalyzerOptions& options, std::vector<Event>& events)
    : thresholds_(options.thresholds),
      caps_(options.caps),
      standard_(options.standard),
      board_(events, options.caps.pending_events),
      context_{board_, shadow_, thresholds_, caps_},
      sync_(board_, shadow_),
      pat_(context_),
      pmt_(context_),
      cat_(context_),
      gap_(context_),
      nit_(context_, gap_, nit_rules()),
      sdt_(context_, gap_, sdt_rules()),
      eit_(context_, gap_, eit_rules()),
      rst_(context_, gap_, rst_rules()),
      tdt_(context_, gap_, tdt_rules()),
      repetition_(context_),
      eit_pf_(context_),
      pids_(context_) {
    for (const IndicatorId id : {IndicatorId::ts_sync_loss, IndicatorId::sync_byte_error, IndicatorId::crc_error}) {
        board_.set_state(id, IndicatorState::ok);
    }
    const bool dvb = standard_ == Standard::dvb;
    for (const IndicatorId id : dvb_indicators) {
        board_.set_state(id, dvb ? IndicatorState::not_measured : IndicatorState::not_applicable);
    }
}

std::optional<UnixTime> Rules::clock() const noexcept {
    return started_ ? std::optional(now_) : std::nullopt;
}

void Rules::start(UnixTime now) {
    started_ = true;
    now_ = now;
    grace_until_ = now + thresholds_.pat + thresholds_.pmt;
    for (const IndicatorId id : timed_indicators) board_.set_state(id, IndicatorState::ok);
    pat_.start(now);
    pmt_.start(now);
    for (SiPidRule* rule : {&nit_, &sdt_, &eit_, &rst_, &tdt_}) {
        if (rule->applies() || standard_ == Standard::dvb) rule->apply(now);
    }
    if (sdt_seen_) expect_eit(now);
    if (standard_ != Standard::dvb) return;
    for (const IndicatorId id : dvb_indicators) board_.set_state(id, IndicatorState::ok);
}

SiPidRule* Rules::si_rule(ts::Pid pid) noexcept {
    if (standard_ == Standard::atsc || standard_ == Standard::mpeg) return nullptr;
    switch (pid) {
        case nit_pid: return &nit_;
        case sdt_pid: return &sdt_;
        case eit_pid: return &eit_;
        case rst_pid: return &rst_;
        case tdt_pid: return &tdt_;
        default: return nullptr;
    }
}

void Rules::on_bad_sync(std::uint64_t n, UnixTime time, std::uint64_t packet) {
    expire(now_, packet);
    sync_.on_bad_sync(n, time, packet);
}

void Rules::on_skipped_bytes(std::uint64_t bytes, UnixTime time, std::uint64_t packet) {
    expire(now_, packet);
    sync_.on_skipped_bytes(bytes, time, packet);
}

void Rules::on_capture_loss(UnixTime time) {
    if (!started_) return;
    // What is overdue is judged by what was known until now: the shadow remembers the newest loss only.
    expire(now_, packet_);
    shadow_.add_loss(now_, time);
    now_ = std::max(now_, time);
}

void Rules::count_crc_error(const SectionSeen& section) {
    // A table_id is as likely damaged as the rest, so the PID decides; tables that share a PMT's PID are told by
    // theirs.
    const bool counts =
        section.pid == pat_pid || section.pid == cat_pid || si_rule(section.pid) != nullptr ||
        (pmt_.is_pmt_pid(section.pid) ? section.table_id < 0x80 : section.table_id == 0x40 || section.table_id == 0x41);
    if (counts) board_.found(IndicatorId::crc_error, finding_of(section, "CRC_32 wrong, table_id"));
}

void Rules::on_section(const SectionSeen& seen) {
    SectionSeen section = seen;
    section.shadow = section.shadow || in_shadow();
    if (section.timed) {
        if (!started_) start(section.first_byte);
        now_ = std::max(now_, section.last_byte);
    }
    packet_ = section.packet;
    if (!section.crc_ok) count_crc_error(section);
    if (section.pid == pat_pid) return pat_.on_section(section);
    if (section.pid == cat_pid) return cat_.on_section(section);
    if (SiPidRule* rule = si_rule(section.pid)) {
        rule->apply(clock());
        if (!rule->on_section(section) || !section.timed) return;
        repetition_.on_section(section);
        if (section.pid != eit_pid) return;
        if (section.table_id == 0x4E) eit_actual_seen_ = true;
        if (section.table_id == 0x4E || section.table_id == 0x4F) eit_pf_.on_section(section);
        return;
    }
    if (pmt_.is_pmt_pid(section.pid)) pmt_.on_section(section);
}

void Rules::judge_scrambled(ts::Pid pid, UnixTime time, std::uint64_t packet, bool shadow) {
    const Finding finding{
        .time = time, .packet = packet, .pid = pid, .program = {}, .shadow = shadow || in_shadow(), .what = {}};
    cat_.on_scrambled(finding);
    if (pid == pat_pid) {
        pat_.on_scrambled(finding);
    } else if (pmt_.is_pmt_pid(pid)) {
        pmt_.on_scrambled(finding);
    }
}

void Rules::set_pmt_pids(std::span<const PmtPid> programs, UnixTime now) {
    pmt_.set_pmt_pids(programs, now);
    grace_until_ = std::max(grace_until_, now + thresholds_.pmt);
}

void Rules::set_referenced(std::span<const ReferencedPid> references, UnixTime now) {
    pids_.set_referenced(references, now);
}

void Rules::set_eit_services(std::span<const EitService> services, UnixTime now) {
    if (standard_ == Standard::atsc || standard_ == Standard::mpeg) return;
    eit_services_.clear();
    for (const EitService& service : services) {
        if (service.present_following && eit_services_.size() < caps_.programs) {
            eit_services_.push_back(service.service_id);
        }
    }
    std::sort(eit_services_.begin(), eit_services_.end());
    sdt_seen_ = true;
    if (started_) expect_eit(now);
}

void Rules::expect_eit(UnixTime now) {
    repetition_.expect_eit(eit_services_, now);
    if (!eit_services_.empty()) {
        eit_.apply(now);
        eit_.hand_over_actual(now);
    } else if (!eit_actual_seen_) {
        eit_.excuse_absence(now);
    }
}

void Rules::expire(UnixTime now, std::uint64_t packet) {
    if (!started_) return;
    pat_.expire(now, packet);
    pmt_.expire(now, packet);
    cat_.expire(now, packet);
    for (SiPidRule* rule : {&nit_, &sdt_, &eit_, &rst_, &tdt_}) rule->expire(now, packet);
    repetition_.expire(now, packet);
    eit_pf_.expire(now);
}

void Rules::tick(UnixTime now, std::uint64_t packet, std::span<const PidActivity> pids) {
    if (!started_) start(now);
    now_ = std::max(now_, now);
    packet_ = std::max(packet_, packet);
    for (const PidActivity& pid : pids) {
        if (SiPidRule* rule = si_rule(pid.pid)) rule->apply(pid.first_seen);
    }
    expire(now_, packet_);
    const bool hold = (!pmt_.all_seen() && now_ <= grace_until_) || cat_.awaited();
    pids_.tick(now_, packet_, pids, hold, [&](ts::Pid pid) { return pmt_.is_pmt_pid(pid); });
    board_.tick(now_);
}

std::uint64_t Rules::left_out() const noexcept {
    return pmt_.left_out() + gap_.left_out() + repetition_.left_out() + eit_pf_.left_out();
}

}  // namespace muxtap::analyzer
