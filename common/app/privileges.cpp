#include "common/app/privileges.h"

#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <unistd.h>

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

}  // namespace muxtap::app
