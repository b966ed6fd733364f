#include "analyzer/es/mpeg2_pictures.h"

#include <algorithm>
#include <optional>

#include "analyzer/es/mpeg2_sequence.h"
#include "analyzer/es/user_data.h"

namespace muxtap::es {

using analyzer::ScanType;

void Mpeg2Pictures::restart() noexcept {
    walker_.restart();
    sequence_begin_ = no_sequence;
    sequence_seen_ = false;
    picture_seen_ = false;
}

Wants Mpeg2Pictures::look(ByteView bytes, bool last, PictureNotes& notes) {
    const auto use = [this](ByteView header) {
        const std::uint8_t code = header[0];
        // Slices in front of the first picture belong to one that an earlier PES packet began.
        if (code >= mpeg2_first_slice && code <= mpeg2_last_slice) {
            return picture_seen_ ? UnitUse::start : UnitUse::skip;
        }
        const bool of_use = code == mpeg2_picture || code == mpeg2_sequence_header || code == mpeg2_extension ||
                            code == mpeg2_group_of_pictures || code == mpeg2_user_data;
        return of_use ? UnitUse::whole : UnitUse::skip;
    };
    const auto take = [&](ByteView unit, std::size_t offset) {
        const std::uint8_t code = unit.empty() ? std::uint8_t{mpeg2_picture} : unit[0];
        if (code == mpeg2_sequence_header) {
            sequence_begin_ = offset;
        } else if (sequence_begin_ != no_sequence && code != mpeg2_extension && code != mpeg2_user_data) {
            end_sequence(bytes.subspan(sequence_begin_, offset - sequence_begin_));
        }
        read(unit, notes);
    };
    return walker_.walk(bytes, last, {.header = 1, .start = 1}, use, take);
}

void Mpeg2Pictures::end_sequence(ByteView block) {
    sequence_begin_ = no_sequence;
    sequence_seen_ = true;
    if (known_ && std::equal(block.begin(), block.end(), sequence_.begin(), sequence_.end())) return;
    std::optional<VideoFormat> format = parse_mpeg2_sequence(block);
    if (!format) return;
    sequence_.assign(block.begin(), block.end());
    format_ = *std::move(format);
    known_ = true;
    ++version_;
}

void Mpeg2Pictures::read(ByteView unit, PictureNotes& notes) noexcept {
    if (unit.size() >= 3 && unit[0] == mpeg2_picture) {
        picture_seen_ = true;
        notes.facts.started = true;
        const unsigned coding_type = unit[2] >> 3 & 7U;
        notes.facts.random_access = coding_type == 1 && sequence_seen_;
    } else if (unit.size() >= 2 && unit[0] == mpeg2_extension && picture_seen_) {
        const auto coding = parse_mpeg2_picture_coding(unit);
        if (!coding) return;
        const bool progressive = coding->frame_picture && coding->progressive_frame && !coding->repeat_first_field;
        notes.facts.scan = progressive ? ScanType::progressive : ScanType::interlaced;
    } else if (unit.size() >= 2 && unit[0] == mpeg2_user_data && picture_seen_) {
        read_mpeg2_user_data(unit.subspan(1), notes);
    }
}

}  // namespace muxtap::es
