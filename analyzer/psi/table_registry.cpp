#include "analyzer/psi/table_registry.h"

#include <algorithm>
#include <tuple>

#include "analyzer/psi/eit.h"

namespace muxtap::psi {

namespace {

/// Most section records for each table that may be followed, on average. Hostile tables claim 256 sections each.
constexpr std::size_t sections_per_table = 64;

/// Tables whose content is the time: another content is no other table.
bool is_clock(std::uint8_t id) noexcept {
    return id == table::stt;
}

bool is_bulky(std::uint8_t id) noexcept {
    return is_eit(id) || id == table::atsc_eit || id == table::ett;
}

void note_time(TableState& table, SectionRecord& record, UnixTime now) noexcept {
    if (record.timed && now > record.last) {
        const std::int64_t interval = (now - record.last).count();
        analyzer::TableInfo& info = table.info;
        info.interval_last_ns = interval;
        info.interval_min_ns = table.has_interval ? std::min(info.interval_min_ns, interval) : interval;
        info.interval_max_ns = std::max(info.interval_max_ns, interval);
        table.has_interval = true;
    }
    record.last = now;
    record.timed = true;
}

void begin_version(TableState& table, const Section& section) {
    const std::size_t count = std::size_t{section.last_section_number()} + 1;
    table.sections.resize(count);
    for (SectionRecord& record : table.sections) {
        record.seen = false;
        record.absent = false;
        record.applied_at = 0;
    }
    table.missing = static_cast<std::uint16_t>(count);
    table.info.version = section.version_number();
    table.info.last_section_number = section.last_section_number();
    table.info.complete = false;
}

/// Sections of a schedule come in segments of eight, of which the last may be left out (EN 300 468, 5.2.4).
void note_segment(TableState& table, const Section& section) noexcept {
    if (!is_eit_schedule(section.table_id()) || !has_eit_header(section)) return;
    const std::size_t last = eit_header(section).segment_last_section_number;
    const std::size_t number = section.section_number();
    if (last < number || last / 8 != number / 8) return;
    const std::size_t end = std::min(table.sections.size(), (number / 8 + 1) * 8);
    for (std::size_t i = last + 1; i < end; ++i) {
        SectionRecord& record = table.sections[i];
        if (record.seen || record.absent) continue;
        record.absent = true;
        --table.missing;
    }
}

void note_seen(TableState& table, SectionRecord& record, const Section& section) noexcept {
    if (!record.seen && !record.absent) --table.missing;
    record.seen = true;
    record.crc = section.crc();
    note_segment(table, section);
    table.info.complete = table.missing == 0;
}

TableNews news_of(TableState& table, const Section& section, bool restart) noexcept {
    analyzer::TableInfo& info = table.info;
    if (!info.version) return TableNews::appeared;
    if (*info.version != section.version_number()) return TableNews::new_version;
    if (restart || info.last_section_number != section.last_section_number()) return TableNews::changed;
    const SectionRecord& record = table.sections[section.section_number()];
    if (!record.seen) return TableNews::fresh;
    if (record.crc == section.crc()) return TableNews::repeated;
    return is_clock(section.table_id()) ? TableNews::fresh : TableNews::changed;
}

}  // namespace

TableRegistry::Key TableRegistry::key_of(ts::Pid pid, const Section& section) noexcept {
    Key key;
    const bool long_header = section.section_syntax_indicator();
    const std::uint64_t extension = long_header ? section.table_id_extension() : 0U;
    key.main = std::uint64_t{pid} << 32 | std::uint64_t{section.table_id()} << 16 | extension;
    if (is_eit(section.table_id()) && has_eit_header(section)) key.network = read_u32(section.body(), 0);
    const bool sdt = section.table_id() == table::sdt_actual || section.table_id() == table::sdt_other;
    if (sdt && long_header && section.body().size() >= 2) key.network = read_u16(section.body(), 0);
    return key;
}

bool TableRegistry::fits(std::size_t more_sections) noexcept {
    if (section_records_ + more_sections <= most_tables_ * sections_per_table) return true;
    was_full_ = true;
    return false;
}

TableState* TableRegistry::find_or_insert(ts::Pid pid, const Section& section) {
    const Key key = key_of(pid, section);
    const auto found = tables_.find(key);
    if (found != tables_.end()) return &found->second;
    const std::size_t most = is_bulky(section.table_id()) ? most_tables_ - most_tables_ / 4 : most_tables_;
    if (tables_.size() >= most) {
        was_full_ = true;
        return nullptr;
    }
    if (!fits(1)) return nullptr;
    TableState& table = tables_[key];
    ++section_records_;
    table.sections.resize(1);
    table.info.pid = pid;
    table.info.table_id = section.table_id();
    if (section.section_syntax_indicator()) table.info.table_id_extension = section.table_id_extension();
    return &table;
}

TableRegistry::Entry TableRegistry::add(ts::Pid pid, const Section& section, bool restart) {
    const bool long_header = section.section_syntax_indicator();
    if (long_header && section.section_number() > section.last_section_number())
        return {TableNews::impossible, std::nullopt, nullptr};
    TableState* const table = find_or_insert(pid, section);
    if (table == nullptr) return {TableNews::left_out, std::nullopt, nullptr};
    Entry entry{TableNews::fresh, table->info.version, table};
    if (!long_header) {
        if (table->info.sections == 0) entry.news = TableNews::appeared;
        table->info.complete = true;
    } else {
        entry.news = news_of(*table, section, restart);
        const bool begins = entry.news == TableNews::appeared || entry.news == TableNews::new_version ||
                            entry.news == TableNews::changed;
        if (begins) {
            const std::size_t before = table->sections.size();
            const std::size_t after = std::size_t{section.last_section_number()} + 1;
            if (after > before && !fits(after - before)) return {TableNews::left_out, std::nullopt, nullptr};
            section_records_ = section_records_ - before + after;
            begin_version(*table, section);
            if (entry.news == TableNews::new_version) ++table->info.version_changes;
        }
    }
    SectionRecord& record = table->record_of(section);
    if (long_header && entry.news != TableNews::repeated) note_seen(*table, record, section);
    ++table->info.sections;
    note_time(*table, record, section.last().time);
    return entry;
}

std::vector<analyzer::TableInfo> TableRegistry::tables() const {
    std::vector<analyzer::TableInfo> all;
    all.reserve(tables_.size());
    for (const auto& [key, table] : tables_) all.push_back(table.info);
    const auto place = [](const analyzer::TableInfo& info) {
        return std::tuple(info.pid, info.table_id, info.table_id_extension.value_or(0));
    };
    std::sort(all.begin(), all.end(), [&](const analyzer::TableInfo& one, const analyzer::TableInfo& other) {
        return place(one) < place(other);
    });
    return all;
}

}  // namespace muxtap::psi
