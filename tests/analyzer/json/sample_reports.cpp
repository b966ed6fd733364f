#include "tests/analyzer/json/sample_reports.h"

#include <algorithm>

namespace muxtap::analyzer {
namespace {

using namespace std::chrono_literals;

Indicators fresh_indicators() {
    Indicators indicators;
    for (std::size_t i = 0; i < indicator_count; ++i) {
        indicators[i].id = static_cast<IndicatorId>(i);
        indicators[i].state = IndicatorState::not_measured;
    }
    return indicators;
}

UnixTime at(std::chrono::nanoseconds since_start) {
    return from_unix_ns(since_start.count());
}

Splice sample_splice() {
    return {.command = SpliceCommand::insert,
            .command_type = 5,
            .pts_adjustment = 0,
            .tier = 0xFFF,
            .pts = 900'000,
            .preroll_ns = 4'000'000'000,
            .immediate = false,
            .cancel = false,
            .out_of_network = true,
            .event_id = 1001,
            .duration = 2'700'000,
            .auto_return = true,
            .unique_program_id = 7,
            .avail = 1,
            .avails_expected = 2,
            .components = {1, 2},
            .segmentations = {{.event_id = 5,
                               .cancel = false,
                               .type_id = 0x30,
                               .type = "Provider Advertisement Start",
                               .duration = 2'700'000,
                               .upid_type = 9,
                               .upid = "SIGNAL:abc",
                               .segment_number = 1,
                               .segments_expected = 2},
                              {.event_id = 6,
                               .cancel = true,
                               .type_id = 0,
                               .type = {},
                               .duration = {},
                               .upid_type = 0,
                               .upid = {},
                               .segment_number = 0,
                               .segments_expected = 0}},
            .section_base64 = "/DAlAAAAAAAAAP/wFAUAAAPpf+/+AA27oP4AKTLgAAcBAgAAAAAAAA=="};
}

VideoInfo sample_video() {
    VideoInfo video;
    video.profile = "High";
    video.level = "4.0";
    video.tier = "Main";
    video.width = 1920;
    video.height = 1080;
    video.frame_rate_numerator = 25;
    video.frame_rate_denominator = 1;
    video.sample_aspect_width = 1;
    video.sample_aspect_height = 1;
    video.display_aspect_width = 16;
    video.display_aspect_height = 9;
    video.scan = ScanType::interlaced;
    video.chroma = "4:2:0";
    video.bit_depth = 8;
    video.colour_primaries = "BT.709";
    video.transfer_characteristics = "BT.709";
    video.matrix_coefficients = "BT.709";
    video.max_bitrate = 20'000'000;
    video.coded_buffer_bits = 25'000'000;
    video.pictures = 250;
    video.random_access_points = 10;
    video.gop_last = 25;
    video.gop_min = 24;
    video.gop_max = 26;
    video.random_access_interval_last_ns = 1'000'000'000;
    video.random_access_interval_max_ns = 1'040'000'000;
    video.active_format = 8;
    video.captions = {.cea608 = true,
                      .cea708 = true,
                      .cea608_channels = {1, 3},
                      .cea708_services = {1},
                      .pictures_with_captions = 248};
    return video;
}

AudioInfo sample_audio() {
    return {.profile = "LC",
            .sample_rate = 48'000,
            .channels = 6,
            .low_frequency_effects = true,
            .channel_layout = "5.1",
            .bitrate = 384'000,
            .bits_per_sample = 16,
            .samples_per_frame = 1024,
            .frame_headers_seen = true};
}

ProgramStream sample_stream(ts::Pid pid, std::uint8_t type, MediaKind kind, Codec codec) {
    ProgramStream stream;
    stream.pid = pid;
    stream.stream_type = type;
    stream.kind = kind;
    stream.codec = codec;
    stream.component_tag = static_cast<std::uint8_t>(pid & 0xFFU);
    stream.descriptor_tags = {0x0A, 0x52};
    return stream;
}

ProgramReport sample_program() {
    ProgramReport program;
    program.info.program_number = 101;
    program.info.pmt_pid = 0x100;
    program.info.pmt_seen = true;
    program.info.pmt_version = 3;
    program.info.pcr_pid = 0x101;
    program.info.service_name = "Première";
    program.info.provider_name = "muxtap";
    program.info.service_type = 25;
    program.info.running_status = 4;
    program.info.channel_number = "7.1";
    program.info.splice_information = true;
    program.info.ca_pids = {0x1F0};
    program.info.present = EventInfo{.event_id = 1,
                                     .start = from_unix_ns(1'700'000'000'000'000'000),
                                     .duration_seconds = 1800,
                                     .name = "News",
                                     .text = "The day",
                                     .language = "eng",
                                     .running_status = 4};
    program.info.following = EventInfo{.event_id = 2,
                                       .start = {},
                                       .duration_seconds = 600,
                                       .name = "Weather",
                                       .text = {},
                                       .language = {},
                                       .running_status = 1};
    ProgramStream audio = sample_stream(0x102, 0x0F, MediaKind::audio, Codec::aac_adts);
    audio.language = "eng";
    audio.audio_type = "hearing impaired";
    audio.registration = "AAC ";
    audio.described_audio = sample_audio();
    audio.ca_pids = {0x1F1};
    ProgramStream teletext = sample_stream(0x103, 0x06, MediaKind::teletext, Codec::teletext);
    teletext.language = "ger";
    teletext.subtitles = {{.language = "ger", .type = "teletext subtitle page", .page = 888, .ancillary = 1}};
    program.info.streams = {sample_stream(0x101, 0x1B, MediaKind::video, Codec::h264), audio, teletext,
                            sample_stream(0x104, 0x86, MediaKind::splice_information, Codec::scte35)};
    program.rate = {.window_bps = 3'900'000, .average_bps = 4'000'000, .min_bps = 3'800'000, .max_bps = 4'100'000};
    program.scrambled = true;
    program.audio_video_offset_ms = -12.5;
    program.splices = 3;
    program.last_splice = sample_splice();
    return program;
}

PidReport sample_pid(ts::Pid pid, PidUse use, std::uint64_t packets) {
    PidReport report;
    report.pid = pid;
    report.use = use;
    report.counters.packets = packets;
    report.counters.payload_packets = packets;
    report.counters.unit_starts = packets / 10;
    report.first = at(1ms);
    report.last = at(9'990ms);
    report.rate.average_bps = packets * 1504 / 10;
    report.rate.window_bps = report.rate.average_bps;
    report.rate.max_bps = report.rate.average_bps * 2;
    return report;
}

std::vector<PidReport> sample_pids() {
    std::vector<PidReport> pids;
    pids.push_back(sample_pid(0x0000, PidUse::pat, 100));
    pids.back().sections = SectionDamage{.crc = 1, .too_long = 2, .interrupted = 3, .bad_pointer = 4, .malformed = 5};
    pids.push_back(sample_pid(0x0100, PidUse::pmt, 100));
    pids.back().programs = {101};
    pids.push_back(sample_pid(0x0101, PidUse::elementary_stream, 22'000));
    PidReport& video = pids.back();
    video.programs = {101};
    video.counters.continuity_errors = 2;
    video.counters.lost_packets = 5;
    video.counters.duplicates = 1;
    video.counters.pcrs = 500;
    video.stream = StreamInfo{.kind = MediaKind::video,
                              .codec = Codec::h264,
                              .video = sample_video(),
                              .audio = {},
                              .text = {},
                              .headers_seen = true};
    video.pcr = PcrInfo{.pid = 0x0101,
                        .count = 500,
                        .first_ticks = 27'000'000,
                        .last_ticks = 297'000'000,
                        .interval_ms = {.count = 499, .min = 18.5, .mean = 20, .max = 38.25},
                        .interval_histogram_ms = {{.from = 16, .count = 400}, {.from = 32, .count = 99}},
                        .repetition_errors = 0,
                        .repetition_over_40ms = 0,
                        .discontinuity_errors = 1,
                        .announced_discontinuities = 1,
                        .accuracy_ns = Spread{.count = 498, .min = -120, .mean = 2.5, .max = 130},
                        .accuracy_errors = 0,
                        .overall_jitter_us = Spread{.count = 498, .min = -310.5, .mean = 0, .max = 420.25},
                        .frequency_offset_ppm = 1.25,
                        .drift_ppm_per_hour = 0.5};
    video.timestamps = TimestampInfo{.pes_packets = 250,
                                     .invalid_pes = 1,
                                     .pts_count = 250,
                                     .dts_count = 250,
                                     .first_pts = 126'000,
                                     .last_pts = 1'022'400,
                                     .first_dts = 122'400,
                                     .last_dts = 1'018'800,
                                     .pts_jumps = 0,
                                     .dts_jumps = 0,
                                     .pts_interval_max_ns = 41'000'000,
                                     .pes_stream_id = 0xE0,
                                     .decode_margin_ms = {.count = 250, .min = 310, .mean = 350, .max = 410},
                                     .presentation_margin_ms = {.count = 250, .min = 350, .mean = 390, .max = 450}};
    pids.push_back(sample_pid(0x0102, PidUse::elementary_stream, 2'600));
    pids.back().programs = {101};
    pids.back().counters.scrambled = 2'600;
    pids.back().stream = StreamInfo{.kind = MediaKind::audio,
                                    .codec = Codec::aac_adts,
                                    .video = {},
                                    .audio = sample_audio(),
                                    .text = {},
                                    .headers_seen = true};
    pids.push_back(sample_pid(0x0103, PidUse::elementary_stream, 50));
    pids.back().programs = {101};
    pids.back().stream = StreamInfo{.kind = MediaKind::teletext,
                                    .codec = Codec::teletext,
                                    .video = {},
                                    .audio = {},
                                    .text = TextInfo{.pes_packets = 50,
                                                     .with_content = 12,
                                                     .foreign = 1,
                                                     .teletext_units = 2,
                                                     .subtitle_units = 30,
                                                     .subtitle_segments = 3},
                                    .headers_seen = true};
    pids.push_back(sample_pid(0x1FFF, PidUse::null, 2'000));
    return pids;
}

}  // namespace

Report empty_report() {
    Report report;
    report.indicators = fresh_indicators();
    return report;
}

Report full_report() {
    Report report = empty_report();
    report.clock = ClockSource::arrival;
    report.standard = Standard::automatic;
    report.detected = Standard::dvb;
    report.first = at(0ns);
    report.last = at(10s);
    report.totals.packets = 26'800;
    report.totals.null_packets = 2'000;
    report.totals.continuity_errors = 2;
    report.totals.lost_packets = 5;
    report.totals.duplicates = 1;
    report.totals.rejected.add(ts::RejectReason::sync_byte, 3);
    report.totals.skipped_bytes = 10;
    report.totals.capture_losses = 1;
    report.totals.captured_packets_lost = 7;
    report.totals.sync_losses = 1;
    report.network = {.transport_stream_id = 1,
                      .network_id = 2,
                      .original_network_id = 3,
                      .network_name = "Home",
                      .network_pid = 0x10,
                      .utc_time = from_unix_ns(1'700'000'000'000'000'000),
                      .ca_systems = {0x0500},
                      .atsc = false,
                      .dvb = true};
    report.rate.arrival = {
        .window_bps = 4'030'000, .average_bps = 4'030'720, .min_bps = 4'000'000, .max_bps = 4'050'000};
    report.rate.pcr_bps = 4'030'700;
    report.rate.pcr_window_bps = 4'030'699;
    report.rate.constant_rate = true;
    report.rate.peak_10ms_bps = 6'000'000;
    report.rate.peak_100ms_bps = 4'200'000;
    report.rate.null_share = 0.0746;
    report.rate.null_share_window = 0.075;
    report.arrival = ArrivalInfo{
        .datagrams = 3'829,
        .merged_datagrams = 4,
        .run = {.count = 3'824, .min_us = 12, .mean_us = 2'611.5, .p50_us = 2'600, .p99_us = 3'100, .max_us = 9'050},
        .window = {.count = 382, .min_us = 15, .mean_us = 2'612, .p50_us = 2'600, .p99_us = 3'000, .max_us = 4'000},
        .histogram_us = {{.from = 2048, .count = 3'000}, {.from = 2435.5, .count = 824}},
        .packets_per_datagram_min = 6,
        .packets_per_datagram_max = 7,
        .packets_per_datagram_mean = 6.99,
        .rtp = RtpTotals{.lost = 1, .reordered = 2, .duplicated = 3},
        .delay_factor_ms = 2.5,
        .delay_factor_max_ms = 9.25,
        .media_loss_rate = 0,
        .media_loss_rate_max = 5};
    report.programs = {sample_program()};
    report.pids = sample_pids();
    report.tables = {{.pid = 0,
                      .table_id = 0,
                      .table_id_extension = 1,
                      .version = 2,
                      .last_section_number = 0,
                      .complete = true,
                      .sections = 100,
                      .version_changes = 1,
                      .interval_min_ns = 90'000'000,
                      .interval_max_ns = 110'000'000,
                      .interval_last_ns = 100'000'000}};
    report.missing_pids = {0x0104};
    for (Indicator& indicator : report.indicators) indicator.state = IndicatorState::ok;
    for (const IndicatorId id : {IndicatorId::nit_other_error, IndicatorId::sdt_other_error, IndicatorId::rst_error}) {
        report.indicators[static_cast<std::size_t>(id)].state = IndicatorState::not_applicable;
    }
    report.indicators[static_cast<std::size_t>(IndicatorId::buffer_error)].state = IndicatorState::not_measured;
    Indicator& continuity = report.indicators[static_cast<std::size_t>(IndicatorId::continuity_count_error)];
    continuity.state = IndicatorState::error;
    continuity.count = 2;
    continuity.capture_loss = 1;
    continuity.first = at(1'234'567'890ns);
    continuity.last = at(9'800ms);
    continuity.first_packet = 3'300;
    continuity.pids = {{.pid = 0x0101, .count = 2}};
    continuity.more_pids = true;
    Indicator& crc = report.indicators[static_cast<std::size_t>(IndicatorId::crc_error)];
    crc.count = 1;
    crc.first = at(2s);
    crc.last = at(2s);
    crc.first_packet = 5'300;
    crc.pids = {{.pid = 0, .count = 1}};
    report.events_dropped = 1;
    report.limits = {{.what = "programs", .cap = 1024, .left_out = 12}, {.what = "tables", .cap = 4096, .left_out = 0}};
    return report;
}

Event full_event() {
    return {.kind = EventKind::splice,
            .time = at(3s),
            .packet = 8'000,
            .pid = 0x0104,
            .program = 101,
            .indicator = IndicatorId::pat_error_2,
            .count = 4,
            .text = "splice_insert 1001: out of network in 4.000 s for 30.000 s",
            .splice = sample_splice()};
}

}  // namespace muxtap::analyzer
