"""A Kafka broker goes away and comes back; workers are killed, stopped and run out of disk meanwhile. Nothing that need
not be lost is, nothing is out of order, and what comes twice is recognised.

One outage serves all tests: several workers on one feed live through it, each with its own fate, topics and spool, and
each test looks at what one of them left. Beside Kafka each worker writes what it made to an NDJSON file.
"""

import json
import os
import random
import subprocess
import time
from pathlib import Path

import pytest

from kafka_broker import Broker, need_broker
from metrics_process import (MILLISECOND, SECOND, STREAMS, LiveFeed, MetricsProcess, by_stream, identities, identity,
                             interval_records, missing, ndjson, only_in_one, schema_errors, without_duplicates)
from processes import wait_until

OUTAGE = float(os.environ.get("MUXTAP_KAFKA_OUTAGE_SECONDS", "30"))
INTERVAL = 250 * MILLISECOND
KILLS = 10
# What a SIGKILL may cost: records that were made so shortly before it that they were not on the disk yet.
LAST_MOMENT = 1 * SECOND
# From the start of a worker until it makes records: it has to hear of the streams first, which are told each second.
FIRST_MOMENT = 3 * SECOND
MEMORY_GROWTH = 48 << 20  # a buffer of 16 MB, and what surrounds it


class Subject:
    """One worker and its successors with the same spool. Each life has an NDJSON file of its own."""

    def __init__(self, name, folder, broker, feed, *arguments, interval="250ms"):
        self.name, self.folder, self.broker = name, Path(folder) / name, broker
        self.topic, self.events_topic = (broker.quick_topic(f"{name}.{kind}") for kind in ("metrics", "events"))
        self.arguments = ["--connect", feed.endpoint, "--interval", interval, "--kafka-broker", broker.address,
                          "--kafka-topic", self.topic, "--kafka-events-topic", self.events_topic, "--to", "kafka",
                          "--ndjson-bytes", "100G", *arguments]
        self.lives, self.started, self.ended, self.exit_codes = [], [], [], []
        self.messages, self.event_messages = [], []

    @property
    def process(self):
        return self.lives[-1]

    def path(self, life):
        return self.folder / f"life-{life}.ndjson"

    def start(self):
        self.started.append(time.time_ns())
        self.lives.append(MetricsProcess(self.folder, *self.arguments, "--to", f"ndjson:{self.path(len(self.lives))}"))

    def kill(self):
        assert self.process.process.poll() is None, self.process.log_text()
        self.process.kill()
        self.ended.append(time.time_ns())

    def stop(self):
        self.ended.append(time.time_ns())  # from here on it makes no records, and flushes
        self.exit_codes.append(self.process.stop(seconds=20))

    def written(self, life=None):
        """What the worker made, by its NDJSON files: of one life or of all."""
        lives = range(len(self.lives)) if life is None else [life]
        return [record for one in lives for record in ndjson(self.path(one))]

    def newest_written(self):
        """End of the newest interval in the file of this life, 0 while there is none."""
        path = self.path(len(self.lives) - 1)
        if not path.exists():
            return 0
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - (256 << 10)))
            lines = file.read().split(b"\n")[1:-1]
        return max((record["time_ns"] for record in interval_records(map(json.loads, lines))), default=0)

    def wait_until_delivered(self, seconds):
        """What it has made by now is in Kafka."""
        newest = wait_until(self.newest_written, 20, f"records of {self.name}")
        self.broker.wait_for_messages(
            self.topic, lambda messages: any(message.record["time_ns"] >= newest for message in messages),
            f"the records of {self.name}", seconds, last=10)

    def collect(self):
        self.messages = self.broker.messages(self.topic)
        self.event_messages = self.broker.messages(self.events_topic)
        self.records = [message.record for message in self.messages]
        self.event_records = [message.record for message in self.event_messages]

    def close(self):
        """Logs are kept, not the hundreds of megabytes of records."""
        for number, life in enumerate(self.lives):
            life.close()
            self.path(number).unlink(missing_ok=True)


