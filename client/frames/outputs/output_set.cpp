#include "client/frames/outputs/output_set.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "client/delivery/finish_sinks.h"
#include "client/delivery/sink_queue.h"
#include "client/frames/outputs/file_sink.h"
#include "client/frames/outputs/kafka_output.h"
#include "client/frames/outputs/ndjson_output.h"
#include "client/frames/outputs/publish_output.h"
#include "common/base/repeat_limiter.h"

namespace muxtap::frames {
namespace {

using Queue = delivery::SinkQueue<ItemPtr>;

/// Items that wait for one output.
constexpr std::size_t queue_bytes = std::size_t{64} << 20;
/// Lines that wait while their file cannot be written.
constexpr std::size_t most_lines_waiting = 1000;
/// How often it is said that an output drops items.
constexpr std::chrono::seconds between_complaints{10};

std::size_t weight_of(const ItemPtr& item) {
    return item->weight();
}

/// What an output takes beside sound and events.
struct Appetite {
    bool pictures = true;
    bool access_units = false;
    bool records = true;  ///< sound and events

    [[nodiscard]] bool takes(const Item& item) const noexcept {
        if (item.picture() != nullptr) return pictures;
        return item.access_unit() != nullptr ? access_units : records;
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

}  // namespace

struct OutputSet::Implementation {
    explicit Implementation(app::Log& given) : log(given) {}

    void add(std::unique_ptr<Output> output, Appetite appetite) {
        const std::string name = output->figures().name;
        queues.push_back(std::make_unique<Queue>(std::move(output), queue_bytes, weight_of));
        appetites.push_back(appetite);
        names.push_back(name);
        limiters.emplace_back(between_complaints);
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
        auto output = PublishOutput::open(settings);
        if (!output) return tl::unexpected<Error>(output.error());
        const std::string address = (*output)->address();
        log.info("publishing", "publishing on " + address, {{"endpoint", std::string_view{address}}});
        add(std::move(*output), {.access_units = choice.publish_access_units});
        return {};
    }

    void note_drop(std::size_t output) {
        std::optional<std::uint64_t> count;
        {
            const std::scoped_lock lock(mutex);
            count = limiters[output].note(steady_now());
        }
        if (!count) return;
        log.warning("output_dropping", names[output] + " does not keep up: " + std::to_string(*count) + " dropped",
                    {{"output", std::string_view{names[output]}}, {"count", *count}});
    }

    app::Log& log;
    std::vector<std::unique_ptr<Queue>> queues;
    std::vector<Appetite> appetites;  ///< of each queue, as what follows
    std::vector<std::string> names;
    std::mutex mutex;  ///< for the limiters
    std::vector<RepeatLimiter> limiters;
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
    Implementation& self = *implementation_;
    for (std::size_t i = 0; i < self.queues.size(); ++i) {
        if (self.appetites[i].takes(*item) && !self.queues[i]->offer(item)) self.note_drop(i);
    }
}

bool OutputSet::wants_access_units() const noexcept {
    const auto& appetites = implementation_->appetites;
    return std::any_of(appetites.begin(), appetites.end(),
                       [](const Appetite& appetite) { return appetite.access_units; });
}

bool OutputSet::closed() const noexcept {
    const Implementation& self = *implementation_;
    bool had_reader = false;
    for (std::size_t i = 0; i < self.queues.size(); ++i) {
        // Pictures in files go on, but are no reason to stay when the records had one reader.
        if (!self.appetites[i].records) continue;
        if (!self.queues[i]->closed()) return false;
        had_reader = true;
    }
    return had_reader;
}

std::uint64_t OutputSet::dropped() const {
    std::uint64_t dropped = 0;
    for (const auto& queue : implementation_->queues) dropped += queue->figures().dropped;
    return dropped;
}

Result<void> OutputSet::finish(std::chrono::milliseconds patience) {
    return delivery::finish_sinks(implementation_->queues, patience, implementation_->log);
}

}  // namespace muxtap::frames
