#include "common/app/options.h"
#include "common/documents/documents.h"

namespace muxtap::documents {

std::string settings_file(const app::ProgramSpec& program) {
    const std::string name{program.name};
    const std::string short_name = name.substr(name.find('-') + 1);
    return "# Settings of " + name + " as a service of systemd: /etc/muxtap/" + short_name + ".env. An instance " +
           name + "@NAME has /etc/muxtap/" + short_name +
           "-NAME.env.\n"
           "# Take the # away where a value shall differ from the default that is shown.\n" +
           app::format_env_example(program);
}

}  // namespace muxtap::documents
