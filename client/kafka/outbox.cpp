#include "client/kafka/outbox.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <deque>
#include <mutex>
#include <utility>

#include "client/kafka/delivery.h"
#include "client/kafka/storage.h"
#include "common/base/file_descriptor.h"
#include "common/base/repeat_limiter.h"

namespace muxtap::kafka {

namespace {

using std::chrono::milliseconds;

// Back-offs and rows that are done have no event to wait for.
constexpr milliseconds longest_sleep{100};
constexpr milliseconds longest_purge{2000};
constexpr std::chrono::minutes repeat_interval{1};

Result<void> check_sizes(const Outbox::Settings& settings) {
    if (settings.spool_path.empty()) return fail("the spool has no file name: name one with --spool");
    if (settings.spool_bytes < Spool::smallest_bytes)
        return fail("a spool of " + std::to_string(settings.spool_bytes) + " bytes is too small: at least " +
                    std::to_string(Spool::smallest_bytes));
    return {};
}

}  // namespace

struct Outbox::Implementation {
    Implementation(const Settings& wanted, app::Log& where)
        : settings(wanted), log(where), say_dropped(repeat_interval) {}

    bool step();
    void sleep(milliseconds most);
    void take_offers();
    void say_drops();
    void publish();
    void wake() const noexcept;
    [[nodiscard]] std::uint64_t waiting() const;

    const Settings settings;
    app::Log& log;
    FileDescriptor event;
    std::unique_ptr<Storage> storage;
    std::unique_ptr<Delivery> delivery;
    RepeatLimiter say_dropped;
    std::uint64_t drops_said = 0;
    bool finished = false;

