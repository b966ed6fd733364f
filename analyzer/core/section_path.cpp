#include "analyzer/core/descriptions.h"
#include "analyzer/core/stream_analyzer.h"
#include "analyzer/scte35/splice_info.h"
#include "common/base/base64.h"

// Payload: sections to the tables and their rules, PES to the elementary streams. What the tables say decides which.

namespace muxtap::analyzer {

namespace {

/// What tells tables of other networks apart (EN 300 468, 5.2.3 and 5.2.4).
std::uint32_t table_owner(const psi::Section& section) noexcept {
    const std::uint8_t id = section.table_id();
    const bool is_eit = id >= psi::table::eit_pf_actual && id <= psi::table::eit_last;
    const bool is_sdt = id == psi::table::sdt_actual || id == psi::table::sdt_other;
    if (is_eit && section.body().size() >= 4) return read_u32(section.body(), 0);
    if (is_sdt && section.body().size() >= 2) return read_u16(section.body(), 0);
    return 0;
}

/// Elementary streams that are sections, not PES packets.
bool carries_sections(Codec codec) noexcept {
    return codec == Codec::scte35 || codec == Codec::dsmcc || codec == Codec::private_sections ||
           codec == Codec::scte27_subtitle;
}

EventKind kind_of(psi::SiChangeKind change) noexcept {
    switch (change) {
        case psi::SiChangeKind::program_added: return EventKind::program_added;
        case psi::SiChangeKind::program_removed: return EventKind::program_removed;
        default: return EventKind::table_changed;
    }
}

}  // namespace

void Analyzer::Impl::add_payload(const Passing& packet, const ts::PacketView& view) {
    PidState& state = packet.state;
    if (state.role == PayloadRole::sections) {
        const bool starts = packet.header.payload_unit_start_indicator();
        const psi::SectionTiming now{packet.time.value_or(now_), packet.position};
        state.sections->add(view.payload(), starts, now,
                            [&](const psi::Section& section) { add_section(packet, section); });
        take_si_changes(packet);
        return;
    }
    if (state.pid != ts::null_pid) add_pes(packet, view.payload());
}

void Analyzer::Impl::add_section(const Passing& packet, const psi::Section& section) {
    PidState& state = packet.state;
    const bool sound = section.verdict() == psi::SectionVerdict::ok;
    const bool has_syntax = section.section_syntax_indicator();
    SectionSeen seen;
    seen.pid = state.pid;
    seen.table_id = section.table_id();
    seen.crc_ok = sound;
    seen.timed = packet.time.has_value();
    seen.first_byte = section.first().time;
    seen.last_byte = section.last().time;
    seen.packet = packet.position;
    seen.shadow = packet.shadow || (capture_lost_ && loss_position_ > section.first().packet);
    if (has_syntax) {
        seen.table_id_extension = section.table_id_extension();
        seen.version = section.version_number();
        seen.section_number = section.section_number();
        seen.last_section_number = section.last_section_number();
        seen.table_owner = table_owner(section);
    }
    // A table that is announced only does not stand for the one in force.
    if (!has_syntax || section.current_next_indicator()) rules_.on_section(seen);
    if (!sound) return;
    if (section.table_id() == psi::table::splice_info) add_splice(packet, section);
    if (si_.add(state.pid, section) == psi::SectionOutcome::malformed) state.sections->count_malformed();
}

void Analyzer::Impl::add_splice(const Passing& packet, const psi::Section& section) {
    PidState& state = packet.state;
    if (!state.splices) {
        if (!may_have(state, thing_splices, splice_pids_)) return;
        state.splices = std::make_unique<SplicePath>();
    }
    SplicePath& splices = *state.splices;
    const auto verdict = splices.watch.look(section.bytes(), section.last().time);
    if (verdict != scte35::SpliceWatch::Verdict::event) return;
    auto splice = scte35::parse_splice(section.bytes());
    if (!splice) {
        state.sections->count_malformed();
        return;
    }
    splice->section_base64 = to_base64(section.bytes());
    if (const auto clock = program_clock(state, packet.position, packet.time))
        splice->preroll_ns = scte35::preroll(*splice, ts::Pcr::from_ticks(static_cast<std::uint64_t>(*clock)));
    Event told = event_of(EventKind::splice, packet, scte35::describe(*splice));
    told.splice = *splice;
    splices.last = std::move(*splice);
    log_.add(std::move(told));
}

void Analyzer::Impl::take_si_changes(const Passing& packet) {
    for (const psi::SiChange& change : si_.take_changes()) {
        Event told;
        told.time = change.timing.time;
        told.packet = change.timing.packet;
        told.pid = change.pid;
        told.program = change.program;
        told.kind = kind_of(change.kind);
        told.text = describe_change(change);
        log_.add(std::move(told));
    }
    assign_roles(packet.position, packet.time.value_or(now_));
}

void Analyzer::Impl::assign_roles(std::uint64_t position, UnixTime now) {
    if (si_.generation() == generation_seen_) return;
    // Looking at all PIDs and programs must be paid for by packets: tables that change all the time wait.
    constexpr std::uint64_t paid_by_packet = 8;
    constexpr std::uint64_t most_debt = 2'000'000;
    roles_debt_ -= std::min(roles_debt_, (position - roles_position_) * paid_by_packet);
    roles_position_ = position;
    if (roles_debt_ > most_debt) return;
    generation_seen_ = si_.generation();
    for (PidState* state : pids_.seen()) assign_role(*state);
    group_programs();
    roles_debt_ += pids_.seen().size() + tell_rules(now);
}

std::size_t Analyzer::Impl::tell_rules(UnixTime now) {
    std::vector<PmtPid> maps;
    std::vector<ReferencedPid> references;
    std::vector<EitService> services;
    for (const ts::Pid pid : si_.referenced_pids()) references.push_back({pid, 0, ReferenceKind::sparse});
    for (const ProgramInfo* program : si_.programs()) {
        const std::uint16_t number = program->program_number;
        if (program->eit_present_following) services.push_back({number, true});
        if (program->pmt_pid) maps.push_back({*program->pmt_pid, number});
        if (program->pcr_pid) references.push_back({*program->pcr_pid, number, ReferenceKind::clock});
        for (const ProgramStream& stream : program->streams) {
            const ReferenceKind kind = stream.kind == MediaKind::video   ? ReferenceKind::video
                                       : stream.kind == MediaKind::audio ? ReferenceKind::audio
                                                                         : ReferenceKind::sparse;
            references.push_back({stream.pid, number, kind});
        }
    }
    rules_.set_pmt_pids(maps, now);
    rules_.set_referenced(references, now);
    rules_.set_eit_services(services, now);
    return maps.size() + references.size();
}

void Analyzer::Impl::assign_role(PidState& state) {
    if (state.pid == ts::null_pid) {
        state.use = PidUse::null;
        return;
    }
    state.use = si_.use_of(state.pid);
    const ProgramStream* stream = si_.stream_of(state.pid);
    if (si_.is_psi_pid(state.pid)) {
        state.role = make_sections(state) ? PayloadRole::sections : PayloadRole::ignored;
        if (state.elementary) elementary_streams_.give_back();
        state.elementary.reset();
    } else {
        state.role = stream != nullptr ? PayloadRole::pes : PayloadRole::ignored;
        if (stream != nullptr && carries_sections(stream->codec)) state.role = PayloadRole::ignored;
    }
    state.clock_pid.reset();
    const auto programs = si_.programs_of(state.pid);
    if (!programs.empty()) {
        if (const ProgramInfo* program = si_.program(programs.front())) state.clock_pid = program->pcr_pid;
    }
    if (stream != nullptr && state.role == PayloadRole::pes && make_elementary(state))
        state.elementary->set_format(stream->kind, stream->codec);
    set_buffers(state);
    PidSlot& slot = pids_.slot(state.pid);
    if ((slot.attention & PidSlot::not_seen) == 0) want_payload(state);
}

}  // namespace muxtap::analyzer
