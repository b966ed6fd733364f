#pragma once

#include <functional>
#include <memory>
#include <string>

#include "client/frames/media/branch.h"
#include "client/frames/media/receivers.h"

namespace muxtap::frames::gst {

/// Sound: queue, parser, and where it is measured decoder and conversion to float.
class SoundBranch final : public Branch {
public:
    /// Why the stream cannot be decoded, and what to do. Its access units are told all the same.
    using ProblemHandler = std::function<void(std::string)>;

    /// Null when there is not even a parser.
    [[nodiscard]] static std::unique_ptr<SoundBranch> make(ts::Pid pid, const GstCaps* caps, bool decode,
                                                           const PesTimes& times, SoundReceiver& receiver,
                                                           ProblemHandler problem);

    SoundBranch(ts::Pid pid, const PesTimes& times, SoundReceiver& receiver);
    ~SoundBranch() override;
    SoundBranch(const SoundBranch&) = delete;
    SoundBranch& operator=(const SoundBranch&) = delete;

private:
    void complete(const GstCaps* caps, const ProblemHandler& problem);
    GstPadProbeReturn on_unit(GstPadProbeInfo* info);
    void on_sample(GstSample* sample) override;

    SoundReceiver& receiver_;
    bool decodes_ = false;
};

}  // namespace muxtap::frames::gst
