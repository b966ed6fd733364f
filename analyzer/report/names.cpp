#include <array>

#include "analyzer/report/report.h"

namespace muxtap::analyzer {

namespace {

/// Number, JSON name and name in the words of TR 101 290.
struct IndicatorNames {
    const char* number;
    const char* key;
    const char* display;
};

constexpr std::array<IndicatorNames, indicator_count> indicator_names = {{
    {"1.1", "ts_sync_loss", "TS_sync_loss"},
    {"1.2", "sync_byte_error", "Sync_byte_error"},
    {"1.3", "pat_error", "PAT_error"},
    {"1.3.a", "pat_error_2", "PAT_error_2"},
    {"1.4", "continuity_count_error", "Continuity_count_error"},
    {"1.5", "pmt_error", "PMT_error"},
    {"1.5.a", "pmt_error_2", "PMT_error_2"},
    {"1.6", "pid_error", "PID_error"},
    {"2.1", "transport_error", "Transport_error"},
    {"2.2", "crc_error", "CRC_error"},
    {"2.3", "pcr_error", "PCR_error"},
    {"2.3a", "pcr_repetition_error", "PCR_repetition_error"},
    {"2.3b", "pcr_discontinuity_indicator_error", "PCR_discontinuity_indicator_error"},
    {"2.4", "pcr_accuracy_error", "PCR_accuracy_error"},
    {"2.5", "pts_error", "PTS_error"},
    {"2.6", "cat_error", "CAT_error"},
    {"3.1", "nit_error", "NIT_error"},
    {"3.1.a", "nit_actual_error", "NIT_actual_error"},
    {"3.1.b", "nit_other_error", "NIT_other_error"},
    {"3.2", "si_repetition_error", "SI_repetition_error"},
    {"3.3", "buffer_error", "Buffer_error"},
    {"3.4", "unreferenced_pid", "Unreferenced_PID"},
    {"3.4.a", "unreferenced_pid_a", "Unreferenced_PID"},
    {"3.5", "sdt_error", "SDT_error"},
    {"3.5.a", "sdt_actual_error", "SDT_actual_error"},
    {"3.5.b", "sdt_other_error", "SDT_other_error"},
    {"3.6", "eit_error", "EIT_error"},
    {"3.6.a", "eit_actual_error", "EIT_actual_error"},
    {"3.6.b", "eit_other_error", "EIT_other_error"},
    {"3.6.c", "eit_pf_error", "EIT_PF_error"},
    {"3.7", "rst_error", "RST_error"},
    {"3.8", "tdt_error", "TDT_error"},
    {"3.9", "empty_buffer_error", "Empty_buffer_error"},
    {"3.10", "data_delay_error", "Data_delay_error"},
}};

const IndicatorNames& names(IndicatorId id) noexcept {
    return indicator_names[static_cast<std::size_t>(id)];
}

}  // namespace

unsigned priority_of(IndicatorId id) noexcept {
    return static_cast<unsigned>(names(id).number[0] - '0');
}
const char* number_of(IndicatorId id) noexcept {
    return names(id).number;
}
const char* key_name(IndicatorId id) noexcept {
    return names(id).key;
}
const char* display_name(IndicatorId id) noexcept {
    return names(id).display;
}

const char* key_name(IndicatorState state) noexcept {
    constexpr std::array texts = {"ok", "error", "not_applicable", "not_measured"};
    return texts[static_cast<std::size_t>(state)];
}

const char* key_name(EventKind kind) noexcept {
    constexpr std::array texts = {
        "indicator_began", "indicator_ended",    "table_changed", "program_added", "program_removed",
        "stream_changed",  "scrambling_changed", "pid_appeared",  "pid_vanished",  "clock_jump",
        "splice",          "capture_loss",       "silence_began", "silence_ended", "limit_reached"};
    return texts[static_cast<std::size_t>(kind)];
}

const char* key_name(PidUse use) noexcept {
    constexpr std::array texts = {"pat",
                                  "cat",
                                  "tsdt",
                                  "ipmp",
                                  "nit",
                                  "sdt_bat",
                                  "eit",
                                  "rst",
                                  "tdt_tot",
                                  "network_synchronization",
                                  "dit",
                                  "sit",
                                  "psip",
                                  "other_si",
                                  "pmt",
                                  "network_information",
                                  "elementary_stream",
                                  "pcr_only",
                                  "ecm",
                                  "emm",
                                  "null",
                                  "unreferenced"};
    return texts[static_cast<std::size_t>(use)];
}

const char* key_name(ClockSource source) noexcept {
    constexpr std::array texts = {"none", "pcr", "arrival"};
    return texts[static_cast<std::size_t>(source)];
}

const char* key_name(Standard standard) noexcept {
    constexpr std::array texts = {"auto", "dvb", "atsc", "mpeg"};
    return texts[static_cast<std::size_t>(standard)];
}

const char* key_name(SpliceCommand command) noexcept {
    constexpr std::array texts = {"splice_null",           "splice_schedule", "splice_insert", "time_signal",
                                  "bandwidth_reservation", "private_command", "encrypted",     "unknown"};
    return texts[static_cast<std::size_t>(command)];
}

const char* key_name(MediaKind kind) noexcept {
    constexpr std::array texts = {"video", "audio", "subtitle", "teletext", "splice_information", "data", "unknown"};
    return texts[static_cast<std::size_t>(kind)];
}

const char* key_name(ScanType scan) noexcept {
    constexpr std::array texts = {"unknown", "progressive", "interlaced", "mixed"};
    return texts[static_cast<std::size_t>(scan)];
}

}  // namespace muxtap::analyzer
