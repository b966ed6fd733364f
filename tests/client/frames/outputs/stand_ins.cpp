#include "client/frames/records/sound_record.h"

namespace muxtap::frames {

std::string to_json(const SoundRecord& /*record*/) {
    return R"({"record":"muxtap.sound/1"})";
}

}  // namespace muxtap::frames
