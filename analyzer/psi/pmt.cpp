#include "analyzer/psi/pmt.h"

#include "analyzer/psi/audio_descriptors.h"
#include "analyzer/psi/stream_classifier.h"
#include "analyzer/psi/subtitle_descriptors.h"

namespace muxtap::psi {

namespace {

/// So many bytes of `bytes` as the 12-bit length says, or all there are; `sound` turns false when there are fewer.
ByteView limited(ByteView bytes, std::size_t length, bool& sound) noexcept {
    if (length <= bytes.size()) return bytes.first(length);
    sound = false;
    return bytes;
}

}  // namespace

Pmt parse_pmt(const Section& section) {
    Pmt pmt;
    pmt.program_number = section.table_id_extension();
    ByteView rest = section.body();
    if (rest.size() < 4) {
        pmt.sound = false;
        return pmt;
    }
    pmt.pcr_pid = static_cast<ts::Pid>(read_u16(rest, 0) & 0x1FFFU);
    const ByteView program = limited(rest.subspan(4), read_u16(rest, 2) & 0x0FFFU, pmt.sound);
    pmt.descriptors = DescriptorLoop(program);
    pmt.sound = pmt.sound && pmt.descriptors.is_sound();
    rest = rest.subspan(4 + program.size());
    while (rest.size() >= 5) {
        const ByteView info = limited(rest.subspan(5), read_u16(rest, 3) & 0x0FFFU, pmt.sound);
        const DescriptorLoop loop(info);
        pmt.sound = pmt.sound && loop.is_sound();
        pmt.streams.push_back({rest[0], static_cast<ts::Pid>(read_u16(rest, 1) & 0x1FFFU), loop});
        rest = rest.subspan(5 + info.size());
    }
    pmt.sound = pmt.sound && rest.empty();
    return pmt;
}

analyzer::ProgramStream describe_stream(const PmtStream& stream, std::string_view program_registration) {
    analyzer::ProgramStream described;
    described.pid = stream.pid;
    described.stream_type = stream.stream_type;
    const StreamClass meaning = classify_stream(stream.stream_type, stream.descriptors, program_registration);
    described.kind = meaning.kind;
    described.codec = meaning.codec;
    const StreamLanguage language = stream_language(stream.descriptors);
    described.language = language.languages;
    described.audio_type = language.audio_type;
    described.subtitles = subtitle_services(stream.descriptors);
    described.described_audio = described_audio(stream.descriptors);
    described.component_tag = component_tag(stream.descriptors);
    for (const Descriptor one : stream.descriptors) {
        described.descriptor_tags.push_back(one.tag);
        if (one.tag == descriptor::registration && described.registration.empty())
            described.registration = registration_text(one);
        if (const auto reference = ca_reference(one)) described.ca_pids.push_back(reference->pid);
    }
    return described;
}

}  // namespace muxtap::psi