    mutable std::mutex mutex;  ///< guards what follows
    bool closed = false;
    std::deque<Message> offered;
    std::size_t offered_bytes = 0;
    OutboxStatus shown;
};

Outbox::Outbox(std::unique_ptr<Implementation> implementation) : implementation_(std::move(implementation)) {}
Outbox::~Outbox() = default;

Result<void> Outbox::check(const Settings& settings) {
    if (auto sizes = check_sizes(settings); !sizes) return sizes;
    // Without brokers a producer connects to nothing, and still says which settings contradict each other.
    Settings alone = settings;
    alone.brokers.clear();
    std::erase_if(alone.config, [](const auto& pair) {
        return pair.first == "bootstrap.servers" || pair.first == "metadata.broker.list";
    });
    const auto producer = Producer::create(alone, false);
    if (!producer) return tl::unexpected(producer.error());
    return {};
}

Result<std::unique_ptr<Outbox>> Outbox::open(const Settings& settings, app::Log& log) {
    if (auto good = check(settings); !good) return tl::unexpected(good.error());
    auto own = std::make_unique<Implementation>(settings, log);
    own->event = FileDescriptor(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
    if (!own->event.valid()) return fail_os("cannot make an event descriptor", errno);
    auto storage = Storage::open(own->settings, log);
    if (!storage) return tl::unexpected(storage.error());
    own->storage = std::move(*storage);
    own->delivery = std::make_unique<Delivery>(own->settings, log, own->storage->first_new());
    if (auto begun = own->delivery->begin(own->event.get()); !begun) return tl::unexpected(begun.error());
    for (const auto& [topic, rows] : own->storage->spool()->found()) own->delivery->found(topic, rows.last_id);
    own->publish();
    return std::unique_ptr<Outbox>(new Outbox(std::move(own)));
}

bool Outbox::offer(Message message) {
    Implementation& own = *implementation_;
    bool first = false;
    {
        const std::lock_guard lock(own.mutex);
        const std::size_t size = message.size() + sizeof(Entry);
        if (own.closed || own.offered_bytes + own.shown.memory_bytes + size > own.settings.memory_bytes) {
            ++own.shown.dropped_full;
            return false;
        }
        ++own.shown.accepted;
        first = own.offered.empty();
        own.offered_bytes += size;
        own.offered.push_back(std::move(message));
    }
    if (first) own.wake();
    return true;
}

void Outbox::do_work(milliseconds wait) {
    Implementation& own = *implementation_;
    if (own.finished || own.step()) return;
    own.sleep(wait);
    own.step();
}

void Outbox::finish(milliseconds timeout) {
    Implementation& own = *implementation_;
    if (own.finished) return;
    const SteadyTime deadline = steady_now() + timeout;
    own.step();
    while (own.waiting() > 0) {
        const auto left = std::chrono::duration_cast<milliseconds>(deadline - steady_now());
        if (left <= milliseconds{0}) break;
        do_work(left);
    }
    {
        const std::lock_guard lock(own.mutex);
        own.closed = true;
    }
    own.take_offers();
    own.delivery->stop(longest_purge);
    const std::uint64_t lost = own.storage->finish(*own.delivery);
    own.finished = true;
    {
        const std::lock_guard lock(own.mutex);
        // Lost after all: as if they had not been taken.
        own.shown.dropped_full += lost;
        own.shown.accepted -= std::min(own.shown.accepted, lost);
    }
    own.publish();
    if (const std::uint64_t left = own.waiting(); left > 0)
        own.log.warning(
            "messages_stay",
            std::to_string(left) + " messages stay in spool \"" + own.settings.spool_path + "\" for the next start",
            {{"waiting", left}});
}

OutboxStatus Outbox::status() const {
    const std::lock_guard lock(implementation_->mutex);
    OutboxStatus status = implementation_->shown;
    status.memory_bytes += implementation_->offered_bytes;
    status.waiting = implementation_->shown.waiting + implementation_->offered.size();
    return status;
}

bool Outbox::Implementation::step() {
    bool moved = delivery->collect(waiting());
    take_offers();
    moved = storage->work(*delivery) || moved;
    if (Spool* const spool = storage->spool()) {
        if (const auto given = delivery->produce(*spool); !given) storage->failed(given.error(), *delivery);
    }
    say_drops();
    publish();
    return moved;
}

void Outbox::Implementation::sleep(milliseconds most) {
    pollfd waited{.fd = event.get(), .events = POLLIN, .revents = 0};
    ::poll(&waited, 1, static_cast<int>(std::clamp(most, milliseconds{0}, longest_sleep).count()));
    std::uint64_t ignored = 0;
    // Nothing to be read is no error: the time was over.
    [[maybe_unused]] const ssize_t got = ::read(event.get(), &ignored, sizeof ignored);
}

void Outbox::Implementation::take_offers() {
    std::deque<Message> taken;
    {
        const std::lock_guard lock(mutex);
        taken.swap(offered);
        // Still in memory until `publish` says otherwise.
        shown.memory_bytes += offered_bytes;
        shown.waiting += taken.size();
        offered_bytes = 0;
    }
    storage->add(std::move(taken));
}

void Outbox::Implementation::wake() const noexcept {
    const std::uint64_t one = 1;
    // A counter at its end wakes as well.
    [[maybe_unused]] const ssize_t put = ::write(event.get(), &one, sizeof one);
}

void Outbox::Implementation::say_drops() {
    std::uint64_t fresh = 0;
    {
        const std::lock_guard lock(mutex);
        fresh = shown.dropped_full - std::exchange(drops_said, shown.dropped_full);
    }
    const auto count = fresh > 0 ? say_dropped.note(steady_now(), fresh) : say_dropped.due(steady_now());
    if (!count) return;
    const std::string why = storage->failing() ? storage->problem() : "messages come faster than the disk takes them";
    log.error("messages_dropped", std::to_string(*count) + " messages lost, there was no room: " + why,
              {{"dropped", *count}});
}

std::uint64_t Outbox::Implementation::waiting() const {
    const std::lock_guard lock(mutex);
    return shown.waiting + offered.size();
}

void Outbox::Implementation::publish() {
    const DeliveryCounts& counts = delivery->counts();
    const std::uint64_t bytes = storage->bytes();
    const std::string problem = storage->failing() ? storage->problem() : delivery->problem();
    const std::lock_guard lock(mutex);
    shown.delivered = counts.delivered;
    shown.replayed = counts.replayed;
    shown.resent = counts.resent;
    shown.trimmed = counts.trimmed;
    shown.dropped_too_large = counts.too_large;
    shown.dropped_damaged = counts.damaged + storage->lost();
    shown.delivery_errors = counts.errors;
    shown.waiting = storage->found() + shown.accepted - offered.size() - counts.delivered - counts.too_large -
                    shown.dropped_damaged;
    shown.spool_bytes = bytes;
    shown.memory_bytes = storage->memory_bytes() + delivery->unspooled_bytes();
    shown.connected = delivery->connected();
    shown.spool_failing = storage->failing();
    shown.problem = problem;
}

}  // namespace muxtap::kafka
