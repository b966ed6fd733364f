#include "analyzer/psi/cat.h"

namespace muxtap::psi {

Cat parse_cat(const Section& section) {
    Cat cat;
    const DescriptorLoop loop(section.body());
    cat.sound = loop.is_sound();
    for (const Descriptor one : loop)
        if (const auto reference = ca_reference(one)) cat.emms.push_back(*reference);
    return cat;
}

}  // namespace muxtap::psi
