#include "client/frames/records/frame_record.h"

#include <array>
#include <cmath>
#include <cstdio>

#include "analyzer/json/fields.h"

namespace muxtap::frames {

using namespace analyzer::json;

namespace {

/// What records of pictures and of access units begin with.
template <typename Record>
void write_identity(Writer& writer, const char* name, const Record& record) {
    field(writer, "record", name);
    field(writer, "probe", record.identity.probe);
    field(writer, "stream", record.identity.stream);
    field(writer, "epoch", record.identity.epoch);
    field(writer, "seq", record.identity.seq);
    key(writer, "worker");
    const Object worker(writer);
    field(writer, "name", record.worker.name);
    field(writer, "epoch", record.worker.epoch);
}

void write_place(Writer& writer, std::uint16_t program, ts::Pid pid, analyzer::Codec codec) {
    field(writer, "program_number", program);
    field(writer, "pid", pid);
    field(writer, "codec", analyzer::key_name(codec));
}

void write_time(Writer& writer, const MediaTime& time) {
    field(writer, "time_ns", time.captured);
    if (time.pts) field(writer, "pts", time.pts->ticks());
    field(writer, "position_ns", time.position.count());
    field(writer, "packet", time.packet);
}

void write_ratio(Writer& writer, std::string_view name, unsigned numerator, unsigned denominator) {
    if (numerator == 0 || denominator == 0) return;
    field(writer, name, std::to_string(numerator) + "/" + std::to_string(denominator));
}

void write_video(Writer& writer, const VideoForm& video) {
    field_if_known(writer, "width", video.width);
    field_if_known(writer, "height", video.height);
    field(writer, "interlaced", video.interlaced);
    write_ratio(writer, "frame_rate", video.frame_rate_numerator, video.frame_rate_denominator);
    write_ratio(writer, "sample_aspect", video.sample_aspect_width, video.sample_aspect_height);
}

/// To so many parts of one: what a picture's noise does not change.
double rounded(double number, double parts) {
    return std::round(number * parts) / parts;
}

void write_facts(Writer& writer, const PictureFacts& facts) {
    field(writer, "mean_luma", rounded(facts.mean_luma, 100));
    field(writer, "black_share", rounded(facts.black_share, 10'000));
    field(writer, "black", facts.black);
    field(writer, "frozen", facts.frozen);
    std::array<char, 17> hash{};
    std::snprintf(hash.data(), hash.size(), "%016llx", static_cast<unsigned long long>(facts.hash));
    field(writer, "hash", hash.data());
    field(writer, "distance", facts.distance);
    field(writer, "duplicates", facts.duplicates);
}

void write_image(Writer& writer, std::string_view name, const std::optional<ImageForm>& image) {
    if (!image) return;
    key(writer, name);
    const Object object(writer);
    field(writer, "media_type", image->media_type);
    field(writer, "width", image->width);
    field(writer, "height", image->height);
    field(writer, "bytes", image->bytes);
}

void write_losses(Writer& writer, const FrameLosses& losses) {
    key(writer, "losses");
    const Object object(writer);
    field(writer, "feed_batches_lost", losses.feed_batches_lost);
    field(writer, "packets_skipped", losses.packets_skipped);
    field(writer, "pictures_skipped", losses.pictures_skipped);
    field(writer, "restarts", losses.restarts);
}

}  // namespace

std::string to_json(const FrameRecord& record, std::string_view data_uri) {
    rapidjson::StringBuffer buffer;
    Writer writer(buffer);
    {
        const Object object(writer);
        write_identity(writer, frame_record_name, record);
        write_place(writer, record.program, record.pid, record.video.codec);
        write_time(writer, record.time);
        field(writer, "frame", record.frame);
        field(writer, "key_frame", record.key_frame);
        write_video(writer, record.video);
        write_facts(writer, record.facts);
        write_image(writer, "image", record.image);
        write_image(writer, "filmstrip", record.filmstrip);
        write_losses(writer, record.losses);
        if (!data_uri.empty()) field(writer, "base64_image", data_uri);
    }
    return {buffer.GetString(), buffer.GetSize()};
}

std::string to_json(const AccessUnitRecord& record) {
    rapidjson::StringBuffer buffer;
    Writer writer(buffer);
    {
        const Object object(writer);
        write_identity(writer, access_unit_record_name, record);
        write_place(writer, record.program, record.pid, record.codec);
        write_time(writer, record.time);
        if (record.dts) field(writer, "dts", record.dts->ticks());
        field(writer, "key_frame", record.key_frame);
        field(writer, "discontinuity", record.discontinuity);
        field(writer, "bytes", record.bytes);
    }
    return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace muxtap::frames
