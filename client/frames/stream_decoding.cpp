#include "client/frames/stream_decoding.h"

#include <algorithm>

namespace muxtap::frames {

using Kind = feed::FeedVerdict::Kind;

namespace {

[[nodiscard]] ByteView packets_of(ByteView payload, std::size_t first, std::size_t end) {
    return payload.subspan(first * ts::packet_size, (end - first) * ts::packet_size);
}

}  // namespace

StreamDecoding::StreamDecoding(const FramesConfig& config, app::Log& log, std::unique_ptr<StreamReporter> reporter)
    : config_(config), log_(log), reporter_(std::move(reporter)), directory_(std::make_unique<ProgramDirectory>()) {}

StreamDecoding::~StreamDecoding() = default;

void StreamDecoding::on_program(const ProgramMap& program) {
    const std::vector<std::uint16_t>& chosen = config_.decoding.programs;
    if (!chosen.empty() && std::find(chosen.begin(), chosen.end(), program.program_number) == chosen.end()) return;
    const auto known = programs_.find(program.program_number);
    if (known != programs_.end()) {
        known->second->set_map(program);
    } else {
        auto found = std::make_unique<ProgramDecoding>(config_, lossless_, *reporter_, log_, program);
        found->prepare(*directory_);
        begins_[program.program_number] = directory_->packet() + 1;
        programs_[program.program_number] = std::move(found);
    }
}

void StreamDecoding::on_program_gone(std::uint16_t program_number) {
    const auto known = programs_.find(program_number);
    if (known == programs_.end()) return;
    log_.info("program_gone", "program " + std::to_string(program_number) + " is in the stream no more",
              {{"stream", std::string_view{reporter_->stream()}}});
    leaving_.push_back({.program = std::move(known->second),
                        .first = begins_.contains(program_number) ? begins_[program_number] : 0,
                        .end = directory_->packet() + 1});
    begins_.erase(program_number);
    programs_.erase(known);
}

void StreamDecoding::on_pes_start(ts::Pid pid, const ts::PesHeader& header, std::size_t packet) {
    if (!header.pts) return;
    const auto& datagrams = batch_->datagrams;
    if (packet < place_.packets) place_ = {.time = from_unix_ns(batch_->time_ns)};
    while (place_.datagram < datagrams.size() && packet >= place_.packets + datagrams[place_.datagram].packets) {
        place_.packets += datagrams[place_.datagram].packets;
        ++place_.datagram;
        if (place_.datagram == datagrams.size()) break;
        // Datagrams that were merged have the time of the first of them.
        place_.time += std::chrono::nanoseconds{std::max<std::int64_t>(datagrams[place_.datagram].gap_ns, 0)};
    }
    for (const auto& [number, program] : programs_) {
        if (program->has(pid)) {
            program->on_pes_start(pid, header, place_.time, batch_->first_packet + packet);
        }
    }
}

void StreamDecoding::note_verdict(const feed::FeedVerdict& verdict, std::uint64_t epoch) {
    if (verdict.kind == Kind::new_epoch || (epoch != epoch_ && epoch_ != 0)) {
        directory_ = std::make_unique<ProgramDirectory>();
        for (const auto& [number, program] : programs_) program->restart();
    }
    if (epoch != epoch_) {
        epoch_ = epoch;
        reporter_->set_epoch(epoch);
    }
    if (verdict.kind == Kind::gap && (verdict.missing_batches > 0 || verdict.missing_packets > 0)) gap_ = true;
    if (verdict.queue_dropped > 0) gap_ = true;
    reporter_->figures().batches_lost += verdict.missing_batches;
}

void StreamDecoding::note_totals(const proto::Totals& totals) {
    reporter_->figures().lost_packets = totals.rtp_lost + totals.kernel_dropped + totals.queue_dropped;
}

void StreamDecoding::on_batch(const proto::BatchMessage& batch, const std::shared_ptr<feed::ReceivedMessage>& message,
                              const feed::FeedVerdict& verdict, SteadyTime now) {
    note_verdict(verdict, batch.header.epoch);
    note_totals(batch.header.totals);
    if (gap_) directory_->interrupt();
    lossless_ =
        config_.decoding.behind == Behind::wait || (config_.decoding.behind == Behind::automatic &&
                                                    batch.header.source.encapsulation == proto::Encapsulation::file);
    for (const auto& [number, program] : programs_) program->prepare(*directory_);
    batch_ = &batch.header;
    place_ = {.time = from_unix_ns(batch.header.time_ns)};
    directory_->scan(batch.payload, *this);
    batch_ = nullptr;
    reporter_->figures().continuity_errors = directory_->continuity_errors();
    reporter_->figures().transport_errors = directory_->transport_errors();
    // What a program has on both sides of its absence is not one stream.
    for (Leaving& leaving : leaving_) {
        const ByteView part = packets_of(batch.payload, leaving.first, leaving.end);
        leaving.program->push(message, part, batch.header.first_packet + leaving.first, gap_, *directory_, now);
        leaving.program->end(now);
        gone_.push_back(std::move(leaving.program));
    }
    leaving_.clear();
    for (const auto& [number, program] : programs_) {
        const auto begin = begins_.find(number);
        const std::size_t first = begin == begins_.end() ? 0 : begin->second;
        const ByteView part = packets_of(batch.payload, first, batch.payload.size() / ts::packet_size);
        program->push(message, part, batch.header.first_packet + first, gap_, *directory_, now);
    }
    begins_.clear();
    gap_ = false;
}

void StreamDecoding::on_info(const proto::InfoHeader& info, const feed::FeedVerdict& verdict, SteadyTime now) {
    note_verdict(verdict, info.epoch);
    note_totals(info.totals);
    reporter_->figures().rate_bps = info.rate_bps;
    if (info.state == proto::StreamState::ended) end(now);
}

void StreamDecoding::check(SteadyTime now) {
    for (const auto& [number, program] : programs_) program->check(now);
    for (const auto& program : gone_) program->check(now);
    std::erase_if(gone_, [now](const auto& program) { return program->ended(now); });
}

void StreamDecoding::end(SteadyTime now) {
    for (const auto& [number, program] : programs_) program->end(now);
}

bool StreamDecoding::ended(SteadyTime now) const {
    return std::all_of(programs_.begin(), programs_.end(),
                       [now](const auto& program) { return program.second->ended(now); }) &&
           std::all_of(gone_.begin(), gone_.end(), [now](const auto& program) { return program->ended(now); });
}

void StreamDecoding::put_counters(counters::Exposition& out) const {
    using counters::Family;
    const DecodingCounts& counts = reporter_->counts();
    out.put(Family::pictures, {}, static_cast<double>(counts.pictures));
    out.put(Family::pictures_skipped, {}, static_cast<double>(counts.pictures_skipped));
    out.put(Family::decoding_packets_skipped, {}, static_cast<double>(counts.packets_skipped));
    out.put(Family::decoding_restarts, {}, static_cast<double>(counts.restarts));
}

}  // namespace muxtap::frames
