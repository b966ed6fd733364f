#include "client/frames/outputs/files/file_output.h"

#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "client/frames/outputs/files/whole_file.h"

namespace muxtap::frames {
namespace fs = std::filesystem;
namespace {

/// The names of an option, null where it is empty.
Result<std::unique_ptr<ImageNames>> open_pattern(const char* option, const std::string& text, app::Log& log) {
    if (text.empty()) return nullptr;
    auto pattern = parse_image_pattern(option, text);
    if (!pattern) return tl::unexpected<Error>(pattern.error());
    return std::make_unique<ImageNames>(option, std::move(*pattern), log);
}

/// Says early that a folder cannot be written.
void check_folder(const ImageNames& names, app::Log& log) {
    const std::string folder = names.pattern().fixed_folder();
    std::error_code error;
    fs::create_directories(folder, error);
    if (!error && ::access(folder.c_str(), W_OK | X_OK) != 0) error.assign(errno, std::generic_category());
    if (!error) return;
    log.warning("folder_not_writable",
                "--" + names.option() + ": cannot write to \"" + folder + "\": " + error.message() +
                    "; trying again with each picture",
                {{"path", std::string_view{folder}}, {"errno", std::int64_t{error.value()}}});
}

std::string normal_form(const ImageNames& names) {
    return fs::path(names.pattern().format({"stream", "probe", 1}, UnixTime{})).lexically_normal().string();
}

std::string temporary_path(const std::string& path, const std::string& name) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos ? name : path.substr(0, slash + 1) + name;
}

}  // namespace

Result<std::unique_ptr<FileOutput>> FileOutput::open(const OutputChoice& choice, app::Log& log) {
    std::unique_ptr<FileOutput> output(new FileOutput(log));
    if (auto opened = output->open_names(choice, log); !opened) return tl::unexpected<Error>(opened.error());
    for (const auto& names : {output->latest_.get(), output->filmstrip_.get(), output->images_.get()}) {
        if (names != nullptr) check_folder(*names, log);
    }
    if (auto opened = output->open_retention(choice, log); !opened) return tl::unexpected<Error>(opened.error());
    return output;
}

Result<void> FileOutput::open_names(const OutputChoice& choice, app::Log& log) {
    struct Row {
        const char* option;
        const std::string& text;
        std::unique_ptr<ImageNames>& names;
    };
    for (const Row& row : {Row{"latest", choice.latest, latest_}, Row{"filmstrip", choice.filmstrip, filmstrip_},
                           Row{"images", choice.images, images_}}) {
        auto names = open_pattern(row.option, row.text, log);
        if (!names) return tl::unexpected<Error>(names.error());
        row.names = std::move(*names);
    }
    if (latest_ && filmstrip_ && normal_form(*latest_) == normal_form(*filmstrip_)) {
        return fail("--filmstrip \"" + choice.filmstrip + "\" is the file of --latest; a name of its own is expected");
    }
    if (images_ && !images_->pattern().has_time()) {
        return fail("--images \"" + choice.images +
                    "\": a time is expected in the name, such as images/{stream}/%Y-%m-%d/%H%M%S.jpg");
    }
    return {};
}

Result<void> FileOutput::open_retention(const OutputChoice& choice, app::Log& log) {
    if (!images_) return {};
    const std::string folder = images_->pattern().fixed_folder();
    struct statvfs disk {};
    if (choice.images_min_free != 0 && ::statvfs(folder.c_str(), &disk) == 0 &&
        std::uint64_t{disk.f_blocks} * disk.f_frsize <= choice.images_min_free) {
        return fail("--images-min-free: the disk of \"" + folder + "\" is not that large; every picture would go");
    }
    const ImageLimits limits{choice.images_max_bytes, choice.images_max_age, choice.images_min_free};
    retention_ = std::make_unique<ImageRetention>(limits, images_->pattern(), log);
    return {};
}

