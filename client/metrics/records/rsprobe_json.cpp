#include <algorithm>

#include "client/metrics/records/record.h"
#include "client/metrics/records/rsprobe_fields.h"

namespace muxtap::metrics {

using namespace analyzer::json;

namespace {

using analyzer::IndicatorId;

struct Counted {
    const char* name;
    IndicatorId indicator;
};
constexpr Counted counted[] = {
    {"tr101290_ts_sync_byte_errors", IndicatorId::ts_sync_loss},
    {"tr101290_sync_byte_errors", IndicatorId::sync_byte_error},
    {"tr101290_continuity_counter_errors", IndicatorId::continuity_count_error},
    {"tr101290_pat_errors", IndicatorId::pat_error},
    {"tr101290_pmt_errors", IndicatorId::pmt_error},
    {"tr101290_pid_map_errors", IndicatorId::pid_error},
    {"tr101290_transport_error_indicator_errors", IndicatorId::transport_error},
    {"tr101290_crc_errors", IndicatorId::crc_error},
    {"tr101290_pcr_repetition_errors", IndicatorId::pcr_repetition_error},
    {"tr101290_pcr_discontinuity_indicator_errors", IndicatorId::pcr_discontinuity_indicator_error},
    {"tr101290_pcr_accuracy_errors", IndicatorId::pcr_accuracy_error},
    {"tr101290_pts_errors", IndicatorId::pts_error},
    {"tr101290_cat_errors", IndicatorId::cat_error},
};

void write_identity(Writer& writer, const IntervalRecord& record, const proto::HostFigures& host) {
    field(writer, "id", rsprobe::id_of(record));
    field(writer, "timestamp", rsprobe::milliseconds(record.time));
    field(writer, "source_ip", record.source.dst_ip);
    field(writer, "source_port", record.source.dst_port);
    field(writer, "host_name", host.host_name);
    field(writer, "system_name", host.system_name);
    field(writer, "os_version", host.os_version);
    field(writer, "kernel_version", host.kernel_version);
}

void write_totals(Writer& writer, const IntervalRecord& record) {
    const analyzer::Report& report = *record.report;
    const std::uint64_t before = record.previous ? record.previous->totals.continuity_errors : 0;
    const analyzer::InterArrival arrival = report.arrival ? report.arrival->run : analyzer::InterArrival{};
    field(writer, "bitrate_avg_global", report.rate.arrival.average_bps);
    field(writer, "iat_avg_global", arrival.mean_us / 1000);
    field(writer, "iat_max_global", arrival.max_us / 1000);
    field(writer, "cc_errors_global", report.totals.continuity_errors);
    field(writer, "current_cc_errors_global", rsprobe::increase(report.totals.continuity_errors, before));
}

void write_indicators(Writer& writer, const analyzer::Indicators& indicators) {
    for (const Counted& entry : counted)
        field(writer, entry.name, indicators[static_cast<std::size_t>(entry.indicator)].count);
}

/// The newest splice section: of a program that had one in this interval, else of the first that ever had one.
std::string last_splice_section(const IntervalRecord& record) {
    std::string section;
    for (const analyzer::ProgramReport& program : record.report->programs) {
        if (!program.last_splice) continue;
        if (section.empty()) section = program.last_splice->section_base64;
        if (!record.previous) continue;
        const auto& before = record.previous->programs;
        const auto same = std::find_if(before.begin(), before.end(), [&](const analyzer::ProgramReport& other) {
            return other.info.program_number == program.info.program_number;
        });
        if (same == before.end() || same->splices != program.splices) section = program.last_splice->section_base64;
    }
    return section;
}

void write_content(Writer& writer, const IntervalRecord& record) {
    field(writer, "captions", "");
    field(writer, "scte35", last_splice_section(record));
    field(writer, "audio_loudness", "");
    field(writer, "log_message", record.last_log_line);
    for (const char* const of_picture : {"base64_image", "image_pts", "hash", "hamming", "duplicates"})
        field(writer, of_picture, "");
}

}  // namespace

namespace rsprobe {

std::string id_of(const IntervalRecord& record) {
    const std::string& probe = record.identity.probe;
    // A probe without a name of its own has that of its host.
    if (!record.host || record.host->host_name != probe) return probe;
    return probe + ":" + record.source.dst_ip + ":" + std::to_string(record.source.dst_port);
}

}  // namespace rsprobe

std::string to_rsprobe_json(const IntervalRecord& record) {
    static const proto::HostFigures no_host;
    const proto::HostFigures& host = record.host ? *record.host : no_host;
    rapidjson::StringBuffer buffer;
    Writer writer(buffer);
    {
        const Object object(writer);
        write_identity(writer, record, host);
        write_totals(writer, record);
        rsprobe::write_media(writer, record);
        write_indicators(writer, record.report->indicators);
        rsprobe::write_pids(writer, record);
        rsprobe::write_host(writer, host);
        write_content(writer, record);
    }
    return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace muxtap::metrics
