#pragma once

#include <cstdint>
#include <optional>

#include "client/frames/media_time.h"
#include "client/frames/pictures/picture.h"
#include "client/frames/records/frame_record.h"
#include "client/frames/sound/sound_meter.h"
#include "common/base/bytes.h"

namespace muxtap::frames {

/// An encoded access unit, borrowed until the call that hands it over returns.
struct AccessUnit {
    MediaTime time;
    std::optional<ts::Timestamp> dts;
    bool key_frame = false;
    bool discontinuity = false;  ///< data is missing before it
    ByteView bytes;
};

/// A decoded picture, scaled as asked for.
struct DecodedPicture {
    Picture picture;
    MediaTime time;
    VideoForm form;  ///< of the stream; without codec
    bool key_frame = false;
};

/// What is made of one video stream. All calls come from one thread at a time.
class VideoReceiver {
public:
    virtual ~VideoReceiver() = default;
    /// In decoding order; every one, whether it is decoded or not.
    virtual void on_access_unit(const AccessUnit& unit) = 0;
    /// Closed captions of an access unit, in decoding order: cc_data triplets, borrowed.
    virtual void on_captions(ByteView cc_data, const MediaTime& time) = 0;
    /// An access unit was left out because decoding does not keep up.
    virtual void on_skipped() = 0;
    /// In the order in which they are shown.
    virtual void on_picture(DecodedPicture picture) = 0;
};

/// What is made of one audio stream. All calls come from one thread at a time.
class SoundReceiver {
public:
    virtual ~SoundReceiver() = default;
    virtual void on_access_unit(const AccessUnit& unit) = 0;
    virtual void on_sound(const SoundFormat& format, const SoundBlock& block) = 0;
};

/// What is made of one teletext stream. All calls come from one thread at a time.
class TeletextReceiver {
public:
    virtual ~TeletextReceiver() = default;
    /// Payload of a PES packet, borrowed.
    virtual void on_packet(ByteView pes_payload, const MediaTime& time) = 0;
};

/// Says what is made of the streams of a program. Asked when a stream is found, by any thread, and again when it
/// changes its form, once what came before has been handed over; a receiver outlives the pipeline that it was asked
/// for. Null: the stream is not wanted.
class ReceiverSource {
public:
    virtual ~ReceiverSource() = default;
    /// `codec` is that of the data: the program map may have changed since. Unknown: what the map says.
    virtual VideoReceiver* video(ts::Pid pid, analyzer::Codec codec) = 0;
    virtual SoundReceiver* sound(ts::Pid pid, analyzer::Codec codec) = 0;
    virtual TeletextReceiver* teletext(ts::Pid pid) = 0;
    /// A stream that is wanted and cannot be decoded: why and what to do, one line.
    virtual void on_not_decodable(ts::Pid pid, std::string reason) = 0;
};

}  // namespace muxtap::frames
