#pragma once

#include <memory>

#include "client/frames/media/branch.h"
#include "client/frames/media/receivers.h"

namespace muxtap::frames::gst {

/// Teletext, and what nobody asked for: nothing is decoded here.
class TeletextBranch final : public Branch {
public:
    /// `receiver` null: everything is thrown away. Null when appsink is missing.
    [[nodiscard]] static std::unique_ptr<TeletextBranch> make(ts::Pid pid, const PesTimes& times,
                                                              TeletextReceiver* receiver);

    TeletextBranch(ts::Pid pid, const PesTimes& times, TeletextReceiver* receiver);
    ~TeletextBranch() override;
    TeletextBranch(const TeletextBranch&) = delete;
    TeletextBranch& operator=(const TeletextBranch&) = delete;

private:
    void on_sample(GstSample* sample) override;

    TeletextReceiver* receiver_;
};

}  // namespace muxtap::frames::gst
