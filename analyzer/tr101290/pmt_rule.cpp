#include "analyzer/tr101290/pmt_rule.h"

#include <algorithm>

namespace muxtap::analyzer {

namespace {

constexpr Absence no_pmt{.indicators = {IndicatorId::pmt_error}, .what = "no PMT section on its PID for more than"};
constexpr Absence no_program_pmt{.indicators = {IndicatorId::pmt_error_2},
                                 .what = "no PMT of the program for more than"};

/// Both kinds of key lie in one watch: those of PIDs below, those of programs above.
constexpr std::uint64_t program_key(ts::Pid pid, std::uint16_t program) noexcept {
    return std::uint64_t{1} << 32 | std::uint64_t{pid} << 16 | program;
}
constexpr ts::Pid pid_of(std::uint64_t key) noexcept {
    return static_cast<ts::Pid>(key >> 16 & 0xFFFFU);
}

}  // namespace

PmtRule::Program* PmtRule::find(std::uint64_t key) noexcept {
    const auto at = std::lower_bound(programs_.begin(), programs_.end(), key,
                                     [](const Program& program, std::uint64_t value) { return program.key < value; });
    return at != programs_.end() && at->key == key ? &*at : nullptr;
}

void PmtRule::start(UnixTime now) {
    started_ = true;
    expect_all(now);
}

void PmtRule::set_pmt_pids(std::span<const PmtPid> programs, UnixTime now) {
    next_.clear();
    pids_.reset();
    const std::size_t count = std::min(programs.size(), context_.caps.programs);
    for (const PmtPid& program : programs.first(count)) {
        if (program.program == 0 || program.pid >= ts::pid_count) continue;
        const std::uint64_t key = program_key(program.pid, program.program);
        const Program* known = find(key);
        next_.push_back({.key = key, .seen = known != nullptr && known->seen});
        pids_.set(program.pid);
    }
    std::sort(next_.begin(), next_.end(), [](const Program& a, const Program& b) { return a.key < b.key; });
    next_.erase(
        std::unique(next_.begin(), next_.end(), [](const Program& a, const Program& b) { return a.key == b.key; }),
        next_.end());
    programs_.swap(next_);
    missing_ = static_cast<std::size_t>(
        std::count_if(programs_.begin(), programs_.end(), [](const Program& program) { return !program.seen; }));
    watch_.forget_if(
        now, [&](std::uint64_t key) { return key >> 32 == 0 ? !pids_[key % ts::pid_count] : find(key) == nullptr; });
    if (started_) expect_all(now);
}

void PmtRule::expect_all(UnixTime now) {
    const auto limit = context_.thresholds.pmt;
    for (const Program& program : programs_) {
        const ts::Pid pid = pid_of(program.key);
        watch_.expect(pid, {.absence = &no_pmt, .limit = limit, .pid = pid, .program = {}}, now);
        watch_.expect(program.key,
                      {.absence = &no_program_pmt,
                       .limit = limit,
                       .pid = pid,
                       .program = static_cast<std::uint16_t>(program.key & 0xFFFFU)},
                      now);
    }
}

void PmtRule::on_section(const SectionSeen& section) {
    if (section.table_id != 0x02 || !section.crc_ok) return;
    const std::uint64_t key = program_key(section.pid, section.table_id_extension);
    if (Program* program = find(key); program != nullptr && !program->seen) {
        program->seen = true;
        --missing_;
    }
    if (!section.timed) return;
    watch_.seen(section.pid, section.last_byte, section.packet);
    watch_.seen(key, section.last_byte, section.packet);
}

void PmtRule::on_scrambled(const Finding& packet) {
    Finding finding = packet;
    finding.what = "PMT scrambled";
    context_.board.found(IndicatorId::pmt_error, finding);
    context_.board.found(IndicatorId::pmt_error_2, finding);
}

}  // namespace muxtap::analyzer
