#include "analyzer/cli/plot/gnuplot.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "analyzer/cli/text/units.h"

namespace muxtap::analyze {

Result<void> run_gnuplot(const std::string& folder, const std::string& script) {
    std::string program = "gnuplot";
    std::string argument = script;
    char* const arguments[] = {program.data(), argument.data(), nullptr};
    posix_spawn_file_actions_t actions;
    int error = ::posix_spawn_file_actions_init(&actions);
    if (error != 0) return fail_os("cannot run gnuplot", error);
    pid_t child = 0;
    error = ::posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
    // Our standard output is the report's.
    if (error == 0) error = ::posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
    if (error == 0) error = ::posix_spawnp(&child, program.c_str(), &actions, nullptr, arguments, environ);
    ::posix_spawn_file_actions_destroy(&actions);
    if (error == ENOENT) {
        return fail("cannot draw plots: there is no gnuplot (apt install gnuplot-nox); data and scripts are in \"" +
                    folder + "\"");
    }
    if (error != 0) return fail_os("cannot run gnuplot", error);
    int status = 0;
    while (::waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) return fail_os("cannot wait for gnuplot", errno);
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
    return fail("gnuplot failed on \"" + folder + "/" + script + "\"");
}

std::string gnuplot_quoted(const std::string& text) {
    std::string out = "\"";
    for (const char character : printable(text)) {
        if (character == '"' || character == '\\' || character == '`') {
            out += '\'';
        } else {
            out += character;
        }
    }
    return out + "\"";
}

}  // namespace muxtap::analyze
