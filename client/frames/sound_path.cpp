#include "client/frames/sound_path.h"

namespace muxtap::frames {

SoundPath::SoundPath(const FramesConfig& config, StreamReporter& reporter, std::uint16_t program,
                     const analyzer::ProgramStream& stream)
    : reporter_(reporter),
      program_(program),
      stream_(stream),
      meter_(
          config.sound_limits,
          [this](Finding finding) {
              finding.pid = stream_.pid;
              finding.language = stream_.language;
              reporter_.tell(finding, program_);
          },
          [this](const SoundFacts& facts) { report(facts); }) {}

void SoundPath::on_access_unit(const AccessUnit& unit) {
    reporter_.offer(unit, program_, stream_.pid, stream_.codec);
}

void SoundPath::on_sound(const SoundFormat& format, const SoundBlock& block) {
    meter_.add(format, block);
}

void SoundPath::report(const SoundFacts& facts) {
    SoundRecord record;
    record.program = program_;
    record.pid = stream_.pid;
    record.codec = stream_.codec;
    record.language = stream_.language;
    record.facts = facts;
    reporter_.offer(std::move(record));
}

void SoundPath::finish() {
    meter_.finish();
}

}  // namespace muxtap::frames
