#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "analyzer/psi/section.h"
#include "analyzer/report/program_info.h"
#include "common/ts/packet_view.h"

namespace muxtap::psi {

/// What a section is to the table it belongs to.
enum class TableNews : std::uint8_t {
    repeated,     ///< the same as the last time
    fresh,        ///< not seen in this version
    appeared,     ///< first of a table never seen
    new_version,  ///< first of another version_number
    changed,      ///< other content under the same version_number
    impossible,   ///< section_number beyond last_section_number
    left_out,     ///< there are more tables than are followed
};

/// One section_number of a table.
struct SectionRecord {
    UnixTime last{};               ///< when it came the last time, in whatever version
    std::uint32_t crc = 0;         ///< CRC_32 of the current version
    std::uint32_t applied_at = 0;  ///< for the user of the registry; 0: not in this version
    bool timed = false;            ///< `last` means something
    bool seen = false;             ///< in the current version
    bool absent = false;           ///< of an EIT schedule: its segment ends before it
    bool sound = true;             ///< for the user of the registry
};

/// One table: what is reported of it and what was seen of its sections.
struct TableState {
    analyzer::TableInfo info;
    std::vector<SectionRecord> sections;
    std::uint16_t missing = 0;  ///< sections of the current version not seen yet
    bool has_interval = false;

    [[nodiscard]] SectionRecord& record_of(const Section& section) noexcept {
        return sections[section.section_syntax_indicator() ? section.section_number() : 0];
    }
};

/// All tables of a stream: versions, completeness and repetition. Allocates when a table is first seen or gets longer.
class TableRegistry {
public:
    /// Follows at most so many tables. EITs may take three quarters of them, so that they cannot keep others out.
    explicit TableRegistry(std::size_t most_tables) : most_tables_(most_tables) {}

    struct Entry {
        TableNews news = TableNews::repeated;
        std::optional<std::uint8_t> old_version;  ///< before this section
        TableState* table = nullptr;              ///< null when left out or impossible; valid until the next call
    };
    /// Takes an undamaged, current section. `restart`: the table counts as changed although it may look the same.
    Entry add(ts::Pid pid, const Section& section, bool restart);

    /// Sorted by PID, table_id and table_id_extension.
    [[nodiscard]] std::vector<analyzer::TableInfo> tables() const;
    /// A table was not taken because there are too many.
    [[nodiscard]] bool was_full() const noexcept { return was_full_; }

private:
    /// PID, table_id and extension in the one, what else tells tables apart (the networks of SDT and EIT) in the other.
    struct Key {
        std::uint64_t main = 0;
        std::uint32_t network = 0;
        [[nodiscard]] bool operator==(const Key&) const noexcept = default;
    };
    struct Hash {
        [[nodiscard]] std::size_t operator()(const Key& key) const noexcept {
            const std::uint64_t mixed = (key.main ^ (std::uint64_t{key.network} << 29)) * 0x9E3779B97F4A7C15ULL;
            return static_cast<std::size_t>(mixed ^ mixed >> 32);
        }
    };

    [[nodiscard]] static Key key_of(ts::Pid pid, const Section& section) noexcept;
    [[nodiscard]] TableState* find_or_insert(ts::Pid pid, const Section& section);
    [[nodiscard]] bool fits(std::size_t more_sections) noexcept;

    std::size_t most_tables_;
    std::size_t section_records_ = 0;
    bool was_full_ = false;
    std::unordered_map<Key, TableState, Hash> tables_;
};

}  // namespace muxtap::psi
