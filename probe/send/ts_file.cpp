#include "probe/send/ts_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "common/base/file_descriptor.h"

namespace muxtap::send {
namespace {

constexpr std::size_t packets_to_trust = 5;  ///< so many sync bytes in a row are no accident
constexpr std::size_t chunk_size = std::size_t{1} << 20;

/// Whether every packet of the layout that begins in `head`, up to the number to trust, starts with the sync byte.
bool fits(ByteView head, TsLayout layout) {
    std::size_t seen = 0;
    for (std::size_t at = layout.offset; at + ts::packet_size <= head.size() && seen < packets_to_trust; ++seen) {
        if (head[at] != ts::sync_byte) return false;
        at += layout.stride;
    }
    // In less than two packets' bytes only a packet that begins at once is believed.
    return seen >= 2 || (seen == 1 && layout == TsLayout{});
}

Result<std::vector<std::uint8_t>> read_all(int descriptor, const std::string& path) {
    struct stat status {};
    std::vector<std::uint8_t> bytes;
    if (::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode)) {
        bytes.reserve(static_cast<std::size_t>(status.st_size) + chunk_size);
    }
    for (;;) {
        const std::size_t size = bytes.size();
        bytes.resize(size + chunk_size);
        const ssize_t got = ::read(descriptor, bytes.data() + size, chunk_size);
        bytes.resize(size + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail_os("cannot read \"" + path + "\"", errno);
        if (got == 0) return bytes;
    }
}

}  // namespace

Result<TsLayout> detect_layout(ByteView head) {
    constexpr std::array<TsLayout, 3> usual = {{{188, 0}, {192, 4}, {204, 0}}};
    for (const TsLayout layout : usual) {
        if (fits(head, layout)) return layout;
    }
    // A file cut out of a longer one may begin inside a packet.
    for (const std::size_t stride : {std::size_t{188}, std::size_t{192}, std::size_t{204}}) {
        for (std::size_t offset = 1; offset < stride; ++offset) {
            const std::size_t needed = offset + (packets_to_trust - 1) * stride + ts::packet_size;
            if (head.size() >= needed && fits(head, {stride, offset})) return TsLayout{stride, offset};
        }
    }
    return fail("no sync byte 0x47 every 188, 192 or 204 bytes");
}

Result<TsFile> TsFile::read(const std::string& path) {
    const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.valid()) return fail_os("cannot open \"" + path + "\"", errno);
    auto bytes = read_all(file.get(), path);
    if (!bytes) return tl::unexpected<Error>(bytes.error());
    return from_bytes(std::move(*bytes), path);
}

Result<TsFile> TsFile::from_bytes(std::vector<std::uint8_t> bytes, const std::string& name) {
    const std::string quoted = "\"" + name + "\"";
    if (bytes.empty()) return fail(quoted + " is empty: there is nothing to send");
    const auto layout = detect_layout(bytes);
    if (!layout) return fail(quoted + " is not a transport stream: " + layout.error().message);
    TsFile file;
    file.layout_ = *layout;
    file.bytes_ = std::move(bytes);
    file.strip(file.bytes_.size());
    file.note_missing_sync();
    return file;
}

/// Moves the packets together and lets go of what is around and between them.
void TsFile::strip(std::size_t input_size) {
    const auto [stride, offset] = layout_;
    const std::size_t lead = stride == 192 ? 4 : 0;
    if (offset > lead) {
        remarks_.push_back("left out " + std::to_string(offset - lead) + " bytes before the first whole packet");
    }
    const std::size_t usable = input_size - offset;
    // The last packet needs its own bytes only, not those between packets.
    const std::size_t count = usable < ts::packet_size ? 0 : (usable - ts::packet_size) / stride + 1;
    const std::size_t end = offset + (count - 1) * stride + ts::packet_size;
    const std::size_t rest = input_size - end;
    if (rest != 0 && rest != stride - lead - ts::packet_size) {
        remarks_.push_back("the last packet is cut off: left out " + std::to_string(rest) + " bytes from offset " +
                           std::to_string(end));
    }
    if (offset != 0 || stride != ts::packet_size) {
        for (std::size_t i = 0; i < count; ++i) {
            std::memmove(bytes_.data() + i * ts::packet_size, bytes_.data() + offset + i * stride, ts::packet_size);
        }
    }
    bytes_.resize(count * ts::packet_size);
}

void TsFile::note_missing_sync() {
    std::size_t missing = 0;
    std::size_t first = 0;
    for (std::size_t i = 0; i < packet_count(); ++i) {
        if (packet(i)[0] == ts::sync_byte) continue;
        if (missing++ == 0) first = i;
    }
    if (missing == 0) return;
    remarks_.push_back(std::to_string(missing) + " packets have no sync byte, the first is packet " +
                       std::to_string(first) + "; they are sent as they are");
}

}  // namespace muxtap::send
