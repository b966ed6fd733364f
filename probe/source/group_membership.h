#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/base/file_descriptor.h"
#include "common/base/result.h"
#include "common/net/ip_address.h"

namespace muxtap::probe {

/// Joins a group on an existing socket, source-specific when there is a sender (RFC 3678). `device` empty: the
/// kernel's choice.
[[nodiscard]] Result<void> join_group(int socket, const net::IpAddress& group,
                                      const std::optional<net::IpAddress>& sender, const std::string& device);

/// Memberships in multicast groups, so that the switch sends them here; left when this is destroyed. Its sockets are
/// never read: they are bound to nothing and refuse every packet.
class GroupMemberships {
public:
    [[nodiscard]] Result<void> join(const net::IpAddress& group, const std::optional<net::IpAddress>& sender,
                                    const std::string& device);

private:
    /// A socket takes a limited number of groups (net.ipv4.igmp_max_memberships, 20 by default).
    static constexpr std::size_t groups_per_socket = 20;
    std::vector<FileDescriptor> sockets_;
    std::size_t groups_on_last_v4_ = groups_per_socket;
    std::size_t groups_on_last_v6_ = groups_per_socket;
    int last_v4_ = -1;
    int last_v6_ = -1;
};

}  // namespace muxtap::probe
