"""A real Kafka broker (scripts/kafka), and what kcat and Kafka's own console consumer read from it."""

import functools
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from processes import wait_until

SCRIPT = Path(__file__).resolve().parents[2] / "scripts/kafka"
WRONG_CREDENTIALS = ("user", "nobody-told-me")
USER = ("user", "user-secret")  # may write to what `topic(..., allow="user")` granted


def need_broker():
    """Where CI runs, a broker that cannot be had is a failure; elsewhere these tests are skipped, loudly."""
    def missing():
        for tool in ("java", "kcat"):
            if shutil.which(tool) is None:
                return f"there is no {tool}"
        fetched = subprocess.run([SCRIPT, "fetch"], capture_output=True, text=True, timeout=600)
        return fetched.stderr.strip() if fetched.returncode != 0 else None
    reason = missing()
    if reason is None:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(f"no Kafka broker: {reason}")
    pytest.skip(f"NOT TESTED: a real Kafka broker is needed, scripts/setup --with-kafka gets it: {reason}")


class Message:
    """One message as kcat tells it."""

    def __init__(self, told):
        self.partition, self.offset, self.time_ms = told["partition"], told["offset"], told["ts"]
        self.key, self.payload = told["key"], told["payload"]
        flat = told.get("headers", [])
        self.headers = dict(zip(flat[::2], flat[1::2]))

    @property
    def bytes(self):
        return self.payload.encode(errors="surrogateescape")

    @functools.cached_property
    def record(self):
        return json.loads(self.payload)


class Broker:
    """One broker with data of its own, on the loopback of this host. Topics are made as they are first asked for,
    unless `auto_create` is off."""

    def __init__(self, folder, sasl=False, auto_create=True):
        self.folder = Path(folder)
        self.options = ["--port", "0", *(["--sasl"] if sasl else []), *(["--auto-create"] if auto_create else [])]
        self.address, self.sasl_address = None, None
        self.start()

    def _script(self, command, *arguments, seconds=90):
        done = subprocess.run([SCRIPT, command, "--data", self.folder, *map(str, arguments)], capture_output=True,
                              text=True, timeout=seconds)
        assert done.returncode == 0, f"scripts/kafka {command}: {done.stderr}"
        return done.stdout

    def start(self):
        """Also again: with the address and the data that it had."""
        addresses = self._script("start", *self.options).split()
        self.address, self.sasl_address = addresses[0], addresses[-1]

    def stop(self):
        self._script("stop")

    def kill(self):
        self._script("kill")

    def restart(self):
        self._script("restart")

    def topic(self, name, partitions=1, allow=None, **config):
        """Creates a topic; `allow` names a user who may write to it."""
        options = [] if allow is None else ["--allow", allow]
        for key, value in config.items():
            options += ["--config", f"{key.replace('_', '.')}={value}"]
        self._script("topic", name, "--partitions", partitions, *options)
        return name

    def quick_topic(self, name):
        """A topic with the broker's defaults, ten times as quick: asked for by kcat, where `auto_create` is on."""
        def there():
            told = self._kcat("-L", "-t", name, "-X", "allow.auto.create.topics=true", "-J")
            return all(topic["partitions"] for topic in json.loads(told)["topics"])
        wait_until(there, 20, f"topic {name}")
        return name

    def topics(self):
        """Names of all topics."""
        return {topic["topic"] for topic in json.loads(self._kcat("-L", "-J"))["topics"]}

    def _kcat(self, *arguments, seconds=60):
        command = ["kcat", "-b", self.address, "-m", "30", *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, timeout=seconds)
        assert done.returncode == 0, f"kcat {arguments}: {done.stderr.decode()}"
        # kcat puts the bytes of a payload that is no text into its JSON as they are.
        return done.stdout.decode(errors="surrogateescape")

    def messages(self, topic, last=None):
        """All that the topic holds now, or so many of each partition, by partition and in order."""
        begin = "beginning" if last is None else f"-{last}"
        told = self._kcat("-C", "-t", topic, "-o", begin, "-e", "-q", "-J", "-X", "fetch.wait.max.ms=20")
        found = [Message(json.loads(line)) for line in told.splitlines()]
        return sorted(found, key=lambda message: (message.partition, message.offset))

    def wait_for_messages(self, topic, condition, what, seconds=20, last=None):
        """Until `condition(messages)`. Returns the messages."""
        found = []

        def holds():
            found[:] = self.messages(topic, last)
            return condition(found)
        try:
            wait_until(holds, seconds, what)
        except TimeoutError as error:
            raise TimeoutError(f"{error}; {topic} has {len(found)} messages") from None
        return found

    def console_consumer(self, topic, count):
        """The first messages as Kafka's own console consumer prints them: time, headers, key, value of each."""
        printed = []
        for name in ("timestamp", "headers", "key"):
            printed += ["--formatter-property", f"print.{name}=true"]
        told = self._script("consume", "--topic", topic, "--from-beginning", "--max-messages", count,
                            "--timeout-ms", 30_000, *printed)
        return [line.split("\t", 3) for line in told.splitlines() if line.startswith("CreateTime:")]

    def close(self):
        """Nothing is kept: it need not end well."""
        subprocess.run([SCRIPT, "kill", "--data", self.folder], capture_output=True, timeout=90)
        shutil.rmtree(self.folder, ignore_errors=True)


def sasl_settings(user, password):
    """Arguments of muxtap-metrics to come as this user."""
    settings = ["security.protocol=sasl_plaintext", "sasl.mechanism=PLAIN", f"sasl.username={user}",
                f"sasl.password={password}"]
    return [part for setting in settings for part in ("--kafka-config", setting)]
