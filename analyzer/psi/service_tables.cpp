// What each table says, taken into what is known of programs, network and PIDs.
#include <string>
#include <utility>

#include "analyzer/psi/bat.h"
#include "analyzer/psi/dvb_text.h"
#include "analyzer/psi/eit.h"
#include "analyzer/psi/nit.h"
#include "analyzer/psi/psip.h"
#include "analyzer/psi/sdt.h"
#include "analyzer/psi/service_information.h"
#include "analyzer/psi/tdt.h"

namespace muxtap::psi {

bool ServiceInformation::apply(ts::Pid pid, const Section& section, Role role) {
    switch (role) {
        case Role::pat: return apply_pat(section);
        case Role::cat: return apply_cat(section);
        case Role::nit: return apply_nit(section);
        case Role::sdt: return apply_sdt(section);
        case Role::vct: return apply_vct(section);
        case Role::mgt: return apply_mgt(section);
        case Role::other: break;
    }
    const std::uint8_t id = section.table_id();
    if (id == table::pmt) return apply_pmt(pid, section);
    if (pid == 0x10 && id == table::nit_other) return parse_nit(section).sound;
    if (pid == 0x11 && id == table::sdt_other) return parse_sdt(section).sound;
    if (pid == 0x11 && id == table::bat) return parse_bat(section).sound;
    if (pid == 0x12 && id == table::eit_pf_actual) return apply_eit(section);
    if (pid == 0x12 && is_eit(id)) return has_eit_header(section);
    const bool clock = (pid == 0x14 && (id == table::tdt || id == table::tot)) || (pid == 0x1FFB && id == table::stt);
    return clock ? apply_time(section) : true;
}

void ServiceInformation::finish(Role role, const Section& section) {
    switch (role) {
        case Role::pat: finish_pat(section); break;
        case Role::cat: finish_cat(); break;
        case Role::sdt: finish_sdt(); break;
        case Role::vct: finish_vct(); break;
        case Role::nit: finish_nit(); break;
        case Role::mgt:
        case Role::other: break;
    }
}

void ServiceInformation::finish_sdt() {
    for (auto& [number, program] : programs_) {
        if (program.sdt == 0 || program.sdt == mark(Role::sdt)) continue;
        program.sdt = 0;
        program.info.service_name.clear();
        program.info.provider_name.clear();
        program.info.service_type = 0;
        program.info.running_status = 0;
        program.info.free_ca_mode = false;
        program.info.eit_present_following = false;
    }
    drop_unnamed();
}

void ServiceInformation::finish_vct() {
    for (auto& [number, program] : programs_) {
        if (program.vct == 0 || program.vct == mark(Role::vct)) continue;
        program.vct = 0;
        program.info.service_name.clear();
        program.info.channel_number.clear();
        program.info.service_type = 0;
        program.info.free_ca_mode = false;
    }
    drop_unnamed();
}

void ServiceInformation::finish_nit() {
    if (network_name_mark_ != mark(Role::nit)) network_.network_name.clear();
    for (auto& [number, program] : programs_) {
        if (program.channel == 0 || program.channel == mark(Role::nit)) continue;
        program.channel = 0;
        program.info.channel_number.clear();
    }
}

bool ServiceInformation::apply_nit(const Section& section) {
    const Nit nit = parse_nit(section);
    network_.network_id = nit.network_id;
    if (nit.network_name) {
        network_.network_name = dvb_text(*nit.network_name);
        network_name_mark_ = mark(Role::nit);
    }
    for (const NitTransportStream& stream : nit.transport_streams) {
        if (stream.transport_stream_id != network_.transport_stream_id) continue;
        if (mark(Role::sdt) == 0) network_.original_network_id = stream.original_network_id;
        for (const LogicalChannel& channel : stream.channels) {
            Program* const program = find(channel.service_id);
            if (program == nullptr) continue;
            program->info.channel_number = std::to_string(channel.number);
            program->channel = mark(Role::nit);
        }
    }
    return nit.sound;
}

bool ServiceInformation::apply_sdt(const Section& section) {
    const Sdt sdt = parse_sdt(section);
    network_.original_network_id = sdt.original_network_id;
    if (!network_.transport_stream_id) {
        network_.transport_stream_id = sdt.transport_stream_id;
        ++programs_epoch_;
    }
    for (const SdtService& service : sdt.services) {
        Program* const program = find_or_add(service.service_id);
        if (program == nullptr) {
            services_left_out_ = true;
            continue;
        }
        program->sdt = mark(Role::sdt);
        analyzer::ProgramInfo& info = program->info;
        info.service_name = dvb_text(service.names.service);
        info.provider_name = dvb_text(service.names.provider);
        info.service_type = service.names.service_type;
        info.running_status = service.running_status;
        info.free_ca_mode = service.free_ca_mode;
        if (info.eit_present_following != service.eit_present_following) ++stream_changes_;
        info.eit_present_following = service.eit_present_following;
    }
    return sdt.sound;
}

bool ServiceInformation::apply_eit(const Section& section) {
    Program* const program = find(section.table_id_extension());
    if (program == nullptr || section.section_number() > 1) return has_eit_header(section);
    Eit eit = parse_eit(section);
    (section.section_number() == 0 ? program->info.present : program->info.following) = std::move(eit.event);
    return eit.sound;
}

bool ServiceInformation::apply_mgt(const Section& section) {
    const Mgt mgt = parse_mgt(section);
    psip_references_.clear();
    for (const MgtTable& named : mgt.tables)
        refer(psip_references_, named.pid, named.is_event_information() ? PidRole::psip_events : PidRole::psip_other);
    set_global_references();
    return mgt.sound;
}

bool ServiceInformation::apply_vct(const Section& section) {
    const Vct vct = parse_vct(section);
    for (const VirtualChannel& channel : vct.channels) {
        if (network_.transport_stream_id && *network_.transport_stream_id != channel.channel_tsid) continue;
        Program* const program = find_or_add(channel.program_number);
        if (program == nullptr) {
            services_left_out_ = true;
            continue;
        }
        program->vct = mark(Role::vct);
        program->info.service_name = channel.short_name;
        program->info.channel_number = channel.channel_number;
        program->info.service_type = channel.service_type;
        program->info.free_ca_mode = channel.access_controlled;
    }
    return vct.sound;
}

bool ServiceInformation::apply_time(const Section& section) noexcept {
    const auto time = section.table_id() == table::stt ? parse_stt(section) : parse_tdt_tot(section);
    if (time) network_.utc_time = time;
    return time.has_value();
}

}  // namespace muxtap::psi
