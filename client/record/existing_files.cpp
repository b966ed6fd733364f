#include "client/record/existing_files.h"

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "client/files/path_pattern.h"

namespace muxtap::record {
namespace {

/// The N of stem-N.ext, 0 of stem.ext.
std::optional<unsigned> number_in(std::string_view name, std::string_view stem, std::string_view extension) {
    if (name.size() < stem.size() + extension.size() || !name.starts_with(stem) || !name.ends_with(extension)) {
        return std::nullopt;
    }
    const std::string_view middle = name.substr(stem.size(), name.size() - stem.size() - extension.size());
    if (middle.empty()) return 0;
    unsigned number = 0;
    const char* const end = middle.data() + middle.size();
    const auto parsed = std::from_chars(middle.data() + 1, end, number);
    if (middle.front() != '-' || parsed.ec != std::errc{} || parsed.ptr != end || number == 0) return std::nullopt;
    return number;
}

}  // namespace

std::string numbered(const std::string& path, unsigned number) {
    return number == 0 ? path : client::with_suffix(path, "-" + std::to_string(number));
}

std::optional<unsigned> highest_existing(const std::string& path) {
    const std::filesystem::path file(path);
    const std::filesystem::path folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
    const std::string stem = file.stem().string();
    const std::string extension = file.extension().string();
    std::optional<unsigned> highest;
    std::error_code error;
    for (auto entry = std::filesystem::directory_iterator(folder, error);
         !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
        const auto number = number_in(entry->path().filename().string(), stem, extension);
        if (number && (!highest || *number > *highest)) highest = number;
    }
    return highest;
}

std::string FileChooser::unused(const std::string& wanted, unsigned number) const {
    while (written_.contains(numbered(wanted, number))) ++number;
    return numbered(wanted, number);
}

Result<OpenPlan> FileChooser::choose(const std::string& wanted, const MayAppend& may_append) const {
    const auto found = next_number_.find(wanted);
    const bool first = found == next_number_.end();
    const unsigned number = first ? 0 : found->second;
    if (policy_ == ExistingPolicy::overwrite) return OpenPlan{unused(wanted, number), OpenMode::overwrite};

    std::error_code error;
    if (policy_ == ExistingPolicy::fail) {
        OpenPlan plan{unused(wanted, number), OpenMode::create};
        if (!std::filesystem::exists(plan.path, error)) return plan;
        // Devices such as /dev/null are always there.
        if (!std::filesystem::is_regular_file(plan.path, error)) return OpenPlan{plan.path, OpenMode::append};
        return fail("\"" + plan.path + "\" exists (--existing append, next or overwrite would go on)");
    }
    const std::optional<unsigned> highest = highest_existing(wanted);
    if (highest && *highest == 0 && !std::filesystem::is_regular_file(wanted, error) && !written_.contains(wanted)) {
        return OpenPlan{wanted, OpenMode::append};
    }
    if (policy_ == ExistingPolicy::append && first && highest) {
        OpenPlan plan{numbered(wanted, *highest), OpenMode::append};
        if (!written_.contains(plan.path) && may_append(plan.path)) return plan;
    }
    return OpenPlan{unused(wanted, std::max(number, highest ? *highest + 1 : 0)), OpenMode::create};
}

void FileChooser::opened(const std::string& wanted, const std::string& path) {
    const std::string name = std::filesystem::path(path).filename().string();
    const std::filesystem::path file(wanted);
    const auto number = number_in(name, file.stem().string(), file.extension().string());
    next_number_[wanted] = number.value_or(0) + 1;
    written_.insert(path);
}

}  // namespace muxtap::record
