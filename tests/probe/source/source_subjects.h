#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "probe/source/source.h"
#include "tests/support/ts_packets.h"

/// The sources that the contract is about, each with what brings it datagrams.
namespace muxtap::probe {

/// A source with its surroundings: files, pipes, sockets, a network namespace. They go with it.
class Subject {
public:
    virtual ~Subject() = default;
    /// Opens the source and lets these payloads come to it, in this order. A stream file is the payloads one behind the
    /// other; called once.
    virtual std::unique_ptr<Source> start(const std::vector<test::ByteVector>& payloads) = 0;
    /// Lets more come. Live sources only.
    virtual void send(const std::vector<test::ByteVector>& /*payloads*/) {}
};

struct SubjectKind {
    std::string name;
    bool ends;                    ///< files: end of stream after the last byte
    bool has_datagrams;           ///< else one stream of bytes
    std::size_t largest_payload;  ///< that can come to it
    bool needs_root;
    std::function<std::unique_ptr<Subject>()> make;
};

[[nodiscard]] std::vector<SubjectKind> all_subjects();

}  // namespace muxtap::probe
