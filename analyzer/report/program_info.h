#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analyzer/report/stream_info.h"
#include "common/base/clock.h"
#include "common/ts/packet_view.h"

namespace muxtap::analyzer {

/// An elementary stream as its program map lists it.
struct ProgramStream {
    ts::Pid pid = 0;
    std::uint8_t stream_type = 0;  ///< ISO/IEC 13818-1, table 2-34
    MediaKind kind = MediaKind::unknown;
    Codec codec = Codec::unknown;  ///< by stream_type and descriptors
    std::string language;          ///< ISO 639-2, as sent; several joined by ","; empty when there is none
    std::string audio_type;        ///< "hearing impaired", "visual impaired commentary"; empty for none
    std::string registration;      ///< format_identifier as text: "CUEI", "AC-3", "HEVC"
    std::vector<SubtitleService> subtitles;
    std::optional<AudioInfo> described_audio;  ///< what AC-3, E-AC-3, AAC or Opus descriptors say
    std::optional<std::uint8_t> component_tag;
    std::vector<ts::Pid> ca_pids;               ///< ECM PIDs of this stream
    std::vector<std::uint8_t> descriptor_tags;  ///< in the order sent

    [[nodiscard]] bool operator==(const ProgramStream&) const noexcept = default;
};

/// One present or following event of a service.
struct EventInfo {
    std::uint16_t event_id = 0;
    std::optional<UnixTime> start;  ///< UTC; empty when sent as undefined
    std::uint32_t duration_seconds = 0;
    std::string name;
    std::string text;
    std::string language;
    std::uint8_t running_status = 0;  ///< EN 300 468, table 6

    [[nodiscard]] bool operator==(const EventInfo&) const noexcept = default;
};

/// A program: what PAT, PMT, SDT or VCT and EIT p/f say of it.
struct ProgramInfo {
    std::uint16_t program_number = 0;
    std::optional<ts::Pid> pmt_pid;  ///< empty when only an SDT or VCT names it
    bool pmt_seen = false;
    std::uint8_t pmt_version = 0;
    std::optional<ts::Pid> pcr_pid;  ///< empty for 0x1FFF: no PCR
    std::vector<ProgramStream> streams;
    std::vector<ts::Pid> ca_pids;     ///< ECM PIDs of the whole program
    bool splice_information = false;  ///< registered as CUEI (SCTE 35, 8.1)
    std::string service_name;         ///< UTF-8; DVB service or ATSC short_name
    std::string provider_name;        ///< UTF-8
    std::uint8_t service_type = 0;    ///< EN 300 468, table 89, or ATSC A/65 service_type
    std::uint8_t running_status = 0;
    bool free_ca_mode = false;
    bool eit_present_following = false;  ///< the SDT says that there is an EIT p/f
    std::string channel_number;          ///< ATSC "7.1", DVB logical channel number "12"; empty when not sent
    std::optional<EventInfo> present;
    std::optional<EventInfo> following;

    [[nodiscard]] bool operator==(const ProgramInfo&) const noexcept = default;
};

/// One table on one PID. Cumulative.
struct TableInfo {
    ts::Pid pid = 0;
    std::uint8_t table_id = 0;
    std::optional<std::uint16_t> table_id_extension;  ///< empty for tables without section syntax
    std::optional<std::uint8_t> version;              ///< of the newest current section
    std::uint8_t last_section_number = 0;
    bool complete = false;       ///< every section of the current version was seen
    std::uint64_t sections = 0;  ///< valid ones
    std::uint64_t version_changes = 0;
    /// Time between two occurrences of the same section, in nanoseconds.
    std::int64_t interval_min_ns = 0;
    std::int64_t interval_max_ns = 0;
    std::int64_t interval_last_ns = 0;

    [[nodiscard]] bool operator==(const TableInfo&) const noexcept = default;
};

/// Damage to sections on one PID. Cumulative.
struct SectionDamage {
    std::uint64_t crc = 0;          ///< CRC-32 wrong
    std::uint64_t too_long = 0;     ///< section_length beyond what its table may have
    std::uint64_t interrupted = 0;  ///< the rest never came: lost packets or a new section too early
    std::uint64_t bad_pointer = 0;  ///< pointer_field beyond its packet or against the section running
    std::uint64_t malformed = 0;    ///< inside contradicts its lengths

    [[nodiscard]] bool operator==(const SectionDamage&) const noexcept = default;
};

/// What the tables say of the whole transport stream.
struct NetworkInfo {
    std::optional<std::uint16_t> transport_stream_id;
    std::optional<std::uint16_t> network_id;
    std::optional<std::uint16_t> original_network_id;
    std::string network_name;               ///< UTF-8
    std::optional<ts::Pid> network_pid;     ///< program 0 of the PAT
    std::optional<UnixTime> utc_time;       ///< newest TDT, TOT or STT
    std::vector<std::uint16_t> ca_systems;  ///< CA_system_id of CAT and PMTs, sorted
    bool atsc = false;                      ///< a PSIP table was seen
    bool dvb = false;                       ///< an SDT, NIT, EIT, TDT or BAT was seen

    [[nodiscard]] bool operator==(const NetworkInfo&) const noexcept = default;
};

}  // namespace muxtap::analyzer
