#include "client/record/sidecar.h"

#include <fcntl.h>
#include <rapidjson/document.h>
#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <sstream>

#include "common/base/file_descriptor.h"
#include "common/ts/packet_view.h"

namespace muxtap::record {
namespace {

constexpr std::string_view kind = "muxtap.recording";
constexpr unsigned version = 1;
constexpr std::size_t most_recordings = 100;
constexpr std::size_t largest_sidecar = std::size_t{16} << 20;

using Writer = rapidjson::PrettyWriter<rapidjson::StringBuffer>;

void key(Writer& writer, std::string_view name) {
    writer.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
}
void put(Writer& writer, std::string_view name, std::string_view value) {
    key(writer, name);
    writer.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
}
void put(Writer& writer, std::string_view name, std::uint64_t value) {
    key(writer, name);
    writer.Uint64(value);
}
/// As nanoseconds for programs and as ISO 8601 for people.
void put(Writer& writer, const std::string& name, UnixTime value) {
    key(writer, name + "_ns");
    writer.Int64(to_unix_ns(value));
    put(writer, name, iso_time(value));
}

/// What a cause counts. The kernel knows of frames, RTP of its own packets.
std::string_view unit_of(GapCause cause) {
    switch (cause) {
        case GapCause::kernel: return "frames";
        case GapCause::network: return "rtp_packets";
        default: return "packets";
    }
}

void put_gap_totals(Writer& writer, const FileAccount& account) {
    key(writer, "gaps");
    writer.StartObject();
    for (std::size_t i = 0; i < gap_cause_count; ++i) {
        const auto cause = static_cast<GapCause>(i);
        const FileAccount::CauseTotal& total = account.of(cause);
        key(writer, name_of(cause));
        writer.StartObject();
        put(writer, "count", total.count);
        if (cause == GapCause::subscriber) put(writer, "batches", total.batches);
        put(writer, unit_of(cause), total.lost);
        writer.EndObject();
    }
    writer.EndObject();
}

void put_gap_list(Writer& writer, const FileAccount& account) {
    std::uint64_t count = 0;
    for (const auto& total : account.gaps) count += total.count;
    key(writer, "gap_list");
    writer.StartArray();
    for (const Gap& gap : account.gap_list) {
        writer.StartObject();
        put(writer, "cause", name_of(gap.cause));
        put(writer, "at_packet", gap.at_packet);
        put(writer, "at_byte", account.offset_bytes + gap.at_packet * ts::packet_size);
        put(writer, "time", gap.time);
        put(writer, "seq", gap.seq);
        if (gap.cause == GapCause::subscriber) put(writer, "batches", gap.batches);
        put(writer, unit_of(gap.cause), gap.lost);
        writer.EndObject();
    }
    writer.EndArray();
    put(writer, "gaps_not_listed", count - account.gap_list.size());
}

void put_restarts(Writer& writer, const FileAccount& account) {
    put(writer, "probe_restarts", account.probe_restarts);
    key(writer, "probe_restart_list");
    writer.StartArray();
    for (const ProbeRestart& restart : account.restart_list) {
        writer.StartObject();
        put(writer, "at_packet", restart.at_packet);
        put(writer, "time", restart.time);
        put(writer, "epoch", restart.epoch);
        put(writer, "missed_batches", restart.missed_batches);
        put(writer, "missed_packets", restart.missed_packets);
        writer.EndObject();
    }
    writer.EndArray();
}

void put_contents(Writer& writer, const FileAccount& account) {
    put(writer, "file", account.file);
    put(writer, "output", account.output);
    put(writer, "probe", account.probe);
    put(writer, "stream", account.stream);
    put(writer, "source", account.source);
    put(writer, "epoch", account.epoch);
    put(writer, "started", account.started);
    put(writer, "ended", account.ended);
    key(writer, "end_reason");
    if (account.end_reason) {
        const std::string_view reason = name_of(*account.end_reason);
        writer.String(reason.data(), static_cast<rapidjson::SizeType>(reason.size()));
    } else {
        writer.Null();
    }
    put(writer, "offset_bytes", account.offset_bytes);
    put(writer, "bytes", account.packets * ts::packet_size);
    put(writer, "packets", account.packets);
    put(writer, "first_packet", account.first_packet);
    put(writer, "first_seq", account.first_seq);
    put(writer, "last_seq", account.last_seq);
}

std::string text_at(const rapidjson::Document& document, const char* name) {
    if (!document.HasMember(name) || !document[name].IsString()) return {};
    return {document[name].GetString(), document[name].GetStringLength()};
}

UnixTime time_at(const rapidjson::Document& document, const char* name) {
    if (!document.HasMember(name) || !document[name].IsInt64()) return {};
    return from_unix_ns(document[name].GetInt64());
}

std::string as_text(const rapidjson::Value& value) {
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
    value.Accept(writer);
    return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace

std::string sidecar_path(const std::string& file) {
    return file + ".json";
}

std::string iso_time(UnixTime time) {
    const auto whole = std::chrono::floor<std::chrono::seconds>(time);
    const std::time_t seconds = whole.time_since_epoch().count();
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    std::array<char, 32> text{};
    const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
    std::string fraction = std::to_string((time - whole).count());
    fraction.insert(0, 9 - fraction.size(), '0');
    return std::string{text.data(), size} + "." + fraction + "Z";
}

std::string to_json(const FileAccount& account, const std::vector<std::string>& earlier) {
    rapidjson::StringBuffer buffer;
    Writer writer(buffer);
    writer.SetIndent(' ', 2);
    writer.StartObject();
    put(writer, "v", std::uint64_t{version});
    put(writer, "kind", kind);
    put_contents(writer, account);
    put_gap_totals(writer, account);
    put_gap_list(writer, account);
    put_restarts(writer, account);
    key(writer, "rejected");
    writer.StartObject();
    for (std::size_t i = 0; i < ts::reject_reason_count; ++i) {
        const auto reason = static_cast<ts::RejectReason>(i);
        put(writer, ts::name_of(reason), account.rejected.of(reason));
    }
    writer.EndObject();
    key(writer, "earlier");
    writer.StartArray();
    for (const std::string& recording : earlier) {
        writer.RawValue(recording.data(), recording.size(), rapidjson::kObjectType);
    }
    writer.EndArray();
    writer.EndObject();
    return std::string{buffer.GetString(), buffer.GetSize()} + "\n";
}

std::optional<SidecarSummary> read_sidecar(const std::string& path) {
    std::ifstream file(path, std::ios::binary | std::ios::ate);
    if (!file || file.tellg() < 0 || static_cast<std::size_t>(file.tellg()) > largest_sidecar) return std::nullopt;
    file.seekg(0);
    std::ostringstream text;
    text << file.rdbuf();
    rapidjson::Document document;
    document.Parse<rapidjson::kParseIterativeFlag>(text.str().c_str());
    if (document.HasParseError() || !document.IsObject() || text_at(document, "kind") != kind) return std::nullopt;

    SidecarSummary summary;
    summary.output = text_at(document, "output");
    summary.stream = text_at(document, "stream");
    summary.probe = text_at(document, "probe");
    summary.started = time_at(document, "started_ns");
    summary.ended = time_at(document, "ended_ns");
    if (document.HasMember("earlier")) {
        if (document["earlier"].IsArray()) {
            for (const auto& recording : document["earlier"].GetArray()) {
                if (recording.IsObject()) summary.recordings.push_back(as_text(recording));
            }
        }
        document.RemoveMember("earlier");
    }
    summary.recordings.push_back(as_text(document));
    const std::size_t excess = summary.recordings.size() - std::min(summary.recordings.size(), most_recordings);
    summary.recordings.erase(summary.recordings.begin(),
                             summary.recordings.begin() + static_cast<std::ptrdiff_t>(excess));
    return summary;
}

int write_atomically(const std::string& path, const std::string& text) {
    const std::string temporary = path + ".tmp";
    constexpr mode_t file_mode = 0666;
    FileDescriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, file_mode));
    if (!file.valid()) return errno;
    const ssize_t written = ::write(file.get(), text.data(), text.size());
    int error = written < 0 ? errno : 0;
    if (error == 0 && static_cast<std::size_t>(written) != text.size()) error = ENOSPC;
    file.reset();
    if (error == 0 && std::rename(temporary.c_str(), path.c_str()) != 0) error = errno;
    if (error != 0) ::unlink(temporary.c_str());
    return error;
}

}  // namespace muxtap::record
