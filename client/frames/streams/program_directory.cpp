#include "client/frames/streams/program_directory.h"

#include <algorithm>
#include <set>
#include <string>

#include "analyzer/packets/continuity.h"
#include "analyzer/packets/packet_scanner.h"
#include "analyzer/psi/pat.h"
#include "analyzer/psi/pmt.h"

namespace muxtap::frames {

using analyzer::Continuity;
using analyzer::PacketHeader;
using analyzer::PidSlot;

namespace {

/// A stream has no more programs than this; one that claims more is not believed.
constexpr std::size_t most_programs = 512;

/// A whole section in transport packets of its own (ISO/IEC 13818-1, 2.4.4.1). `counter`: of the next packet of its
/// PID.
void append_packets(std::vector<std::uint8_t>& packets, ts::Pid pid, const std::vector<std::uint8_t>& section,
                    unsigned& counter) {
    std::vector<std::uint8_t> payload{0};  // pointer_field
    payload.insert(payload.end(), section.begin(), section.end());
    constexpr std::size_t room = 184;
    for (std::size_t done = 0; done < payload.size(); done += room) {
        const auto start = static_cast<std::uint8_t>(done == 0 ? 0x40 : 0);
        packets.push_back(ts::sync_byte);
        packets.push_back(static_cast<std::uint8_t>(start | pid >> 8));
        packets.push_back(static_cast<std::uint8_t>(pid));
        packets.push_back(static_cast<std::uint8_t>(0x10U | (counter++ & 15U)));
        const std::size_t size = std::min(room, payload.size() - done);
        const auto from = payload.begin() + static_cast<std::ptrdiff_t>(done);
        packets.insert(packets.end(), from, from + static_cast<std::ptrdiff_t>(size));
        packets.insert(packets.end(), room - size, 0xFF);
    }
}

std::vector<std::uint8_t> bytes_of(const psi::Section& section) {
    return {section.bytes().begin(), section.bytes().end()};
}

}  // namespace

struct ProgramDirectory::Tables {
    struct Program {
        ts::Pid pmt_pid = 0;
        std::uint8_t pat_section = 0;
        std::vector<std::uint8_t> section;  ///< of its program map, as sent; empty: not seen
        ProgramMap map;
    };
    std::map<ts::Pid, psi::SectionAssembler> assemblers;
    std::map<std::uint8_t, std::vector<std::uint8_t>> pat;  ///< sections by their number
    std::map<std::uint16_t, Program> programs;
    std::set<ts::Pid> elementary;
    std::map<ts::Pid, std::uint64_t> scrambled;  ///< PES packets in a row
    /// PES headers that began and are not whole: their bytes and the packet in which they begin.
    struct Head {
        std::vector<std::uint8_t> bytes;
        std::size_t packet = 0;
    };
    std::map<ts::Pid, Head> heads;
};

/// Takes what leaves the packet loop.
struct ProgramDirectory::Scan {
    ProgramDirectory& directory;
    DirectoryHandler& handler;

    void on_rejected(const std::uint8_t* /*bytes*/, std::uint64_t /*position*/) const noexcept {}

