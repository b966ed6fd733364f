// Starts and stops streams and changes their codecs many times in one process; pictures must come out each time, and
// memory, threads and open files must be as before.
//   muxtap_frame_soak [CYCLES [CHANGES]]
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>

#include "tests/client/frames/media/decoding_rig.h"
#include "tests/client/frames/media/stream_cut.h"
#include "tests/support/skipping.h"

#if !defined(__SANITIZE_ADDRESS__)
#include <malloc.h>
#endif

namespace muxtap::test {
namespace {

/// Nothing may take longer; a pipeline that stands still would be started again only after 10 s.
constexpr std::chrono::seconds limit{60};

/// What a process holds.
struct Held {
    std::uint64_t memory = 0;  ///< resident, bytes
    std::size_t threads = 0;
    std::size_t files = 0;
};

std::size_t entries_of(const char* folder) {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder)) ++count;
    return count;
}

Held measure() {
#if !defined(__SANITIZE_ADDRESS__)
    // What was freed and not yet given back is no leak.
    ::malloc_trim(0);
#endif
    std::uint64_t all = 0;
    std::uint64_t resident = 0;
    std::ifstream("/proc/self/statm") >> all >> resident;
    return {.memory = resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)),
            .threads = entries_of("/proc/self/task"),
            .files = entries_of("/proc/self/fd")};
}

[[noreturn]] void give_up(const std::string& text) {
    std::fprintf(stderr, "muxtap_frame_soak: %s\n", text.c_str());
    // Threads may be stuck: nothing is taken down in order.
    std::_Exit(1);
}

/// Looks at its pipelines until something holds.
void wait_until(DecodingRig& rig, const RecordCounter& counter, const std::string& what,
                const std::function<bool()>& holds) {
    const SteadyTime end = steady_now() + limit;
    while (!holds()) {
        if (steady_now() > end) give_up(rig.stream() + ": " + what + " did not come within a minute");
        rig.check();
        counter.wait();
    }
}

/// A file to cut from.
struct Media {
    std::string file;
    std::string video;  ///< codecs as in records
    std::string sound;
    StreamCut beginning;  ///< few pictures, some sound
    StreamCut longer;     ///< enough for a report of sound, one a second
};

class Soak {
public:
    explicit Soak(std::vector<Media> media) : media_(std::move(media)), log_({.program = "soak", .silent = true}) {
        config_.worker = "soak";
        config_.decoding.hardware = false;
        config_.decoding.rate = {0, 1};
        config_.decoding.mode = frames::DecodeMode::all;
        config_.outputs.ndjson = counter_.path();
        auto opened = frames::OutputSet::open(config_, log_);
        if (!opened) give_up(opened.error().message);
        outputs_ = std::move(*opened);
    }

    /// A stream begins and ends; each other one is stopped in the middle.
    void cycle(std::size_t number) {
        const Media& media = media_[number % media_.size()];
        const StreamCut& cut = media.beginning;
        DecodingRig rig(config_, log_, *outputs_, "cycle " + std::to_string(number) + " with " + cut.codec);
        rig.feed(cut.packets);
        const auto pictures = [&] { return counter_.count(rig.stream(), cut.codec).pictures; };
        if (number % 2 == 0) {
            wait_until(rig, counter_, "a picture", [&] { return pictures() > 0; });
            rig.stop();
        } else {
            rig.end();
            wait_until(rig, counter_, "the end", [&] { return rig.ended(); });
            rig.stop();
            wait_for(rig, "sound", [&] { return counter_.count(rig.stream(), media.sound).sounds > 0; });
            wait_for(rig, "every picture", [&] { return pictures() >= cut.pictures; });
            if (pictures() > cut.pictures) give_up(rig.stream() + ": more pictures than the stream has");
        }
        if (rig.batches_held() != 0) give_up(rig.stream() + ": batches are held behind the end");
        counter_.forget(rig.stream());
    }

