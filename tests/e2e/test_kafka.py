"""muxtap-metrics and muxtap-frames and a real Kafka broker that is well: what arrives, how it is named, and each way to be
refused."""

import base64
import json

import pytest

from frames_process import FramesProcess
from kafka_broker import USER, WRONG_CREDENTIALS, Broker, need_broker, sasl_settings
from metrics_process import (MILLISECOND, STREAMS, LiveFeed, MetricsProcess, identities, identity, interval_records,
                             missing, ndjson, only_in_one, schema_errors, without_duplicates)
from processes import BIN, run_to_end, wait_until

INTERVAL_MS = 200


@pytest.fixture(scope="module")
def broker(tmp_path_factory):
    need_broker()
    made = Broker(tmp_path_factory.mktemp("kafka") / "data", sasl=True)
    yield made
    made.close()


@pytest.fixture(scope="module")
def feed(tmp_path_factory, film):
    made = LiveFeed(tmp_path_factory.mktemp("feed"), film)
    yield made
    made.close()


@pytest.fixture
def worker(broker, feed, tmp_path):
    """Starts workers on the feed, with the broker and topics named after the test unless told otherwise."""
    things = []

    def start(*arguments, kafka=None, **options):
        to = ["--kafka-broker", kafka or broker.address] if kafka != "" else []
        things.append(MetricsProcess(tmp_path, "--connect", feed.endpoint, "--interval", f"{INTERVAL_MS}ms", *to,
                                     *arguments, **options))
        return things[-1]
    yield start
    for thing in reversed(things):
        thing.close()


@pytest.fixture
def topics(broker, request):
    """Two topics of this test: of records and of events."""
    name = request.node.name.split("[")[0]
    return [broker.quick_topic(f"{name[:100]}.{kind}") for kind in ("metrics", "events")]


def into(topics):
    return ["--kafka-topic", topics[0], "--kafka-events-topic", topics[1]]


def of_each_stream(count):
    """Condition on messages: so many of each stream."""
    def holds(messages):
        keys = [message.record["stream"] for message in messages]
        return all(keys.count(stream) >= count for stream in STREAMS)
    return holds


def wait_until_refused(process, topic):
    process.wait_for(lambda: any(topic in event["message"] for event in process.events("kafka_topic_refused")),
                     f"a word about topic {topic}", 20)


# --- what arrives


def test_records_arrive_under_the_key_of_their_stream_without_a_gap_and_fit_their_schema(broker, worker, tmp_path):
    topic = broker.topic("several.partitions", partitions=3)
    events_topic = broker.quick_topic("several.partitions.events")
    process = worker(*into([topic, events_topic]), "--to", "kafka", "--to", "ndjson:records.ndjson")
    broker.wait_for_messages(topic, of_each_stream(8), "8 records of each stream")
    assert process.stop() == 0
    messages = broker.messages(topic)
    records = [message.record for message in messages]
    for message, record in zip(messages, records):
        assert message.key == record["stream"]
        assert record["record"] == "muxtap.metrics/1" and schema_errors(record) == []
        assert record["time_ns"] % (INTERVAL_MS * MILLISECOND) == 0
        assert record["seq"] == record["time_ns"] // (INTERVAL_MS * MILLISECOND)
        assert message.time_ms == record["time_ns"] // MILLISECOND
        assert message.headers["schema"] == "muxtap.metrics/1"
        named = (message.headers["probe"], message.headers["stream"], int(message.headers["epoch"]),
                 int(message.headers["seq"]))
        assert named == identity(record)
    assert set(missing(records)) == {("cap-a", stream, records[0]["epoch"]) for stream in STREAMS}
    assert set(map(tuple, missing(records).values())) == {()}
    assert without_duplicates(records) == records
    for stream in STREAMS:
        assert len({message.partition for message in messages if message.key == stream}) == 1
    # The other sink of the same worker was given the same.
    written = interval_records(ndjson(tmp_path / "records.ndjson"))
    assert only_in_one(records, written) == []
    assert len(without_duplicates(records + written)) == len(records)


def test_events_arrive_at_once_in_a_topic_of_their_own_and_fit_their_schema(broker, worker, topics):
    process = worker(*into(topics))
    messages = broker.wait_for_messages(topics[1], of_each_stream(2), "2 events of each stream")
    assert process.stop() == 0
    messages = broker.messages(topics[1])
    for message in messages:
        record = message.record
        assert record["record"] == "muxtap.event/1" and schema_errors(record) == []
        assert message.headers["schema"] == "muxtap.event/1"
        assert int(message.headers["seq"]) == record["seq"]
        if "stream" in record:
            assert message.key == record["stream"]
    kinds = {message.record["kind"] for message in messages}
    assert {"stream_found", "program_added"} <= kinds
    numbers = [message.record["seq"] for message in messages]
    assert len(set(numbers)) == len(numbers)
    assert all(message.record["record"] == "muxtap.metrics/1" for message in broker.messages(topics[0]))


