#pragma once

#include <memory>
#include <optional>
#include <string>

#include "common/net/capture_file.h"
#include "probe/source/file_source.h"
#include "probe/source/frame_feeder.h"
#include "probe/source/pacer.h"

namespace muxtap::probe {

/// Plays the frames of a .pcap or .pcapng file.
class CaptureFileSource : public Source {
public:
    CaptureFileSource(std::unique_ptr<net::CaptureFile> file, std::string path, FilePace pace);

    Result<Poll> poll(DatagramSink& sink, std::chrono::milliseconds wait) override;
    SourceCounters counters() override;
    [[nodiscard]] std::string damage() const override;

private:
    std::unique_ptr<net::CaptureFile> file_;
    std::string path_;
    FilePace pace_;
    Pacer pacer_;
    std::optional<net::Frame> waiting_;  ///< whose time has not come; borrowed from the file
    FrameFeeder feeder_;
};

}  // namespace muxtap::probe
