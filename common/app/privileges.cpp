#include "common/app/privileges.h"

#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace muxtap::app {

Result<void> drop_privileges(const std::string& user) {
    if (::geteuid() != 0 || user == "root") return {};
    errno = 0;
    const passwd* const entry = ::getpwnam(user.c_str());
    if (entry == nullptr) {
        return fail("cannot become user \"" + user + "\": no such user (--user names another, --user root stays root)");
    }
    if (entry->pw_uid == 0) return {};
    if (::setgroups(1, &entry->pw_gid) != 0 || ::setresgid(entry->pw_gid, entry->pw_gid, entry->pw_gid) != 0 ||
        ::setresuid(entry->pw_uid, entry->pw_uid, entry->pw_uid) != 0) {
        return fail_os("cannot become user \"" + user + "\" (--user root stays root)", errno);
    }
    if (::setuid(0) == 0) return fail("became user \"" + user + "\" but could become root again");
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    return {};
}

void use_permitted_net_raw() {
    // The C library has no functions for these two.
    __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> sets{};
    if (::syscall(SYS_capget, &header, sets.data()) != 0) return;
    constexpr __u32 net_raw = 1U << CAP_NET_RAW;
    if ((sets[0].permitted & net_raw) == 0 || (sets[0].effective & net_raw) != 0) return;
    sets[0].effective |= net_raw;
    // Refused, it shows where it is needed: no permission to open the interface.
    ::syscall(SYS_capset, &header, sets.data());
}

}  // namespace muxtap::app