class Story:
    """Times are nanoseconds since 1970."""

    def __init__(self, folder, broker, feed, disk):
        self.broker, self.memory = broker, []
        self.watched = Path(folder) / "watched.log"
        self.watched.touch()
        self.lines = 0
        # Fills its disk and its memory within the outage, however long that is.
        quick = f"{max(10, round(OUTAGE / 1.5))}ms"
        self.steady = Subject("steady", folder, broker, feed, "--watch-file", self.watched)
        self.killed = Subject("killed", folder, broker, feed)
        self.stopped = Subject("stopped", folder, broker, feed, "--kafka-timeout", "500ms")
        self.full = Subject("full", folder, broker, feed, "--spool", disk / "full.spool", interval=quick)
        self.late = Subject("late", folder, broker, feed)
        self.all = [self.steady, self.killed, self.stopped, self.full, self.late]

    def tell(self):
        """Everything, once."""
        for subject in self.all[:-1]:
            subject.start()
        for subject in self.all[:-1]:
            subject.wait_until_delivered(30)
        self.memory.append(self.steady.process.memory_bytes())
        self.broker.stop()
        self.outage_began = time.time_ns()
        self.late.start()
        self._live_through_the_outage()
        self.broker.start()
        self.outage_ended = time.time_ns()
        for subject in self.all:
            subject.wait_until_delivered(60 + OUTAGE / 3)
        self.memory.append(self.steady.process.memory_bytes())
        self.broker.kill()
        self.broker_killed = time.time_ns()
        self._log_a_line()
        self.broker.start()
        self.broker_back = time.time_ns()
        for subject in self.all:
            subject.wait_until_delivered(60)
        for subject in self.all:
            subject.stop()
        for subject in self.all:
            subject.collect()

    def _live_through_the_outage(self):
        chance = random.Random(20)
        plan = [(chance.uniform(0.02, 0.98) * OUTAGE, self._kill_and_start) for _ in range(KILLS)]
        plan += [(0.3 * OUTAGE, self.stopped.stop), (0.6 * OUTAGE, self.stopped.start)]
        plan += [(at * OUTAGE / 60, self._look) for at in range(60)]
        begun = time.monotonic()
        for at, action in sorted(plan, key=lambda entry: entry[0]):
            time.sleep(max(0, begun + at - time.monotonic()))  # the outage has its length; nothing is awaited
            action()
        time.sleep(max(0, begun + OUTAGE - time.monotonic()))

    def _kill_and_start(self):
        self.killed.kill()
        self.killed.start()

    def _look(self):
        self.memory.append(self.steady.process.memory_bytes())
        self._log_a_line()

    def _log_a_line(self):
        self.lines += 1
        with self.watched.open("a") as log:
            log.write(f"line {self.lines}\n")

    def close(self):
        for subject in self.all:
            subject.close()


@pytest.fixture(scope="module")
def disk(tmp_path_factory):
    """A tmpfs of 5 MB."""
    folder = tmp_path_factory.mktemp("disk")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=5m", "tmpfs", folder], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip(f"NOT TESTED: a full disk needs a mount: {mounted.stderr.decode()}")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


@pytest.fixture(scope="module")
def feed(tmp_path_factory, film):
    made = LiveFeed(tmp_path_factory.mktemp("feed"), film)
    yield made
    made.close()


@pytest.fixture(scope="module")
def story(tmp_path_factory, feed, disk):
    need_broker()
    broker = Broker(tmp_path_factory.mktemp("kafka") / "data")
    made = None
    try:
        made = Story(tmp_path_factory.mktemp("workers"), broker, feed, disk)
        made.tell()
        yield made
    finally:
        if made:
            made.close()
        broker.close()


# --- the broker


def test_an_outage_and_a_killed_broker_cost_no_record_and_no_order(story):
    subject = story.steady
    records = without_duplicates(subject.records)
    assert len(by_stream(records)) == len(STREAMS)
    assert set(map(tuple, missing(subject.records).values())) == {()}
    for group in by_stream(records).values():
        assert group[0]["time_ns"] < story.outage_began and group[-1]["time_ns"] > story.broker_back
    assert only_in_one(records, interval_records(subject.written())) == []
    assert all(schema_errors(record) == [] for record in records[::50])


def test_records_keep_their_interval_while_the_broker_is_away(story):
    made = interval_records(story.steady.written())
    assert set(map(tuple, missing(made).values())) == {()}
    assert all(record["time_ns"] == record["seq"] * INTERVAL for record in made)
    during = [record for record in made if story.outage_began < record["time_ns"] < story.outage_ended]
    assert len(during) >= len(STREAMS) * OUTAGE * SECOND / INTERVAL - 2 * len(STREAMS)


def test_events_of_an_outage_arrive_all_and_in_order(story):
    events = without_duplicates(story.steady.event_records)
    written = [record for record in story.steady.written() if record["record"] == "muxtap.event/1"]
    assert only_in_one(events, written) == []
    lines = [record["text"] for record in events if record["kind"] == "log_line"]
    assert lines == [f"line {number + 1}" for number in range(story.lines)]


def test_memory_stays_bounded_while_the_broker_is_away(story):
    before, most = story.memory[0], max(story.memory)
    print(f"memory before the outage {before >> 20} MB, most {most >> 20} MB")
    assert most - before < MEMORY_GROWTH


