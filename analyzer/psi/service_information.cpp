#include "analyzer/psi/service_information.h"

#include <algorithm>
#include <utility>

#include "analyzer/psi/eit.h"

namespace muxtap::psi {

namespace {

constexpr ts::Pid psip_base_pid = 0x1FFB;

/// PIDs 0x0000..0x001F have fixed meanings (ISO/IEC 13818-1, table 2-3; EN 300 468, table 1).
analyzer::PidUse fixed_use(ts::Pid pid) noexcept {
    using analyzer::PidUse;
    switch (pid) {
        case 0x00: return PidUse::pat;
        case 0x01: return PidUse::cat;
        case 0x02: return PidUse::tsdt;
        case 0x03: return PidUse::ipmp;
        case 0x10: return PidUse::nit;
        case 0x11: return PidUse::sdt_bat;
        case 0x12: return PidUse::eit;
        case 0x13: return PidUse::rst;
        case 0x14: return PidUse::tdt_tot;
        case 0x15: return PidUse::network_synchronization;
        case 0x1E: return PidUse::dit;
        case 0x1F: return PidUse::sit;
        case ts::null_pid: return PidUse::null;
        default: return pid < 0x20 ? PidUse::other_si : PidUse::unreferenced;
    }
}

bool begins_version(TableNews news) noexcept {
    return news == TableNews::appeared || news == TableNews::new_version || news == TableNews::changed;
}

}  // namespace

ServiceInformation::ServiceInformation(const analyzer::Caps& caps) : caps_(caps), tables_(caps.tables) {}

SectionOutcome ServiceInformation::add(ts::Pid pid, const Section& section) {
    if (section.verdict() != SectionVerdict::ok || section.table_id() == table::stuffing)
        return SectionOutcome::ignored;
    const bool long_header = section.section_syntax_indicator();
    if (long_header && !section.current_next_indicator()) return SectionOutcome::not_current;
    const Role role = role_of(pid, section.table_id());
    bool replaced = false;
    if (role != Role::other) {
        auto& extension = extensions_[static_cast<std::size_t>(role)];
        replaced = extension && *extension != section.table_id_extension();
        extension = section.table_id_extension();
    }
    const TableRegistry::Entry entry = tables_.add(pid, section, replaced);
    if (entry.news == TableNews::impossible) return SectionOutcome::malformed;
    if (entry.news == TableNews::left_out) return SectionOutcome::left_out;

    SectionRecord& record = entry.table->record_of(section);
    const bool of_programs = role != Role::pat && role != Role::cat && role != Role::mgt;
    if (entry.news == TableNews::repeated && (!of_programs || record.applied_at == programs_epoch_))
        return record.sound ? SectionOutcome::repeated : SectionOutcome::malformed;
    note_standard(pid, section.table_id());
    note_news(pid, section, entry);
    if (begins_version(entry.news)) {
        ++mark(role);
        if (role == Role::pat) pat_left_out_ = 0;
        if (role == Role::cat) emms_left_out_ = 0;
    }
    record.sound = apply(pid, section, role);
    if (entry.table->info.complete && entry.news != TableNews::repeated) finish(role, section);
    record.applied_at = programs_epoch_;
    if (!record.sound) return SectionOutcome::malformed;
    return entry.news == TableNews::repeated ? SectionOutcome::repeated : SectionOutcome::taken;
}

ServiceInformation::Role ServiceInformation::role_of(ts::Pid pid, std::uint8_t id) const noexcept {
    switch (id) {
        case table::pat: return pid == 0 ? Role::pat : Role::other;
        case table::cat: return pid == 1 ? Role::cat : Role::other;
        case table::nit_actual: return pid == 0x10 || pid == network_.network_pid ? Role::nit : Role::other;
        case table::sdt_actual: return pid == 0x11 ? Role::sdt : Role::other;
        case table::tvct:
        case table::cvct: return pid == psip_base_pid ? Role::vct : Role::other;
        case table::mgt: return pid == psip_base_pid ? Role::mgt : Role::other;
        default: return Role::other;
    }
}

void ServiceInformation::note_standard(ts::Pid pid, std::uint8_t id) noexcept {
    const bool dvb = (pid == 0x10 && (id == table::nit_actual || id == table::nit_other)) ||
                     (pid == 0x11 && (id == table::sdt_actual || id == table::sdt_other || id == table::bat)) ||
                     (pid == 0x12 && is_eit(id)) || (pid == 0x14 && (id == table::tdt || id == table::tot));
    network_.dvb = network_.dvb || dvb;
    if (!network_.atsc && pid == psip_base_pid && id >= table::mgt && id <= 0xD8) {
        network_.atsc = true;
        ++stream_changes_;
    }
}

void ServiceInformation::note_news(ts::Pid pid, const Section& section, const TableRegistry::Entry& entry) {
    const std::uint8_t id = section.table_id();
    if (!begins_version(entry.news) || is_eit(id) || id == table::atsc_eit || id == table::ett) return;
    const analyzer::TableInfo& info = entry.table->info;
    push({.kind = SiChangeKind::table_changed,
          .pid = pid,
          .table_id = id,
          .table_id_extension = info.table_id_extension,
          .old_version = entry.old_version,
          .new_version = info.version,
          .program = id == table::pmt ? info.table_id_extension : std::nullopt,
          .timing = section.last()});
}

void ServiceInformation::push(const SiChange& change) {
    if (changes_.size() < caps_.pending_events) {
        changes_.push_back(change);
    } else {
        ++changes_left_out_;
    }
}

std::vector<SiChange> ServiceInformation::take_changes() {
    return std::exchange(changes_, {});
}

analyzer::PidUse ServiceInformation::use_of(ts::Pid pid) const noexcept {
    using analyzer::PidUse;
    if (pid < 0x10 || pid == ts::null_pid) return fixed_use(pid);
    const PidUse use = references_.use_of(pid);
    if (use == PidUse::network_information && pid == 0x10) return PidUse::nit;
    if (use != PidUse::unreferenced) return use;
    if (pid == psip_base_pid && network_.atsc) return PidUse::psip;
    return fixed_use(pid);
}

bool ServiceInformation::is_psi_pid(ts::Pid pid) const noexcept {
    if (pid < 0x10) return pid <= 2;
    for (const PidRole role : {PidRole::pmt, PidRole::network_information, PidRole::psip_events, PidRole::splice})
        if (references_.has(pid, role)) return true;
    // Streams that are not DVB may have pictures where DVB has tables.
    if (references_.has(pid, PidRole::elementary_stream)) return false;
    return pid <= 0x14 || pid == 0x1E || pid == 0x1F || pid == psip_base_pid;
}

const analyzer::ProgramInfo* ServiceInformation::program(std::uint16_t program_number) const noexcept {
    const auto found = programs_.find(program_number);
    return found == programs_.end() ? nullptr : &found->second.info;
}

std::vector<const analyzer::ProgramInfo*> ServiceInformation::programs() const {
    std::vector<const analyzer::ProgramInfo*> all;
    all.reserve(programs_.size());
    for (const auto& [number, program] : programs_) all.push_back(&program.info);
    return all;
}

const analyzer::ProgramStream* ServiceInformation::stream_of(ts::Pid pid) const noexcept {
    for (const std::uint16_t number : references_.programs_of(pid)) {
        const analyzer::ProgramInfo* const info = program(number);
        if (info == nullptr) continue;
        const auto stream = std::find_if(info->streams.begin(), info->streams.end(),
                                         [&](const analyzer::ProgramStream& one) { return one.pid == pid; });
        if (stream != info->streams.end()) return &*stream;
    }
    return nullptr;
}

analyzer::NetworkInfo ServiceInformation::network() const {
    analyzer::NetworkInfo network = network_;
    std::vector<std::uint16_t>& systems = network.ca_systems;
    for (const Emm& emm : emms_) systems.push_back(emm.reference.system_id);
    for (const auto& [number, program] : programs_)
        systems.insert(systems.end(), program.ca_systems.begin(), program.ca_systems.end());
    std::sort(systems.begin(), systems.end());
    systems.erase(std::unique(systems.begin(), systems.end()), systems.end());
    return network;
}

std::vector<ts::Pid> ServiceInformation::referenced_pids() const {
    std::vector<ts::Pid> pids;
    for (ts::Pid pid = 0x10; pid < ts::null_pid; ++pid)
        if (references_.use_of(pid) != analyzer::PidUse::unreferenced) pids.push_back(pid);
    return pids;
}

std::vector<analyzer::Limit> ServiceInformation::limits() const {
    std::vector<analyzer::Limit> limits;
    if (pat_left_out_ > 0 || services_left_out_) limits.push_back({"programs", caps_.programs, pat_left_out_});
    std::uint64_t streams_left_out = 0;
    for (const auto& [number, program] : programs_) streams_left_out += program.streams_left_out;
    if (streams_left_out > 0) limits.push_back({"streams", caps_.streams_per_program, streams_left_out});
    if (tables_.was_full()) limits.push_back({"tables", caps_.tables, 0});
    if (emms_left_out_ > 0) limits.push_back({"emms", most_emms, emms_left_out_});
    if (changes_left_out_ > 0) limits.push_back({"changes", caps_.pending_events, changes_left_out_});
    return limits;
}

}  // namespace muxtap::psi
