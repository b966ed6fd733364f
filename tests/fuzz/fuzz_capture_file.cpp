// Input: a .pcap or .pcapng file.
// Property: frames are no longer than the file and their length on the wire no shorter than they are; what is read does
// not depend on the size of the reader's buffer; the end stays the end.
#include <sys/mman.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "common/net/capture_file.h"
#include "tests/fuzz/require.h"

namespace {

using namespace muxtap;
using fuzz::require;

struct Read {
    std::vector<std::uint64_t> marks;  ///< of each frame: a checksum of all that is said about it
    std::string end;
    std::uint64_t unknown = 0;
    [[nodiscard]] bool operator==(const Read&) const = default;
};

FileDescriptor memory_file(ByteView bytes) {
    FileDescriptor file(::memfd_create("capture", MFD_CLOEXEC));
    require(file.valid() && ::write(file.get(), bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()) &&
                ::lseek(file.get(), 0, SEEK_SET) == 0,
            "memory can be had");
    return file;
}

Read read_all(ByteView bytes, std::size_t buffer_bytes) {
    Read read;
    auto file = net::open_capture_file(net::file_kind(bytes), net::ByteReader(memory_file(bytes), {}, buffer_bytes));
    if (!file) {
        read.end = file.error().message;
        require(!read.end.empty(), "a refusal says why");
        return read;
    }
    std::size_t total = 0;
    for (;;) {
        const auto frame = (*file)->next();
        require(frame.has_value(), "memory can be read");
        if (!*frame) break;
        const net::Frame& found = **frame;
        require(found.wire_length >= found.bytes.size(), "what was captured was on the wire");
        total += found.bytes.size();
        require(total <= bytes.size(), "frames come out of the file");
        std::uint64_t mark = found.wire_length * 31 + static_cast<std::uint64_t>(found.link_type);
        mark = mark * 31 + static_cast<std::uint64_t>(to_unix_ns(found.time));
        for (const std::uint8_t byte : found.bytes) mark = mark * 31 + byte;
        read.marks.push_back(mark);
    }
    const auto again = (*file)->next();
    require(again.has_value() && !*again, "the end stays the end");
    read.end = (*file)->damage();
    read.unknown = (*file)->frames_of_unknown_link_type();
    return read;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView bytes(data, size);
    const net::FileKind kind = net::file_kind(bytes);
    if (kind != net::FileKind::pcap && kind != net::FileKind::pcapng) return 0;
    require(read_all(bytes, 16) == read_all(bytes, 1 << 16), "the buffer's size makes no difference");
    return 0;
}
