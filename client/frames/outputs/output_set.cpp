#include "client/frames/outputs/output_set.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "client/delivery/finish_sinks.h"
#include "client/delivery/sink_queue.h"
#include "client/delivery/sink_series.h"
#include "client/frames/outputs/file_sink.h"
#include "client/frames/outputs/kafka_output.h"
#include "client/frames/outputs/ndjson_output.h"
#include "client/frames/outputs/publish_output.h"
#include "common/base/repeat_limiter.h"

namespace muxtap::frames {
namespace {

/// Items that wait for one output.
constexpr std::size_t queue_bytes = std::size_t{64} << 20;
/// Lines that wait while their file cannot be written.
constexpr std::size_t most_lines_waiting = 1000;
/// How often it is said that an output drops items.
constexpr std::chrono::seconds between_complaints{10};

/// What an output takes beside pictures.
struct Appetite {
    bool access_units = false;
    bool records = true;  ///< sound and events

    [[nodiscard]] bool takes(const Item& item) const noexcept {
        if (item.access_unit() != nullptr) return access_units;
        return item.picture() != nullptr || records;
    }
};

/// About what the largest usual message takes: access units of high rates, or pictures of that height.
std::uint64_t usual_message_bytes(const FramesConfig& config) {
    constexpr std::uint64_t of_access_units = std::uint64_t{256} << 10;
    constexpr std::uint64_t full_height = 1080;
    const std::uint64_t height = config.decoding.height == 0 ? full_height : config.decoding.height;
    const std::uint64_t samples = height * height * 16 / 9;
    const std::uint64_t of_pictures = config.format == ImageFormat::png ? 2 * samples : samples / 3;
    return config.outputs.publish_access_units ? std::max(of_access_units, of_pictures) : of_pictures;
}

/// An output with its queue and thread.
class Outlet final : public delivery::SinkQueue<ItemPtr> {
public:
    Outlet(std::unique_ptr<Output> output, Appetite appetite, app::Log& log)
        : SinkQueue(std::move(output), queue_bytes, weight_of), appetite_(appetite), log_(log) {}

    [[nodiscard]] const Appetite& appetite() const noexcept { return appetite_; }

    /// Offers it, if this output takes its kind. Any thread.
    void give(const ItemPtr& item) {
        if (!appetite_.takes(*item) || offer(item)) return;
        std::optional<std::uint64_t> count;
        {
            const std::scoped_lock lock(mutex_);
            count = drops_.note(steady_now());
        }
        if (!count) return;
        const std::string name = figures().name;
        log_.warning("output_dropping", name + " does not keep up: " + std::to_string(*count) + " dropped",
                     {{"output", std::string_view{name}}, {"count", *count}});
    }

private:
    [[nodiscard]] static std::size_t weight_of(const ItemPtr& item) { return item->weight(); }

    const Appetite appetite_;
    app::Log& log_;
    std::mutex mutex_;
    RepeatLimiter drops_{between_complaints};
};

}  // namespace

struct OutputSet::Implementation {
    explicit Implementation(app::Log& given) : log(given) {}

    void add(std::unique_ptr<Output> output, Appetite appetite) {
        outlets.push_back(std::make_unique<Outlet>(std::move(output), appetite, log));
    }

    Result<void> open_files(const OutputChoice& choice) {
        if (choice.latest.empty() && choice.filmstrip.empty() && choice.images.empty()) return {};
        auto files = FileOutput::open(choice, log);
        if (!files) return tl::unexpected<Error>(files.error());
        add(std::make_unique<FileSink>(std::move(*files)), {.records = false});
        return {};
    }

    Result<void> open_ndjson(const OutputChoice& choice) {
        if (choice.ndjson.empty()) return {};
        NdjsonOutput::Settings settings;
        settings.path = choice.ndjson;
        settings.most_waiting = most_lines_waiting;
        auto output = NdjsonOutput::open(std::move(settings), log);
        if (!output) return tl::unexpected<Error>(output.error());
        add(std::move(*output), {});
        return {};
    }

    Result<void> open_kafka(const OutputChoice& choice) {
        if (!choice.kafka) return {};
        auto output = KafkaOutput::open(*choice.kafka, log);
        if (!output) return tl::unexpected<Error>(output.error());
        add(std::move(*output), {});
        return {};
    }

    Result<void> open_publisher(const FramesConfig& config) {
        const OutputChoice& choice = config.outputs;
        if (choice.publish.empty()) return {};
        feed::MessagePublisher::Settings settings;
        settings.address = choice.publish;
        settings.buffer_bytes = choice.publish_buffer_bytes;
        settings.usual_bytes = usual_message_bytes(config);
        auto output = PublishOutput::open(settings, log);
        if (!output) return tl::unexpected<Error>(output.error());
        const std::string address = (*output)->address();
        log.info("publishing", "publishing on " + address, {{"endpoint", std::string_view{address}}});
        add(std::move(*output), {.access_units = choice.publish_access_units});
        return {};
    }

    app::Log& log;
    std::vector<std::unique_ptr<Outlet>> outlets;
};

OutputSet::OutputSet(std::unique_ptr<Implementation> implementation) : implementation_(std::move(implementation)) {}
OutputSet::~OutputSet() = default;

Result<std::unique_ptr<OutputSet>> OutputSet::open(const FramesConfig& config, app::Log& log) {
    auto implementation = std::make_unique<Implementation>(log);
    const auto opened = implementation->open_files(config.outputs)
                            .and_then([&] { return implementation->open_ndjson(config.outputs); })
                            .and_then([&] { return implementation->open_kafka(config.outputs); })
                            .and_then([&] { return implementation->open_publisher(config); });
    if (!opened) return tl::unexpected<Error>(opened.error());
    return std::unique_ptr<OutputSet>(new OutputSet(std::move(implementation)));
}

void OutputSet::offer(const ItemPtr& item) {
    for (const auto& outlet : implementation_->outlets) outlet->give(item);
}

bool OutputSet::wants_access_units() const noexcept {
    const auto& outlets = implementation_->outlets;
    return std::any_of(outlets.begin(), outlets.end(),
                       [](const auto& outlet) { return outlet->appetite().access_units; });
}

bool OutputSet::closed() const noexcept {
    bool had_reader = false;
    for (const auto& outlet : implementation_->outlets) {
        // Pictures in files go on, but are no reason to stay when the records had one reader.
        if (!outlet->appetite().records) continue;
        if (!outlet->closed()) return false;
        had_reader = true;
    }
    return had_reader;
}

std::uint64_t OutputSet::dropped() const {
    std::uint64_t dropped = 0;
    for (const auto& outlet : implementation_->outlets) dropped += outlet->figures().dropped;
    return dropped;
}

void OutputSet::put_counters(counters::SeriesOutput& out) const {
    for (const auto& outlet : implementation_->outlets) delivery::put_sink(outlet->figures(), out);
}

Result<void> OutputSet::finish(std::chrono::milliseconds patience) {
    return delivery::finish_sinks(implementation_->outlets, patience, implementation_->log);
}

}  // namespace muxtap::frames
