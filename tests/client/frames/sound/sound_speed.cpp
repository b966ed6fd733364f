#include <chrono>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <random>

#include "client/frames/records/sound_record.h"

// muxtap_sound_speed: CPU seconds for an hour of stereo at 48 kHz.
// muxtap_sound_speed FILE [CHANNELS]: what is heard in a file of raw 32 bit float samples at 48 kHz, a record a line,
// to be compared with `ffmpeg -af ebur128=peak=true`.

namespace {

using namespace muxtap;
using namespace muxtap::frames;

void play_file(const char* path, std::size_t channels) {
    SoundFormat format{48'000, std::vector(channels, SpeakerPosition::mono)};
    if (channels == 2) format.channels = {SpeakerPosition::left, SpeakerPosition::right};
    SoundMeter meter(
        {}, [](const Finding& finding) { std::printf("%s\n", finding.text.c_str()); },
        [](const SoundFacts& facts) {
            SoundRecord record;
            record.facts = facts;
            std::puts(to_json(record).c_str());
        });
    std::ifstream file(path, std::ios::binary);
    std::vector<float> samples(channels * 1024);
    MediaTime time;
    while (file.read(reinterpret_cast<char*>(samples.data()), static_cast<std::streamsize>(samples.size() * 4))) {
        meter.add(format, {.time = time, .samples = samples});
        time.position += std::chrono::nanoseconds{1024 * 1'000'000'000LL / 48'000};
    }
    meter.finish();
}

void measure() {
    std::mt19937 engine(1);
    std::normal_distribution<float> spread(0, 0.1F);
    std::vector<float> samples(96'000);
    for (float& sample : samples) sample = spread(engine);
    SoundMeter meter(
        {}, [](const Finding&) {}, [](const SoundFacts&) {});
    const std::clock_t start = std::clock();
    constexpr int seconds = 600;
    MediaTime time;
    for (int i = 0; i < seconds; ++i, time.position += std::chrono::seconds{1})
        meter.add({48'000, {SpeakerPosition::left, SpeakerPosition::right}}, {.time = time, .samples = samples});
    const double spent = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    std::printf("%.1f CPU seconds for an hour of stereo\n", spent * 3600 / seconds);
}

}  // namespace

int main(int count, char** arguments) {
    if (count > 1) {
        play_file(arguments[1], count > 2 ? 1 : 2);
    } else {
        measure();
    }
}