def test_kafkas_own_console_consumer_reads_the_same_as_kcat(broker, worker, topics):
    process = worker(*into(topics))
    broker.wait_for_messages(topics[0], of_each_stream(3), "3 records of each stream")
    assert process.stop() == 0
    told = broker.messages(topics[0])
    printed = broker.console_consumer(topics[0], len(told))
    assert len(printed) == len(told)
    for (time, headers, key, value), message in zip(printed, told):
        assert time == f"CreateTime:{message.time_ms}"
        assert (key, value) == (message.key, message.payload)
        # A stream's name holds a colon: headers are compared as they were printed.
        assert headers.split(",") == [f"{name}:{text}" for name, text in message.headers.items()]


def test_a_key_for_all_messages_can_be_given(broker, worker, topics):
    process = worker(*into(topics), environment={"KAFKA_KEY": "rack 7"})
    messages = broker.wait_for_messages(topics[0], of_each_stream(2), "2 records of each stream")
    assert process.stop() == 0
    assert {message.key for message in messages} == {"rack 7"}
    assert {message.key for message in broker.messages(topics[1])} == {"rack 7"}


def test_an_env_file_with_the_fixed_names_is_all_it_takes(broker, feed, topics, tmp_path):
    (tmp_path / ".env").write_text(f"IPC_PATH={feed.endpoint.removeprefix('ipc://')}\nSEND_TO_KAFKA=true\n"
                                   f"KAFKA_BROKER={broker.address}\nKAFKA_TOPIC={topics[0]}\nKAFKA_INTERVAL=500\n"
                                   f"KAFKA_EVENTS_TOPIC={topics[1]}\nKAFKA_KEY=from-env\nKAFKA_TIMEOUT=4000\n")
    process = MetricsProcess(tmp_path)
    try:
        messages = broker.wait_for_messages(topics[0], of_each_stream(2), "2 records of each stream")
        assert process.stop() == 0
    finally:
        process.close()
    assert {message.key for message in messages} == {"from-env"}
    assert all(message.record["time_ns"] % (500 * MILLISECOND) == 0 for message in messages)


def test_send_to_kafka_false_sends_nothing_though_a_broker_is_named(broker, worker, topics, tmp_path):
    process = worker(*into(topics), "--to", "ndjson:records.ndjson", environment={"SEND_TO_KAFKA": "false"})
    process.wait_for(lambda: len(ndjson(tmp_path / "records.ndjson")) > 10, "records in the other sink")
    assert process.stop() == 0
    assert broker.messages(topics[0]) == [] and broker.messages(topics[1]) == []
    assert list(tmp_path.glob("*.spool*")) == []


def test_the_flat_record_of_an_earlier_probe_arrives_and_its_values_are_true(broker, worker, topics, tmp_path):
    process = worker(*into(topics), "--format", "rsprobe", "--worker-id", "flat")
    messages = broker.wait_for_messages(
        topics[0], lambda messages: len([m for m in messages if m.key == STREAMS[0]]) >= 8, "8 records of a stream")
    assert process.stop() == 0
    for message in messages:
        record = message.record
        assert message.headers["schema"] == "rsprobe"
        assert record["timestamp"] == message.time_ms
        assert not any(isinstance(value, dict) for value in record.values()), "it is flat"
    newest = [message.record for message in messages if message.key == STREAMS[0]][-1]
    assert newest["source_ip"] in ("239.77.1.1", "10.77.0.1")
    assert {"bitrate_avg_global", "cc_errors_global", "pid_map", "total_memory", "cpu_count", "load_avg_one",
            "tr101290_continuity_counter_errors", "tr101290_pat_errors", "scte35", "hash"} <= set(newest)
    assert newest["cc_errors_global"] == 0
    media = {entry["media_type"] for entry in newest["pid_map"]}
    assert {"video", "audio"} <= media
    video = next(entry["pid"] for entry in newest["pid_map"] if entry["media_type"] == "video")
    assert newest[f"streams.{video}.packet_count"] > 1
    # Events keep their own form.
    assert all(schema_errors(message.record) == [] for message in broker.messages(topics[1]))


# --- topics