void FileOutput::write(std::span<const ItemPtr> items) {
    PendingByOwner latest;
    PendingByOwner filmstrips;
    for (const ItemPtr& item : items) {
        const PictureItem* picture = item->picture();
        if (picture == nullptr) continue;
        const FrameRecord& record = picture->record;
        if (latest_ && picture->image) latest[&latest_->owner_of(record)] = {&record, picture->image};
        if (filmstrip_ && picture->filmstrip) filmstrips[&filmstrip_->owner_of(record)] = {&record, picture->filmstrip};
        if (images_ && picture->image) store(record, picture->image);
    }
    if (latest_) replace_newest(*latest_, latest);
    if (filmstrip_) replace_newest(*filmstrip_, filmstrips);
    publish_health();
}

void FileOutput::replace_newest(ImageNames& names, const PendingByOwner& pending) {
    for (const auto& [owner, picture] : pending) {
        const auto& form = &names == filmstrip_.get() ? picture.record->filmstrip : picture.record->image;
        const std::string path = names.path(*picture.record, *owner, form ? form->media_type : "image/jpeg");
        const std::string own_name = path.substr(path.rfind('/') + 1);
        auto file =
            WholeFile::write(temporary_path(path, "." + own_name + std::string{temporary_ending}), *picture.image);
        const auto replaced = file ? file->replace(path) : Result<void, int>(tl::unexpected<int>(file.error()));
        if (replaced) {
            note_written(names, *owner, picture.image->size());
        } else {
            note_failed(names, *owner, path, replaced.error());
        }
    }
}

void FileOutput::store(const FrameRecord& record, const Bytes& image) {
    const ImageNames::Owner& owner = images_->owner_of(record);
    retention_->know_suffix(owner.suffix);
    const std::string wanted = images_->path(record, owner, record.image ? record.image->media_type : "image/jpeg");
    const auto path = place(wanted, owner, *image);
    if (!path) return note_failed(*images_, owner, wanted, path.error());
    note_written(*images_, owner, image->size());
    retention_->add({*path, image->size(), unix_now()});
}

Result<std::string, int> FileOutput::place(const std::string& wanted, const ImageNames::Owner& owner, ByteView bytes) {
    auto file = WholeFile::write(temporary_path(wanted, owner.temporary), bytes);
    if (!file) return tl::unexpected<int>(file.error());
    auto& [last, number] = numbers_[&owner];
    if (last != wanted) {
        last = wanted;
        number = 1;
    }
    for (;;) {
        std::string path = number == 1 ? wanted : client::with_suffix(wanted, "-" + std::to_string(number));
        const auto placed = file->become(path);
        if (!placed && placed.error() != EEXIST) return tl::unexpected<int>(placed.error());
        ++number;
        if (placed) return path;
    }
}

void FileOutput::note_written(const ImageNames& names, const ImageNames::Owner& owner, std::size_t bytes) {
    written_.fetch_add(1, std::memory_order_relaxed);
    bytes_.fetch_add(bytes, std::memory_order_relaxed);
    if (alarm_.active()) alarm_.written(names.option(), owner.key, steady_now());
}

void FileOutput::note_failed(const ImageNames& names, const ImageNames::Owner& owner, const std::string& path,
                             int error) {
    dropped_.fetch_add(1, std::memory_order_relaxed);
    alarm_.failed({names.option(), owner.key, path, error}, steady_now());
}

void FileOutput::publish_health() {
    const std::lock_guard lock(health_mutex_);
    if (problem_ != alarm_.problem()) problem_ = alarm_.problem();
}

void FileOutput::tick() {
    const SteadyTime now = steady_now();
    alarm_.tick(now);
    if (retention_) retention_->tick(unix_now(), now);
    publish_health();
}

void FileOutput::finish(std::chrono::milliseconds /*patience*/) {
    tick();
}

FileFigures FileOutput::figures() const {
    const std::lock_guard lock(health_mutex_);
    return {written_.load(std::memory_order_relaxed), dropped_.load(std::memory_order_relaxed),
            bytes_.load(std::memory_order_relaxed), problem_.empty(), problem_};
}

}  // namespace muxtap::frames
