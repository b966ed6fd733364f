#include <algorithm>
#include <array>
#include <cstdio>
#include <string>
#include <tuple>
#include <unordered_map>

#include "client/metrics/sinks/prometheus_series.h"

/// Series of the parts of a stream: indicators, programmes and PIDs.
namespace muxtap::metrics {
namespace {

constexpr std::size_t most_programs = 64;

double number(std::uint64_t count) {
    return static_cast<double>(count);
}

void put_pcr(const analyzer::PcrInfo& pcr, const std::string& pid, SeriesOutput& out) {
    constexpr double from_ms = 1e-3;
    constexpr double from_us = 1e-6;
    constexpr double from_ns = 1e-9;
    out.put(Family::pcrs, {pid}, number(pcr.count));
    out.put(Family::pcr_repetition_errors, {pid}, number(pcr.repetition_errors));
    out.put(Family::pcr_discontinuity_errors, {pid}, number(pcr.discontinuity_errors));
    out.put(Family::pcr_accuracy_errors, {pid}, number(pcr.accuracy_errors));
    if (pcr.interval_ms.count > 0) {
        out.put(Family::pcr_interval_mean, {pid}, pcr.interval_ms.mean * from_ms);
        out.put(Family::pcr_interval_max, {pid}, pcr.interval_ms.max * from_ms);
    }
    if (pcr.overall_jitter_us) {
        out.put(Family::pcr_jitter_min, {pid}, pcr.overall_jitter_us->min * from_us);
        out.put(Family::pcr_jitter_max, {pid}, pcr.overall_jitter_us->max * from_us);
    }
    if (pcr.accuracy_ns) {
        out.put(Family::pcr_accuracy_min, {pid}, pcr.accuracy_ns->min * from_ns);
        out.put(Family::pcr_accuracy_max, {pid}, pcr.accuracy_ns->max * from_ns);
    }
    if (pcr.frequency_offset_ppm) out.put(Family::pcr_frequency_offset, {pid}, *pcr.frequency_offset_ppm * 1e-6);
}

void put_pid(const analyzer::PidReport& pid, const std::string& language, SeriesOutput& out) {
    const std::string label = pid_label(pid.pid);
    std::string programs;
    for (const std::uint16_t program : pid.programs) {
        if (!programs.empty()) programs += ",";
        programs += std::to_string(program);
    }
    const char* codec = pid.stream ? key_name(pid.stream->codec) : "";
    out.put(Family::pid_info, {label, programs, key_name(pid.use), codec, language}, 1);
    out.put(Family::pid_packets, {label}, number(pid.counters.packets));
    out.put(Family::pid_rate, {label}, number(pid.rate.window_bps));
    out.put(Family::pid_continuity_errors, {label}, number(pid.counters.continuity_errors));
    out.put(Family::pid_lost, {label}, number(pid.counters.lost_packets));
    out.put(Family::pid_transport_errors, {label}, number(pid.counters.transport_errors));
    out.put(Family::pid_scrambled, {label}, number(pid.counters.scrambled));
    if (pid.pcr) put_pcr(*pid.pcr, label, out);
}

}  // namespace

std::string pid_label(ts::Pid pid) {
    std::array<char, 16> text{};
    const int size = std::snprintf(text.data(), text.size(), "0x%04X", static_cast<unsigned>(pid));
    return {text.data(), static_cast<std::size_t>(size)};
}

PidChoice choose_pids(const analyzer::Report& report, const PidChoice& before, std::size_t most) {
    // Those to take first come first: of programmes, then chosen before, then with most packets.
    std::vector<const analyzer::PidReport*> pids;
    pids.reserve(report.pids.size());
    for (const analyzer::PidReport& pid : report.pids) pids.push_back(&pid);
    if (pids.size() > most) {
        const auto rank = [&](const analyzer::PidReport* pid) {
            const bool chosen = std::binary_search(before.begin(), before.end(), pid->pid);
            return std::tuple(!pid->programs.empty(), chosen, pid->counters.packets);
        };
        std::stable_sort(pids.begin(), pids.end(), [&](auto* a, auto* b) { return rank(a) > rank(b); });
        pids.resize(most);
    }
    PidChoice chosen;
    chosen.reserve(pids.size());
    for (const analyzer::PidReport* pid : pids) chosen.push_back(pid->pid);
    std::sort(chosen.begin(), chosen.end());
    return chosen;
}

void put_indicators(const analyzer::Indicators& indicators, SeriesOutput& out) {
    std::array<unsigned, 4> in_error{};
    for (const analyzer::Indicator& indicator : indicators) {
        using analyzer::IndicatorState;
        const unsigned priority = priority_of(indicator.id);
        const std::string priority_text = std::to_string(priority);
        const char* name = key_name(indicator.id);
        const char* clause = number_of(indicator.id);
        const bool measured = indicator.state == IndicatorState::ok || indicator.state == IndicatorState::error;
        out.put(Family::indicator_findings, {name, clause, priority_text}, number(indicator.count));
        if (!measured) continue;
        const bool wrong = indicator.state == IndicatorState::error;
        out.put(Family::indicator_error, {name, clause, priority_text}, wrong ? 1 : 0);
        in_error.at(priority) += wrong ? 1 : 0;
    }
    for (const unsigned priority : {1U, 2U, 3U}) {
        out.put(Family::indicators_in_error, {std::to_string(priority)}, in_error.at(priority));
    }
}

void put_programs(const analyzer::Report& report, SeriesOutput& out) {
    const std::size_t shown = std::min(report.programs.size(), most_programs);
    out.put(Family::programs, {}, number(report.programs.size()));
    out.put(Family::programs_left_out, {}, number(report.programs.size() - shown));
    for (std::size_t i = 0; i < shown; ++i) {
        const analyzer::ProgramReport& program = report.programs[i];
        const analyzer::ProgramInfo& info = program.info;
        const std::string label = std::to_string(info.program_number);
        out.put(Family::program_info,
                {label, info.service_name, info.provider_name, info.channel_number,
                 info.pmt_pid ? pid_label(*info.pmt_pid) : "", info.pcr_pid ? pid_label(*info.pcr_pid) : ""},
                1);
        out.put(Family::program_rate, {label}, number(program.rate.window_bps));
        out.put(Family::program_scrambled, {label}, program.scrambled ? 1 : 0);
        if (program.audio_video_offset_ms) {
            out.put(Family::program_av_offset, {label}, *program.audio_video_offset_ms * 1e-3);
        }
        out.put(Family::program_splices, {label}, number(program.splices));
    }
}

void put_pids(const analyzer::Report& report, const PidChoice& chosen, SeriesOutput& out) {
    std::unordered_map<ts::Pid, std::string> languages;
    for (const analyzer::ProgramReport& program : report.programs) {
        for (const analyzer::ProgramStream& stream : program.info.streams) {
            if (!stream.language.empty()) languages.emplace(stream.pid, stream.language);
        }
    }
    std::size_t shown = 0;
    for (const analyzer::PidReport& pid : report.pids) {
        if (!std::binary_search(chosen.begin(), chosen.end(), pid.pid)) continue;
        const auto language = languages.find(pid.pid);
        put_pid(pid, language == languages.end() ? std::string{} : language->second, out);
        ++shown;
    }
    out.put(Family::pids, {}, number(report.pids.size()));
    out.put(Family::pids_left_out, {}, number(report.pids.size() - shown));
}

}  // namespace muxtap::metrics