    void on_notable(const std::uint8_t* bytes, const PacketHeader& header, PidSlot& slot,
                    std::uint64_t position) const {
        if (header.transport_error_indicator()) {
            ++directory.transport_errors_;
            return;
        }
        const analyzer::ContinuityVerdict verdict = judge_continuity(slot, header, bytes, nullptr);
        slot.attention = static_cast<std::uint8_t>(slot.attention & ~PidSlot::not_seen);
        slot.count(header, position);
        if (verdict.continuity == Continuity::duplicate) {
            slot.state |= PidSlot::was_duplicate;
            return;
        }
        if (verdict.continuity == Continuity::lost || verdict.continuity == Continuity::repeated) {
            ++directory.continuity_errors_;
            const auto assembler = directory.tables_->assemblers.find(header.pid());
            if (assembler != directory.tables_->assemblers.end()) assembler->second.interrupt();
            directory.tables_->heads.erase(header.pid());
        }
        const auto view = ts::PacketView::parse(ts::PacketView::Bytes(bytes, ts::packet_size));
        if (view) directory.take_payload(*view, position - directory.position_, handler);
    }
};

ProgramDirectory::ProgramDirectory()
    : slots_(std::make_unique<analyzer::PidSlots>()), tables_(std::make_unique<Tables>()) {
    assign_pids();
}

ProgramDirectory::~ProgramDirectory() = default;

void ProgramDirectory::scan(ByteView packets, DirectoryHandler& handler) {
    const std::size_t count = packets.size() / ts::packet_size;
    pids_.resize(std::max(pids_.size(), count));
    // They began in an earlier block: the first packet of this one is near enough.
    for (auto& [pid, head] : tables_->heads) head.packet = 0;
    Scan scan{*this, handler};
    analyzer::scan_packets(packets.data(), count, ts::packet_size, position_, *slots_, pids_.data(), scan);
    position_ += count;
}

void ProgramDirectory::interrupt() {
    for (auto& [pid, assembler] : tables_->assemblers) assembler.interrupt();
    tables_->heads.clear();
    // The counters begin anew: what is missing was not lost by the network.
    for (ts::Pid pid = 0; pid < ts::pid_count; ++pid) (*slots_)[pid].attention |= PidSlot::not_seen;
}

void ProgramDirectory::take_payload(const ts::PacketView& packet, std::size_t number, DirectoryHandler& handler) {
    const ts::Pid pid = packet.pid();
    const ByteView payload = packet.payload();
    if (payload.empty()) return;
    packet_ = number;
    const bool scrambled = packet.transport_scrambling_control() != 0;
    const auto assembler = tables_->assemblers.find(pid);
    if (assembler != tables_->assemblers.end()) {
        if (scrambled) return;
        assembler->second.add(payload, packet.payload_unit_start_indicator(), {}, [&](const psi::Section& section) {
            if (pid == 0) {
                on_pat(section, handler);
            } else {
                on_pmt(pid, section, handler);
            }
        });
        assign_pids();
        return;
    }
    if (!tables_->elementary.contains(pid)) return;
    if (packet.payload_unit_start_indicator()) {
        std::uint64_t& in_a_row = tables_->scrambled[pid];
        in_a_row = scrambled ? in_a_row + 1 : 0;
    }
    if (!scrambled) take_pes(pid, payload, packet.payload_unit_start_indicator(), number, handler);
}

void ProgramDirectory::take_pes(ts::Pid pid, ByteView payload, bool starts, std::size_t number,
                                DirectoryHandler& handler) {
    PidSlot& slot = (*slots_)[pid];
    const auto ready = [&] { slot.attention = static_cast<std::uint8_t>(slot.attention & ~PidSlot::wants_payload); };
    auto head = tables_->heads.find(pid);
    if (starts && head != tables_->heads.end()) {
        tables_->heads.erase(head);
        head = tables_->heads.end();
    }
    if (!starts && head == tables_->heads.end()) return ready();
    ByteView bytes = payload;
    if (head != tables_->heads.end()) {
        head->second.bytes.insert(head->second.bytes.end(), payload.begin(), payload.end());
        bytes = head->second.bytes;
        number = head->second.packet;
    }
    const auto header = ts::PesHeader::parse(bytes);
    if (!header && header.error() == ts::PesVerdict::incomplete) {
        if (head == tables_->heads.end()) {
            tables_->heads[pid] = {.bytes = {payload.begin(), payload.end()}, .packet = number};
        }
        slot.attention |= PidSlot::wants_payload;
        return;
    }
    if (header) handler.on_pes_start(pid, *header, number);
    if (head != tables_->heads.end()) tables_->heads.erase(head);
    ready();
}

void ProgramDirectory::on_pat(const psi::Section& section, DirectoryHandler& handler) {
    if (section.table_id() != psi::table::pat || section.verdict() != psi::SectionVerdict::ok ||
        !section.section_syntax_indicator() || !section.current_next_indicator()) {
        return;
    }
    std::vector<std::uint8_t>& known = tables_->pat[section.section_number()];
    std::vector<std::uint8_t> fresh = bytes_of(section);
    if (known == fresh) return;
    known = std::move(fresh);
    std::erase_if(tables_->pat, [&](const auto& entry) { return entry.first > section.last_section_number(); });

    std::set<std::uint16_t> listed;
    for (const psi::PatEntry& entry : psi::parse_pat(section).entries) {
        if (entry.program_number == 0) continue;
        if (!tables_->programs.contains(entry.program_number) && tables_->programs.size() >= most_programs) continue;
        listed.insert(entry.program_number);
        Tables::Program& program = tables_->programs[entry.program_number];
        if (program.pmt_pid != entry.pid) program = {.pmt_pid = entry.pid, .pat_section = 0, .section = {}, .map = {}};
        program.pat_section = section.section_number();
    }
    for (auto program = tables_->programs.begin(); program != tables_->programs.end();) {
        const bool here = program->second.pat_section == section.section_number() ||
                          program->second.pat_section > section.last_section_number();
        if (!here || listed.contains(program->first)) {
            ++program;
            continue;
        }
        const std::uint16_t number = program->first;
        program = tables_->programs.erase(program);
        handler.on_program_gone(number);
    }
}

void ProgramDirectory::on_pmt(ts::Pid pid, const psi::Section& section, DirectoryHandler& handler) {
    if (section.table_id() != psi::table::pmt || section.verdict() != psi::SectionVerdict::ok ||
        !section.section_syntax_indicator() || !section.current_next_indicator()) {
        return;
    }
    const auto found = tables_->programs.find(section.table_id_extension());
    if (found == tables_->programs.end() || found->second.pmt_pid != pid) return;
    Tables::Program& program = found->second;
    std::vector<std::uint8_t> fresh = bytes_of(section);
    if (program.section == fresh) return;
    program.section = std::move(fresh);
    const psi::Pmt pmt = psi::parse_pmt(section);
    std::string registration;
    for (const psi::Descriptor one : pmt.descriptors) {
        if (one.tag == psi::descriptor::registration) registration = psi::registration_text(one);
    }
    ProgramMap map{.program_number = pmt.program_number, .pmt_pid = pid, .streams = {}};
    for (const psi::PmtStream& stream : pmt.streams) map.streams.push_back(describe_stream(stream, registration));
    if (map == program.map) return;
    program.map = std::move(map);
    handler.on_program(program.map);
}

void ProgramDirectory::assign_pids() {
    std::set<ts::Pid> sections{0};
    std::set<ts::Pid> elementary;
    for (const auto& [number, program] : tables_->programs) {
        sections.insert(program.pmt_pid);
        for (const analyzer::ProgramStream& stream : program.map.streams) elementary.insert(stream.pid);
    }
    if (elementary == tables_->elementary && sections.size() == tables_->assemblers.size() &&
        std::all_of(sections.begin(), sections.end(),
                    [this](ts::Pid pid) { return tables_->assemblers.contains(pid); })) {
        return;
    }
    std::erase_if(tables_->assemblers, [&](const auto& entry) {
        if (sections.contains(entry.first)) return false;
        PidSlot& slot = (*slots_)[entry.first];
        slot.attention = static_cast<std::uint8_t>(slot.attention & ~PidSlot::wants_payload);
        return true;
    });
    for (const ts::Pid pid : sections) {
        (void)tables_->assemblers[pid];
        (*slots_)[pid].attention |= PidSlot::wants_payload;
    }
    tables_->elementary = std::move(elementary);
    std::erase_if(tables_->scrambled, [this](const auto& entry) { return !tables_->elementary.contains(entry.first); });
}

std::optional<std::uint64_t> ProgramDirectory::scrambled_in_a_row(ts::Pid pid) const noexcept {
    const auto found = tables_->scrambled.find(pid);
    if (found == tables_->scrambled.end()) return std::nullopt;
    return found->second;
}

std::vector<std::uint8_t> ProgramDirectory::tables(std::uint16_t program_number) const {
    std::vector<std::uint8_t> packets;
    const auto program = tables_->programs.find(program_number);
    if (program == tables_->programs.end() || program->second.section.empty()) return packets;
    unsigned pat_counter = 0;
    for (const auto& [number, section] : tables_->pat) append_packets(packets, 0, section, pat_counter);
    unsigned pmt_counter = 0;
    append_packets(packets, program->second.pmt_pid, program->second.section, pmt_counter);
    return packets;
}

}  // namespace muxtap::frames
