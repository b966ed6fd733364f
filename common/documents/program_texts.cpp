#include "common/documents/program_texts.h"

#include <array>
#include <stdexcept>
#include <string>

namespace muxtap::documents {
namespace {

constexpr std::array<std::string_view, 4> probe_description = {
    "Takes MPEG transport streams from a network interface, from UDP sockets or from a file, checks every packet and "
    "publishes those that are whole on a ZeroMQ feed, which any number of workers follow.",
    "Capturing from an interface needs root or the capability CAP_NET_RAW; --capture socket and --input need neither. "
    "Started as root, the program opens the capture, binds its endpoints and becomes the user of --user.",
    "Losses are counted where they happen: on the network, in the kernel, in the program's own queue, and at a "
    "subscriber that does not keep up.",
    "The feed is neither encrypted nor authenticated: it belongs on a trusted network or on local sockets."};
constexpr std::array<Entry, 2> probe_exit = {
    {{"0", "ended by a signal, by a limit, or because its input ended"}, {"1", "something failed at run time"}}};

constexpr std::array<std::string_view, 3> record_description = {
    "Receives the feed of one or more probes and writes the packets of each stream to files, byte for byte and in "
    "order. "
    "Beside each file stands a sidecar that says what is in it, what is missing, and where that was lost.",
    "It needs no privileges. The probe need not be there yet, and may go and come back.",
    "SIGINT and SIGTERM write what is in memory and close the files."};
constexpr std::array<Entry, 2> record_files = {{{"capture.ts", "the recording, unless --output names another"},
                                                {"capture.ts.json", "its sidecar: packets, times, gaps by cause"}}};
constexpr std::array<Entry, 2> record_exit = {
    {{"0", "all that was received is in the files"},
     {"1", "it could not start, or packets that were received could not be written"}}};

constexpr std::array<std::string_view, 2> frames_description = {
    "Receives the feed of one or more probes and decodes its streams with GStreamer: pictures and filmstrips with "
    "facts "
    "(black, frozen), sound levels and loudness (EBU R 128), closed captions and teletext subtitles; to files, Kafka, "
    "ZeroMQ and NDJSON.",
    "It needs no privileges and no display. Decoders come from GStreamer's plugins; what is missing is named with its "
    "package, and the rest of the stream goes on."};
constexpr std::array<Entry, 1> frames_files = {
    {{"images/STREAM/", "latest.jpg and filmstrip.jpg of each stream, unless --latest and --filmstrip name others"}}};
constexpr std::array<Entry, 2> worker_exit = {
    {{"0", "ended by a signal, by a limit, or with the feed, and no record was lost"},
     {"1", "something could not be opened, or records were lost"}}};

constexpr std::array<std::string_view, 2> metrics_description = {
    "Receives the feed of one or more probes, runs the analyzer (TR 101 290, PSI/SI, clocks, rates, arrival times) on "
    "each stream, and sends records to Kafka, SQLite, NDJSON files, Prometheus, or a table on the terminal.",
    "It needs no privileges. Records for Kafka wait in a spool on the disk while the brokers are away."};
constexpr std::array<Entry, 1> metrics_files = {
    {{"muxtap-metrics.spool", "records that wait for Kafka, unless --spool names another"}}};

constexpr std::array<std::string_view, 2> analyze_description = {
    "Reads transport stream files and captures (.ts, .m2ts, .pcap, .pcapng; - for standard input) and reports what is "
    "in "
    "the streams and what is wrong with them by TR 101 290, as tables for people or as JSON.",
    "Plots need gnuplot."};
constexpr std::array<Entry, 3> analyze_exit = {
    {{"0", "every input was analysed"},
     {"1", "an input could not be read or holds no transport stream, or the output could not be written"},
     {"3", "an indicator fired that --fail-on names"}}};

constexpr std::array<std::string_view, 2> send_description = {
    "Plays a transport stream file to UDP or RTP, unicast or multicast, in the time of its PCRs, once or for ever with "
    "continuous counters and clocks. On request it makes faults whose places it tells.",
    "It needs no privileges."};
constexpr std::array<Entry, 2> send_exit = {
    {{"0", "all was sent, or it was ended by a signal or a limit"}, {"1", "something failed at run time"}}};

struct Named {
    std::string_view program;
    ProgramTexts texts;
};

const std::array<Named, 6> all_texts = {{
    {"muxtap-probe", {"capturing.md", probe_description, {}, probe_exit}},
    {"muxtap-record", {"recording.md", record_description, record_files, record_exit}},
    {"muxtap-frames", {"frames.md", frames_description, frames_files, worker_exit}},
    {"muxtap-metrics", {"metrics.md", metrics_description, metrics_files, worker_exit}},
    {"muxtap-send", {"sending.md", send_description, {}, send_exit}},
    {"muxtap-analyze", {"analyzing.md", analyze_description, {}, analyze_exit}},
}};

}  // namespace

const ProgramTexts& texts_of(const app::ProgramSpec& program) {
    for (const Named& named : all_texts) {
        if (named.program == program.name) return named.texts;
    }
    throw std::logic_error("no texts of " + std::string{program.name});
}

}  // namespace muxtap::documents