    /// One stream changes its codec: another program map, the same PIDs. Each fourth time its clock jumps too.
    void begin_changes() { changing_ = std::make_unique<DecodingRig>(config_, log_, *outputs_, "changing stream"); }
    void change(std::size_t number) {
        constexpr std::int64_t hour = std::int64_t{3600} * 90'000;
        const Media& media = media_[number % media_.size()];
        const StreamCut& cut = media.longer;
        const std::string& stream = changing_->stream();
        const std::uint64_t before = counter_.count(stream, cut.codec).pictures;
        const std::uint64_t sounds_before = counter_.count(stream, media.sound).sounds;
        changing_->feed(splicer_.splice(cut, number % 4 == 3 ? hour : 0));
        const std::string what = " of " + cut.codec + " behind change " + std::to_string(number);
        wait_until(*changing_, counter_, "a picture" + what,
                   [&] { return counter_.count(stream, cut.codec).pictures > before; });
        wait_until(*changing_, counter_, "sound" + what,
                   [&] { return counter_.count(stream, media.sound).sounds > sounds_before; });
    }
    void end_changes() {
        changing_->end();
        wait_until(*changing_, counter_, "the end", [&] { return changing_->ended(); });
        changing_->stop();
        if (changing_->batches_held() != 0) give_up("batches are held behind the end");
    }
    void finish() {
        if (const auto finished = outputs_->finish(limit); !finished) give_up(finished.error().message);
        if (outputs_->dropped() != 0) give_up("records were dropped");
    }

private:
    /// The same without a stream.
    void wait_for(const DecodingRig& rig, const std::string& what, const std::function<bool()>& holds) {
        const SteadyTime end = steady_now() + limit;
        while (!holds()) {
            if (steady_now() > end) give_up(rig.stream() + ": " + what + " did not come within a minute");
            counter_.wait();
        }
    }

    std::vector<Media> media_;
    app::Log log_;
    frames::FramesConfig config_;
    RecordCounter counter_;
    std::unique_ptr<frames::OutputSet> outputs_;
    Splicer splicer_;
    std::unique_ptr<DecodingRig> changing_;
};

/// Runs something many times and compares what the process holds behind the first tenth and at the end.
void run_many(const char* name, std::size_t times, const std::function<void(std::size_t)>& once) {
    if (times == 0) return;
    const SteadyTime begin = steady_now();
    const std::size_t warm = std::max<std::size_t>(times / 10, std::min<std::size_t>(times, 6));
    Held before;
    for (std::size_t i = 0; i < times; ++i) {
        if (i == warm) before = measure();
        once(i);
    }
    const Held after = measure();
    const double seconds = std::chrono::duration<double>(steady_now() - begin).count();
    constexpr double mib = 1 << 20;
    std::printf(
        "%zu %s in %.1f s; behind the first %zu and at the end: RSS %.1f and %.1f MiB, threads %zu and %zu, "
        "files %zu and %zu\n",
        times, name, seconds, warm, static_cast<double>(before.memory) / mib, static_cast<double>(after.memory) / mib,
        before.threads, after.threads, before.files, after.files);
    std::fflush(stdout);
    if (times <= warm) return;
    // GLib keeps some threads for the next to come; what is being drained has some too. A leak has as many as cycles.
    constexpr std::size_t few = 8;
    if (after.threads > before.threads + few) give_up(std::string{"more threads than before: "} + name);
    if (after.files > before.files + few) give_up(std::string{"more open files than before: "} + name);
#if !defined(__SANITIZE_ADDRESS__)
    // AddressSanitizer keeps what was freed; it finds leaks by itself.
    constexpr std::uint64_t slack = 8 << 20;
    if (after.memory > before.memory + before.memory / 20 + slack) give_up(std::string{"memory grew: "} + name);
#endif
}

int soak(std::size_t cycles, std::size_t changes) {
    std::vector<Media> all{
        {.file = "h264_aac_cbr2M.ts", .video = "h264", .sound = "aac_adts", .beginning = {}, .longer = {}},
        {.file = "hevc_ac3.ts", .video = "hevc", .sound = "ac3", .beginning = {}, .longer = {}},
        {.file = "mpeg2_mp2_vbr.ts", .video = "mpeg2_video", .sound = "mpeg1_audio", .beginning = {}, .longer = {}}};
    for (Media& media : all) {
        const std::string path = find_shared_media(media.file);
        media.beginning = cut_stream(path, media.video, 15);
        media.longer = cut_stream(path, media.video, 60);
        if (media.longer.pictures == 60) continue;
        std::fprintf(stderr, "*** SKIPPED: %s is not there (MUXTAP_SHARED names the folder of media/)\n",
                     media.file.c_str());
        return exit_skipped;
    }
    if (const auto started = frames::start_gstreamer({}); !started) give_up(started.error().message);
    Soak soak(std::move(all));
    run_many("starts and stops of a stream", cycles, [&](std::size_t number) { soak.cycle(number); });
    soak.begin_changes();
    run_many("changes of the codec", changes, [&](std::size_t number) { soak.change(number); });
    soak.end_changes();
    soak.finish();
    return 0;
}

}  // namespace
}  // namespace muxtap::test

int main(int argc, char** argv) {
    const auto number = [&](int which, std::size_t otherwise) {
        return argc > which ? std::strtoull(argv[which], nullptr, 10) : otherwise;
    };
    return muxtap::test::soak(number(1, 60), number(2, 12));
}
