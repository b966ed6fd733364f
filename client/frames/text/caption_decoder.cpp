#include "client/frames/text/caption_decoder.h"

#include <map>
#include <optional>
#include <utility>

#include "client/frames/text/cea608_field.h"
#include "client/frames/text/dtvcc_packets.h"
#include "client/frames/text/dtvcc_service.h"

namespace muxtap::frames {

class CaptionDecoder::Implementation {
public:
    Implementation(ts::Pid pid, FindingHandler found)
        : pid_(pid),
          found_(std::move(found)),
          fields_{Cea608Field(1, pid, found_), Cea608Field(2, pid, found_)},
          packets_([this](unsigned service, ByteView block) { add_block(service, block); }, [this] { gap(); }) {}

    bool add(ByteView cc_data, const MediaTime& time) {
        constexpr std::size_t triplet = 3;
        const MediaTime before = std::exchange(time_, time);
        last_ = before;
        captions_ = false;
        for (; cc_data.size() >= triplet; cc_data = cc_data.subspan(triplet)) {
            const bool valid = (cc_data[0] & 4U) != 0;  // cc_valid
            const unsigned type = cc_data[0] & 3U;      // cc_type
            if (type < 2) {
                if (valid && fields_[type].pair(cc_data[1], cc_data[2], time)) captions_ = true;
            } else if (valid) {
                packets_.pair(type == 3, cc_data[1], cc_data[2]);
            } else {
                packets_.stuffing();
            }
        }
        for (auto& [number, service] : services_) service.end_picture(time);
        return captions_;
    }

    void interrupt() {
        for (Cea608Field& field : fields_) field.interrupt(time_);
        packets_.clear();
        for (auto& [number, service] : services_) service.interrupt(time_);
    }

    void finish() {
        for (Cea608Field& field : fields_) field.finish(time_);
        for (auto& [number, service] : services_) service.finish(time_);
    }

private:
    void add_block(unsigned number, ByteView block) {
        captions_ = true;
        auto place = services_.find(number);
        if (place == services_.end()) {
            place =
                services_.emplace(number, CaptionTeller(pid_, "service " + std::to_string(number), {}, found_)).first;
        }
        place->second.add(block, time_);
    }

    /// A packet is missing: the services begin anew.
    void gap() {
        for (auto& [number, service] : services_) service.interrupt(last_);
    }

    ts::Pid pid_;
    FindingHandler found_;
    std::array<Cea608Field, 2> fields_;
    DtvccPackets packets_;
    std::map<unsigned, DtvccService> services_;
    MediaTime time_;  ///< of the picture at hand, or of the last one
    MediaTime last_;  ///< of the picture before
    bool captions_ = false;
};

CaptionDecoder::CaptionDecoder(ts::Pid pid, FindingHandler found)
    : implementation_(std::make_unique<Implementation>(pid, std::move(found))) {}

CaptionDecoder::~CaptionDecoder() = default;

bool CaptionDecoder::add(ByteView cc_data, const MediaTime& time) {
    return implementation_->add(cc_data, time);
}

void CaptionDecoder::interrupt() {
    implementation_->interrupt();
}

void CaptionDecoder::finish() {
    implementation_->finish();
}

}  // namespace muxtap::frames
