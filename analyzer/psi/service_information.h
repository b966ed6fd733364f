#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analyzer/options.h"
#include "analyzer/psi/cat.h"
#include "analyzer/psi/pat.h"
#include "analyzer/psi/pid_references.h"
#include "analyzer/psi/pmt.h"
#include "analyzer/psi/section.h"
#include "analyzer/psi/si_change.h"
#include "analyzer/psi/table_registry.h"
#include "analyzer/report/program_info.h"
#include "analyzer/report/report.h"

namespace muxtap::psi {

/// What became of a section.
enum class SectionOutcome : std::uint8_t {
    ignored,      ///< its CRC is wrong, or it is stuffing
    not_current,  ///< current_next_indicator 0: announces a table that is not in force yet
    left_out,     ///< there are more tables than are followed
    repeated,     ///< known
    taken,        ///< new
    malformed,    ///< contradicts itself inside; what comes before that is taken. Told at each repetition
};

/// What all tables together say of the stream: programs, network, PIDs. Used by one thread; allocates only when what
/// the tables say is new.
class ServiceInformation {
public:
    explicit ServiceInformation(const analyzer::Caps& caps);

    /// Takes a section as SectionAssembler hands it on.
    SectionOutcome add(ts::Pid pid, const Section& section);

    /// What a PID is for by its number and by the tables; `unreferenced` when nothing is known of it.
    [[nodiscard]] analyzer::PidUse use_of(ts::Pid pid) const noexcept;
    /// Whether the PID carries sections that `add` wants: the fixed ones, PMTs, the network_PID, EITs of ATSC, splice
    /// information.
    [[nodiscard]] bool is_psi_pid(ts::Pid pid) const noexcept;
    /// Changes when what `use_of`, `is_psi_pid`, `programs_of` or `stream_of` answer may have changed.
    [[nodiscard]] std::uint64_t generation() const noexcept { return references_.generation() + stream_changes_; }

    /// program_numbers that refer to the PID, sorted; borrowed until the next `add`.
    [[nodiscard]] std::span<const std::uint16_t> programs_of(ts::Pid pid) const noexcept {
        return references_.programs_of(pid);
    }
    /// Null when there is none; borrowed until the next `add`.
    [[nodiscard]] const analyzer::ProgramInfo* program(std::uint16_t program_number) const noexcept;
    /// All, by program_number; borrowed until the next `add`.
    [[nodiscard]] std::vector<const analyzer::ProgramInfo*> programs() const;
    /// The elementary stream on a PID, of the first program that lists it; null when none does. Borrowed until the next
    /// `add`.
    [[nodiscard]] const analyzer::ProgramStream* stream_of(ts::Pid pid) const noexcept;

    [[nodiscard]] std::vector<analyzer::TableInfo> tables() const { return tables_.tables(); }
    [[nodiscard]] analyzer::NetworkInfo network() const;
    /// A PSIP table was seen.
    [[nodiscard]] bool is_atsc() const noexcept { return network_.atsc; }
    /// PIDs that tables refer to, sorted.
    [[nodiscard]] std::vector<ts::Pid> referenced_pids() const;
    /// Caps that were hit.
    [[nodiscard]] std::vector<analyzer::Limit> limits() const;

    /// What has changed since the last call, in order.
    [[nodiscard]] std::vector<SiChange> take_changes();

private:
    /// Tables of which only one is in force: another table_id_extension (transport_stream_id, network_id) replaces it.
    enum class Role : std::uint8_t { pat, cat, nit, sdt, vct, mgt, other };
    static constexpr std::size_t role_count = 7;
    /// Which version of such a table is being taken: grows with each. What carries another mark is from before.
    using Mark = std::uint32_t;

    struct Program {
        analyzer::ProgramInfo info;
        std::vector<PidReference> references;
        std::vector<std::uint16_t> ca_systems;
        std::size_t streams_left_out = 0;
        Mark pat = 0;
        Mark sdt = 0;  ///< 0: not named by one
        Mark vct = 0;
        Mark channel = 0;
    };
    /// Most EMM references of the CAT that are followed.
    static constexpr std::size_t most_emms = 256;
    struct Emm {
        CaReference reference;
        Mark mark = 0;
    };

    [[nodiscard]] Role role_of(ts::Pid pid, std::uint8_t table_id) const noexcept;
    [[nodiscard]] Mark& mark(Role role) noexcept { return marks_[static_cast<std::size_t>(role)]; }
    void note_standard(ts::Pid pid, std::uint8_t table_id) noexcept;
    void note_news(ts::Pid pid, const Section& section, const TableRegistry::Entry& entry);
    void push(const SiChange& change);

    /// Each gives false when the section contradicts itself.
    bool apply(ts::Pid pid, const Section& section, Role role);
    bool apply_pat(const Section& section);
    bool apply_pat_entry(const Section& section, PatEntry entry);
    bool apply_cat(const Section& section);
    bool apply_pmt(ts::Pid pid, const Section& section);
    bool apply_nit(const Section& section);
    bool apply_sdt(const Section& section);
    bool apply_eit(const Section& section);
    bool apply_mgt(const Section& section);
    bool apply_vct(const Section& section);
    bool apply_time(const Section& section) noexcept;
    /// The current version has been seen whole: what only older ones said goes.
    void finish(Role role, const Section& section);
    void finish_pat(const Section& section);
    void finish_cat();
    void finish_nit();
    void finish_sdt();
    void finish_vct();

    [[nodiscard]] Program* find(std::uint16_t program_number) noexcept;
    [[nodiscard]] Program* find_or_add(std::uint16_t program_number);
    void leave_pat(Program& program, const Section& section);
    void forget_streams(Program& program);
    void set_references(Program& program);
    void set_global_references();
    /// Programs that neither PAT nor SDT nor VCT names go.
    void drop_unnamed();
    /// Gives the format_identifier of the program; empty without one.
    [[nodiscard]] std::string take_program_descriptors(Program& program, const Pmt& pmt);

    analyzer::Caps caps_;
    TableRegistry tables_;
    PidReferences references_;
    std::map<std::uint16_t, Program> programs_;
    analyzer::NetworkInfo network_;
    std::vector<Emm> emms_;
    std::vector<PidReference> psip_references_;
    std::vector<PidReference> global_references_;
    std::vector<SiChange> changes_;

    std::array<Mark, role_count> marks_{};
    std::array<std::optional<std::uint16_t>, role_count> extensions_{};
    Mark network_pid_mark_ = 0;
    Mark network_name_mark_ = 0;
    /// Grows when programs come, go or move: what tables say of programs is then looked into again when they repeat.
    std::uint32_t programs_epoch_ = 1;
    std::uint64_t stream_changes_ = 0;
    std::uint64_t pat_left_out_ = 0;
    bool services_left_out_ = false;
    std::uint64_t emms_left_out_ = 0;
    std::uint64_t changes_left_out_ = 0;
};

}  // namespace muxtap::psi
