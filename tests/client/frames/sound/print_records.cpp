#include <cstdio>

#include "tests/client/frames/sound/sample_records.h"

// Prints records of sound, one a line, for validate_records.py.

int main() {
    using namespace muxtap;
    std::puts(to_json(test::example_sound_record()).c_str());
    std::puts(to_json(test::silent_sound_record()).c_str());
    std::puts(to_json(test::wide_sound_record()).c_str());
    frames::SoundRecord record = test::example_sound_record();
    for (int codec = 0; codec <= static_cast<int>(analyzer::Codec::other_data); ++codec) {
        record.codec = static_cast<analyzer::Codec>(codec);
        std::puts(to_json(record).c_str());
    }
}