def test_a_topic_is_made_only_on_request_and_what_waited_for_it_arrives(broker, worker, tmp_path):
    """On a broker that would make any topic that a client asks for."""
    names = ["made.later.metrics", "made.later.events"]
    process = worker(*into(names), "--to", "kafka", "--to", "ndjson:records.ndjson")
    wait_until_refused(process, names[0])
    process.wait_for(lambda: len(ndjson(tmp_path / "records.ndjson")) > 10, "records")
    assert not set(names) & broker.topics()
    for name in names:
        broker.quick_topic(name)
    broker.wait_for_messages(names[0], of_each_stream(10), "10 records of each stream", seconds=30)
    assert process.stop() == 0
    records = [message.record for message in broker.messages(names[0])]
    assert set(map(tuple, missing(records).values())) == {()}
    written = interval_records(ndjson(tmp_path / "records.ndjson"))
    assert only_in_one(records, written) == []
    asked = worker(*into(["on.request.metrics", "on.request.events"]), "--kafka-create-topics", "--spool", "other")
    wait_until(lambda: {"on.request.metrics", "on.request.events"} <= broker.topics(), 20, "the topics")
    broker.wait_for_messages("on.request.metrics", of_each_stream(2), "2 records of each stream")
    assert asked.stop() == 0


def test_a_record_too_large_for_its_topic_is_trimmed_and_says_so_and_events_arrive_apart(broker, worker, tmp_path):
    limit = 10_000
    names = [broker.topic("small.metrics", max_message_bytes=limit), broker.quick_topic("small.events")]
    process = worker(*into(names), "--to", "kafka", "--to", "ndjson:records.ndjson", "--kafka-compression", "none")
    broker.wait_for_messages(names[0], of_each_stream(5), "5 records of each stream")
    assert process.stop() == 0
    whole = {identity(record): record for record in interval_records(ndjson(tmp_path / "records.ndjson"))}
    records = [message.record for message in broker.messages(names[0])]
    large = [record for record in records if len(json.dumps(whole[identity(record)], separators=(",", ":"))) > limit]
    assert large, "no record was over the limit: the test tests nothing"
    for record in large:
        assert record["trimmed"] and schema_errors(record) == []
        assert record["time_ns"] == whole[identity(record)]["time_ns"]
    assert set(map(tuple, missing(records).values())) == {()}
    assert any(message.record["kind"] == "program_added" for message in broker.messages(names[1]))


def test_a_record_that_cannot_be_made_small_enough_is_lost_counted_and_no_success(broker, worker):
    names = [broker.topic("tiny.metrics", max_message_bytes=1500), broker.quick_topic("tiny.events")]
    process = worker(*into(names))
    alarm = process.wait_for_event("kafka_message_too_large", seconds=20)
    assert alarm["level"] == "error" and names[0] in alarm["message"]
    broker.wait_for_messages(names[1], of_each_stream(2), "events, which are small")
    assert process.stop() == 1
    dropped = process.last("sink_totals")["dropped"]
    assert dropped > 0 and f"{dropped} records were lost" in process.log_text()


# --- refusals


def refused_until(broker, process, topic, let_in):
    """A worker whose messages are refused spools and stays; when it is let in, they arrive in order, none missing."""
    path = process.folder / "records.ndjson"
    process.wait_for(lambda: len(interval_records(ndjson(path))) >= 10, "records")
    assert broker.messages(topic) == []
    let_in()
    newest = ndjson(path)[-1]["time_ns"]
    broker.wait_for_messages(topic, lambda messages: messages and messages[-1].record["time_ns"] > newest,
                             "what waited", seconds=60)


def test_a_topic_that_refuses_keeps_its_records_waiting_until_it_lets_them_in(broker, worker, tmp_path):
    names = [broker.topic("refused.metrics"), broker.topic("granted.events", allow="user")]
    process = worker(*into(names), "--to", "kafka", "--to", "ndjson:records.ndjson", *sasl_settings(*USER),
                     kafka=broker.sasl_address)
    wait_until_refused(process, names[0])
    refused_until(broker, process, names[0], lambda: broker.topic(names[0], allow="user"))
    assert process.stop() == 0
    records = [message.record for message in broker.messages(names[0])]
    assert set(map(tuple, missing(records).values())) == {()}
    written = interval_records(ndjson(tmp_path / "records.ndjson"))
    assert only_in_one(records, written) == []


