#pragma once

#include <memory>
#include <string>

#include "client/frames/frames_config.h"
#include "client/frames/media/branch.h"
#include "client/frames/media/receivers.h"

namespace muxtap::frames::gst {

/// Sound: queue, parser, and where it is measured decoder and conversion to float.
class SoundBranch final : public Branch {
public:
    struct Made {
        std::unique_ptr<SoundBranch> branch;  ///< null: not even a parser
        std::string problem;                  ///< empty: all is there
    };
    [[nodiscard]] static Made make(ts::Pid pid, const GstCaps* caps, const DecodingOptions& options,
                                   const PesTimes& times, SoundReceiver& receiver);

    SoundBranch(ts::Pid pid, const PesTimes& times, SoundReceiver& receiver);
    ~SoundBranch() override;
    SoundBranch(const SoundBranch&) = delete;
    SoundBranch& operator=(const SoundBranch&) = delete;

private:
    GstPadProbeReturn on_unit(GstPadProbeInfo* info);
    void on_sample(GstSample* sample) override;

    SoundReceiver& receiver_;
    bool decodes_ = false;
};

}  // namespace muxtap::frames::gst
