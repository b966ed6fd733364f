// What the tables of programs (PAT, CAT, PMT) say.
#include <algorithm>
#include <iterator>

#include "analyzer/psi/service_information.h"

namespace muxtap::psi {

namespace {

/// A program that came into the PAT or left it.
SiChange program_change(SiChangeKind kind, const Section& section, std::uint16_t program) {
    SiChange change;
    change.kind = kind;
    change.table_id_extension = section.table_id_extension();
    change.new_version = section.version_number();
    change.program = program;
    change.timing = section.last();
    return change;
}

}  // namespace

ServiceInformation::Program* ServiceInformation::find(std::uint16_t program_number) noexcept {
    const auto found = programs_.find(program_number);
    return found == programs_.end() ? nullptr : &found->second;
}

ServiceInformation::Program* ServiceInformation::find_or_add(std::uint16_t program_number) {
    if (Program* const known = find(program_number)) return known;
    if (programs_.size() >= caps_.programs) return nullptr;
    Program& program = programs_[program_number];
    program.info.program_number = program_number;
    ++programs_epoch_;
    return &program;
}

void ServiceInformation::drop_unnamed() {
    for (auto at = programs_.begin(); at != programs_.end();) {
        const Program& program = at->second;
        const bool named = program.info.pmt_pid || program.sdt != 0 || program.vct != 0;
        if (!named) ++programs_epoch_;
        at = named ? std::next(at) : programs_.erase(at);
    }
}

void ServiceInformation::set_references(Program& program) {
    const analyzer::ProgramInfo& info = program.info;
    std::vector<PidReference> fresh;
    if (info.pmt_pid) refer(fresh, *info.pmt_pid, PidRole::pmt);
    bool pcr_in_stream = false;
    for (const ts::Pid pid : info.ca_pids) refer(fresh, pid, PidRole::ecm);
    for (const analyzer::ProgramStream& stream : info.streams) {
        refer(fresh, stream.pid, PidRole::elementary_stream);
        if (stream.codec == analyzer::Codec::scte35) refer(fresh, stream.pid, PidRole::splice);
        for (const ts::Pid pid : stream.ca_pids) refer(fresh, pid, PidRole::ecm);
        pcr_in_stream = pcr_in_stream || stream.pid == info.pcr_pid;
    }
    if (info.pcr_pid && !pcr_in_stream) refer(fresh, *info.pcr_pid, PidRole::pcr);
    tidy(fresh);
    references_.replace(info.program_number, program.references, fresh);
    program.references = std::move(fresh);
}

void ServiceInformation::set_global_references() {
    std::vector<PidReference> fresh = psip_references_;
    if (network_.network_pid) refer(fresh, *network_.network_pid, PidRole::network_information);
    for (const Emm& emm : emms_) refer(fresh, emm.reference.pid, PidRole::emm);
    tidy(fresh);
    references_.replace(0, global_references_, fresh);
    global_references_ = std::move(fresh);
}

bool ServiceInformation::apply_pat(const Section& section) {
    const Pat pat = parse_pat(section);
    if (network_.transport_stream_id != pat.transport_stream_id) {
        network_.transport_stream_id = pat.transport_stream_id;
        ++programs_epoch_;
    }
    bool sound = pat.sound;
    for (const PatEntry& entry : pat.entries) sound = apply_pat_entry(section, entry) && sound;
    set_global_references();
    return sound;
}

bool ServiceInformation::apply_pat_entry(const Section& section, PatEntry entry) {
    if (entry.program_number == 0) {
        network_.network_pid = entry.pid;
        network_pid_mark_ = mark(Role::pat);
        return true;
    }
    Program* const program = find_or_add(entry.program_number);
    if (program == nullptr) {
        ++pat_left_out_;
        return true;
    }
    const bool named_before = program->info.pmt_pid.has_value();
    // A program_number must not come twice in one version (2.4.4.5): the first counts.
    if (named_before && program->pat == mark(Role::pat)) return program->info.pmt_pid == entry.pid;
    program->pat = mark(Role::pat);
    if (program->info.pmt_pid == entry.pid) return true;
    forget_streams(*program);
    program->info.pmt_pid = entry.pid;
    ++programs_epoch_;
    set_references(*program);
    if (!named_before) push(program_change(SiChangeKind::program_added, section, entry.program_number));
    return true;
}

void ServiceInformation::forget_streams(Program& program) {
    analyzer::ProgramInfo& info = program.info;
    info.pmt_seen = false;
    info.pmt_version = 0;
    info.pcr_pid.reset();
    info.streams.clear();
    info.ca_pids.clear();
    info.splice_information = false;
    program.ca_systems.clear();
    program.streams_left_out = 0;
    ++stream_changes_;
}

void ServiceInformation::leave_pat(Program& program, const Section& section) {
    forget_streams(program);
    program.info.pmt_pid.reset();
    set_references(program);
    ++programs_epoch_;
    push(program_change(SiChangeKind::program_removed, section, program.info.program_number));
}

void ServiceInformation::finish_pat(const Section& section) {
    if (network_.network_pid && network_pid_mark_ != mark(Role::pat)) {
        network_.network_pid.reset();
        set_global_references();
    }
    for (auto& [number, program] : programs_)
        if (program.info.pmt_pid && program.pat != mark(Role::pat)) leave_pat(program, section);
    drop_unnamed();
}

bool ServiceInformation::apply_cat(const Section& section) {
    const Cat cat = parse_cat(section);
    for (const CaReference& reference : cat.emms) {
        const auto known = std::find_if(emms_.begin(), emms_.end(), [&](const Emm& emm) {
            return emm.reference.pid == reference.pid && emm.reference.system_id == reference.system_id;
        });
        if (known != emms_.end()) {
            known->mark = mark(Role::cat);
        } else if (emms_.size() < most_emms) {
            emms_.push_back({reference, mark(Role::cat)});
        } else {
            ++emms_left_out_;
        }
    }
    set_global_references();
    return cat.sound;
}

void ServiceInformation::finish_cat() {
    emms_.erase(std::remove_if(emms_.begin(), emms_.end(), [&](const Emm& emm) { return emm.mark != mark(Role::cat); }),
                emms_.end());
    set_global_references();
}

std::string ServiceInformation::take_program_descriptors(Program& program, const Pmt& pmt) {
    std::string registration;
    program.ca_systems.clear();
    program.info.ca_pids.clear();
    for (const Descriptor one : pmt.descriptors) {
        // What says how to read the streams is of more use than who else had a hand in the program.
        if (one.tag == descriptor::registration && registration != "CUEI") registration = registration_text(one);
        if (const auto reference = ca_reference(one)) {
            program.info.ca_pids.push_back(reference->pid);
            program.ca_systems.push_back(reference->system_id);
        }
    }
    program.info.splice_information = registration == "CUEI";
    return registration;
}

bool ServiceInformation::apply_pmt(ts::Pid pid, const Section& section) {
    Program* const program = find(section.table_id_extension());
    if (program == nullptr || program->info.pmt_pid != pid) return true;
    // A program map is one section (2.4.4.9).
    if (section.section_number() != 0) return false;
    const Pmt pmt = parse_pmt(section);
    analyzer::ProgramInfo& info = program->info;
    const std::string registration = take_program_descriptors(*program, pmt);
    std::vector<analyzer::ProgramStream> streams;
    program->streams_left_out = pmt.streams.size() - std::min(pmt.streams.size(), caps_.streams_per_program);
    for (const PmtStream& stream : pmt.streams) {
        if (streams.size() == caps_.streams_per_program) break;
        streams.push_back(describe_stream(stream, registration));
        for (const Descriptor one : stream.descriptors)
            if (const auto reference = ca_reference(one)) program->ca_systems.push_back(reference->system_id);
    }
    const auto pcr_pid = pmt.pcr_pid == ts::null_pid ? std::nullopt : std::optional(pmt.pcr_pid);
    const bool changed = info.streams != streams || info.pcr_pid != pcr_pid;
    if (changed) ++stream_changes_;
    if (changed && info.pmt_seen)
        push({.kind = SiChangeKind::streams_changed,
              .pid = pid,
              .table_id = table::pmt,
              .table_id_extension = info.program_number,
              .old_version = info.pmt_version,
              .new_version = section.version_number(),
              .program = info.program_number,
              .timing = section.last()});
    info.streams = std::move(streams);
    info.pcr_pid = pcr_pid;
    info.pmt_seen = true;
    info.pmt_version = section.version_number();
    set_references(*program);
    return pmt.sound;
}

}  // namespace muxtap::psi