def test_wrong_credentials_are_said_once_and_what_waits_goes_with_the_right_ones(broker, worker, tmp_path):
    names = [broker.topic(f"credentials.{kind}", allow="user") for kind in ("metrics", "events")]
    ndjson_path = tmp_path / "records.ndjson"
    process = worker(*into(names), "--to", "kafka", "--to", "ndjson:records.ndjson",
                     *sasl_settings(*WRONG_CREDENTIALS), "--kafka-timeout", "500ms", kafka=broker.sasl_address)
    said = process.wait_for_event("kafka_authentication", seconds=20)
    process.wait_for(lambda: len(interval_records(ndjson(ndjson_path))) >= 20, "records")
    assert process.stop() == 0
    assert len(process.events("kafka_authentication")) == 1 and broker.sasl_address in said["message"]
    assert process.last("messages_stay")["waiting"] >= 20
    assert WRONG_CREDENTIALS[1] not in process.log_text()
    before = interval_records(ndjson(ndjson_path))
    again = worker(*into(names), *sasl_settings(*USER), kafka=broker.sasl_address)
    broker.wait_for_messages(names[0], lambda messages: len(messages) >= len(before) + 4, "what waited, and more", 30)
    assert again.stop() == 0
    records = without_duplicates([message.record for message in broker.messages(names[0])])
    assert identities(before) <= identities(records)
    assert [identity(r) for r in records if r["stream"] == STREAMS[0]][:5] == \
        [identity(r) for r in before if r["stream"] == STREAMS[0]][:5]


@pytest.mark.parametrize("setting, named", [("batch.sizes=1", "batch.sizes"), ("acks=many", "acks"),
                                            ("compression.type", "compression.type")])
def test_a_wrong_setting_of_kafka_is_a_usage_error_that_names_it(setting, named, tmp_path):
    ended = run_to_end(BIN / "muxtap-metrics", "--kafka-broker", "127.0.0.1:1", "--kafka-config", setting,
                       folder=tmp_path)
    assert ended.code == 2, ended.log
    lines = ended.log.strip().splitlines()
    assert len(lines) == 1 and named in lines[0], ended.log
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_spool_is_set_aside_and_a_new_one_begun(broker, worker, topics, tmp_path):
    damaged = b"SQLite format 3\x00" + bytes(range(256)) * 64
    (tmp_path / "kafka.spool").write_bytes(damaged)
    process = worker(*into(topics), "--spool", "kafka.spool")
    broker.wait_for_messages(topics[0], of_each_stream(2), "2 records of each stream")
    assert process.stop() == 0
    assert "kafka.spool" in process.last("spool_damaged")["message"]
    kept = [path for path in tmp_path.glob("kafka.spool*") if path.read_bytes() == damaged]
    assert len(kept) == 1 and kept[0].name != "kafka.spool"


# --- pictures


@pytest.fixture
def decoded(broker, local, film, request):
    """What muxtap-frames makes of a film and delivers: its records, and the messages of its three topics."""
    def decode(*arguments):
        name = request.node.name.split("[")[0][:100]
        topics = [broker.quick_topic(f"{name}.{kind}") for kind in ("frames", "sound", "events")]
        local.probe("--input", film, "--wait-subscribers", 1)
        worker = local.keep(FramesProcess(local.folder / "frames", local.endpoint, "--exit-on-end", "--kafka-broker",
                                          broker.address, "--kafka-frames-topic", topics[0], "--kafka-sound-topic",
                                          topics[1], "--kafka-events-topic", topics[2], *arguments))
        assert worker.wait(40) == 0, worker.log_text()
        return worker.records(), *(broker.messages(topic) for topic in topics)
    return decode


def is_image_of(record, image):
    """A whole JPEG of the size that the record tells."""
    return len(image) == record["image"]["bytes"] and image[:2] + image[-2:] == b"\xff\xd8\xff\xd9"


def test_a_picture_is_the_message_and_its_record_a_header(decoded):
    records, frames, sounds, events = decoded()
    assert records.frames() and records.sounds()
    assert [json.loads(message.headers["record"]) for message in frames] == records.frames()
    for message, record in zip(frames, records.frames()):
        assert message.key == record["stream"] and message.headers["content-type"] == "image/jpeg"
        assert is_image_of(record, message.bytes)
        assert {key: message.headers[key] for key in ("schema", "probe", "stream", "seq", "pts")} == {
            "schema": "muxtap.frame/1", **{key: str(record[key]) for key in ("probe", "stream", "seq", "pts")}}
    assert [message.record for message in sounds] == records.sounds()
    assert [message.record for message in events] == records.events()


def test_a_picture_goes_inside_its_record_where_that_is_asked_for(decoded):
    records, frames, _, _ = decoded("--frame-encoding", "base64")
    assert records.frames()
    for message, record in zip(frames, records.frames(), strict=True):
        told = dict(message.record)
        kind, image = told.pop("base64_image").split(",")
        assert (kind, told) == ("data:image/jpeg;base64", record) and schema_errors(message.record) == []
        assert is_image_of(record, base64.b64decode(image, validate=True))
