#pragma once

#include <stdlib.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "client/record/output.h"
#include "common/ts/packet_view.h"
#include "proto/feed_header.h"
#include "tests/support/temp_folder.h"

/// What the recorder's tests share.
namespace muxtap::record {

using TestFolder = test::TempFolder;

inline std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

inline void write_file(const std::string& path, const std::string& text) {
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    std::ofstream(path, std::ios::binary) << text;
}

using Packet = std::vector<std::uint8_t>;

/// A packet that can be told from others by `number`.
inline Packet plain_packet(unsigned number, ts::Pid pid = 256) {
    Packet packet(ts::packet_size, 0xAA);
    packet[0] = ts::sync_byte;
    packet[1] = static_cast<std::uint8_t>(pid >> 8);
    packet[2] = static_cast<std::uint8_t>(pid);
    packet[3] = static_cast<std::uint8_t>(0x10U | (number & 0x0FU));
    packet[100] = static_cast<std::uint8_t>(number >> 8);
    packet[101] = static_cast<std::uint8_t>(number);
    return packet;
}

/// The same at the start of a PES packet with this stream_id: 0xE0 is video, 0xC0 audio.
inline Packet pes_start(unsigned number, std::uint8_t stream_id, bool random_access) {
    Packet packet = plain_packet(number);
    packet[1] |= 0x40U;
    packet[3] |= 0x20U;
    packet[4] = 1;
    packet[5] = random_access ? 0x40 : 0;
    packet[6] = 0;
    packet[7] = 0;
    packet[8] = 1;
    packet[9] = stream_id;
    return packet;
}

/// A batch that owns its bytes.
struct TestBatch {
    std::shared_ptr<std::vector<std::uint8_t>> payload = std::make_shared<std::vector<std::uint8_t>>();
    std::vector<proto::DatagramEntry> datagrams;
    std::int64_t time_ns = 0;

    void add(const Packet& packet) { payload->insert(payload->end(), packet.begin(), packet.end()); }
};

/// Accepts `room` bytes over all its files and then fails with `error` until it is given more.
class FailingOpener : public OutputOpener {
public:
    std::size_t room = std::string::npos;
    int error = ENOSPC;
    int open_error = 0;
    std::map<std::string, std::string> files;

    Result<std::unique_ptr<Output>, OpenError> open(const std::string& path, OpenMode) override {
        if (open_error != 0) return tl::unexpected<OpenError>(OpenError{open_error, "cannot write \"" + path + "\""});
        return std::unique_ptr<Output>(std::make_unique<File>(*this, path));
    }

    /// As one file would be written to.
    class File : public Output {
    public:
        File(FailingOpener& owner, std::string path) : owner_(owner), path_(std::move(path)) { owner_.files[path_]; }
        Written write(std::span<const iovec> parts) override {
            Written written;
            for (const iovec& part : parts) {
                const std::size_t size = std::min(part.iov_len, owner_.room);
                owner_.files[path_].append(static_cast<const char*>(part.iov_base), size);
                if (owner_.room != std::string::npos) owner_.room -= size;
                written.bytes += size;
                if (size < part.iov_len) {
                    written.error = owner_.error;
                    break;
                }
            }
            return written;
        }
        bool truncate(std::uint64_t size) override {
            const std::size_t cut = owner_.files[path_].size() - size;
            if (owner_.room != std::string::npos) owner_.room += cut;
            owner_.files[path_].resize(size);
            return true;
        }
        int sync() override { return 0; }
        [[nodiscard]] std::uint64_t start_bytes() const override { return 0; }
        [[nodiscard]] bool is_regular() const override { return false; }

    private:
        FailingOpener& owner_;
        std::string path_;
    };
};

}  // namespace muxtap::record