def test_a_broker_that_is_away_is_said_once_and_so_is_its_return(story):
    address = story.broker.address
    for subject in (story.steady, story.late):
        away, back = (subject.process.events(name) for name in ("broker_unreachable", "broker_back"))
        assert len(away) == len(back) == 2, subject.process.log_text()  # stopped, and killed
        assert address in away[0]["message"] and away[0]["time"] < back[0]["time"] < away[1]["time"] < back[1]["time"]
        assert back[0]["waiting"] > 0
    # One that found no broker at its start said so too.
    assert story.late.process.events("broker_unreachable")[0]["waiting"] >= 0


# --- the worker


def test_a_worker_killed_ten_times_in_an_outage_loses_no_more_than_its_last_moments(story):
    subject = story.killed
    assert len(subject.lives) == KILLS + 1
    ends = subject.ended  # the last one was stopped
    records = without_duplicates(subject.records)
    arrived, worst = identities(records), 0
    for life, ended in enumerate(ends):
        lost = [record for record in interval_records(subject.written(life)) if identity(record) not in arrived]
        worst = max([worst, *(ended - record["time_ns"] for record in lost)])
        if life == KILLS:
            assert lost == [], "it was not killed"
    print(f"oldest record lost by a SIGKILL: made {worst / MILLISECOND:.0f} ms before it")
    assert worst <= LAST_MOMENT
    # Where a number is missing, the worker was down.
    down = list(zip(ends, subject.started[1:]))
    for gap in missing(subject.records).values():
        for number in gap:
            at = number * INTERVAL
            assert any(ended - LAST_MOMENT <= at <= started + FIRST_MOMENT for ended, started in down), (at, down)
    # Every life that was long enough has left something.
    lives = [(started, ended) for started, ended in zip(subject.started, ends)
             if ended - started > LAST_MOMENT + FIRST_MOMENT]
    assert len(lives) >= 2, "no worker lived long enough: the test tests nothing"
    for started, ended in lives:
        assert any(started < record["time_ns"] < ended for record in records)


def test_a_worker_stopped_in_an_outage_leaves_its_records_to_the_next(story):
    subject = story.stopped
    assert subject.exit_codes == [0, 0]
    told = subject.lives[0].last("messages_stay")
    assert told["waiting"] > 10 and f"{told['waiting']} messages" in told["message"]
    found = subject.lives[1].last("spool_found")
    assert found["waiting"] == told["waiting"]
    records = without_duplicates(subject.records)
    assert only_in_one(records, interval_records(subject.written())) == []
    down = subject.ended[0] - INTERVAL, subject.started[1] + FIRST_MOMENT
    for gap in missing(subject.records).values():
        assert gap and down[0] <= gap[0] * INTERVAL and gap[-1] * INTERVAL <= down[1], (gap, down)
    assert len([record for record in records if story.outage_began < record["time_ns"] < subject.ended[0]]) > 10


def test_a_worker_started_while_the_broker_is_away_spools_from_its_first_record(story):
    subject = story.late
    assert subject.exit_codes == [0]
    records = without_duplicates(subject.records)
    assert set(map(tuple, missing(subject.records).values())) == {()}
    assert only_in_one(records, interval_records(subject.written())) == []
    assert records[0]["time_ns"] < subject.started[0] + FIRST_MOMENT


# --- the disk


def test_a_spool_on_a_full_disk_raises_an_alarm_keeps_the_oldest_and_counts_what_it_drops(story):
    subject = story.full
    alarm = subject.process.events("spool_failing")[0]
    assert alarm["level"] == "error" and "full.spool" in alarm["message"]
    written = interval_records(subject.written())
    arrived = identities(subject.records)
    dropped = [record for record in written if identity(record) not in arrived]
    assert dropped, "nothing was dropped: the test tests nothing"
    # The oldest are kept.
    first_dropped = min(record["time_ns"] for record in dropped)
    kept = [record for record in subject.records if story.outage_began < record["time_ns"] < first_dropped]
    assert kept and first_dropped > story.outage_began + SECOND
    between = [record for record in without_duplicates(subject.records)
               if first_dropped <= record["time_ns"] < story.outage_ended - SECOND]
    assert len(between) <= len(dropped) / 20
    print(f"full disk: {len(dropped)} of {len(written)} records dropped, the oldest kept cover "
          f"{(first_dropped - story.outage_began) / SECOND:.1f} s of the outage")
    # The worker's own records tell how many are missing.
    arrived = identities(subject.event_records)
    events_dropped = [record for record in subject.written()
                      if record["record"] == "muxtap.event/1" and identity(record) not in arrived]
    newest = subject.records[-1]
    told = [sink for sink in newest["worker"]["sinks"] if sink["name"] == "kafka"]
    lost = len(dropped) + len(events_dropped)
    assert told[0]["dropped_records"] == lost
    # And its end: a run that lost something did not succeed.
    assert subject.exit_codes == [1]
    assert f"{lost} records were lost" in subject.process.log_text()
    missing(subject.records)  # in order
