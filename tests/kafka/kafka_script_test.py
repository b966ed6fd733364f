"""scripts/kafka without a broker: usage, strangers' processes, and what becomes of tests where there is no Kafka."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts/kafka"


def run(*arguments, **environment):
    return subprocess.run([SCRIPT, *map(str, arguments)], capture_output=True, text=True, timeout=30,
                          env={**os.environ, **environment})


def test_help_is_the_head_of_the_script():
    done = run("--help")
    assert done.returncode == 0
    assert "start [--port N]" in done.stdout and "#" not in done.stdout and "set -e" not in done.stdout


@pytest.mark.parametrize("arguments", [(), ("begin",), ("start", "--port"), ("start", "--port", "x"),
                                       ("start", "--fast"), ("topic",), ("topic", "name", "--partitions")])
def test_wrong_usage_is_one_line_and_exit_code_2(arguments, tmp_path):
    done = run(*arguments, "--data", tmp_path) if arguments else run()
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1 and done.stdout == ""


def test_where_nothing_runs_status_says_so_and_stop_fails(tmp_path):
    assert run("status", "--data", tmp_path).returncode == 3
    done = run("stop", "--data", tmp_path)
    assert done.returncode == 1 and str(tmp_path) in done.stderr


def test_a_process_that_got_the_number_of_a_broker_is_left_alone(tmp_path):
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        (tmp_path / "pid").write_text(f"{stranger.pid} 12345\n")
        assert run("kill", "--data", tmp_path).returncode == 1
        assert run("stop", "--data", tmp_path).returncode == 1
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_folder_of_jars_that_is_named_and_not_there_is_an_error(tmp_path):
    done = run("fetch", KAFKA_JARS=str(tmp_path / "none"))
    assert done.returncode == 1 and str(tmp_path / "none") in done.stderr


@pytest.mark.parametrize("ci, outcome", [("true", "failed"), ("", "skipped")])
def test_without_a_broker_ci_fails_and_others_skip_loudly(tmp_path, ci, outcome):
    (tmp_path / "test_it.py").write_text("from kafka_broker import need_broker\n"
                                         "def test_it():\n    need_broker()\n")
    done = subprocess.run([sys.executable, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", tmp_path],
                          capture_output=True, text=True, timeout=60, cwd=tmp_path,
                          env={**os.environ, "CI": ci, "KAFKA_JARS": str(tmp_path / "none"),
                               "PYTHONPATH": str(ROOT / "tests/e2e")})
    assert f"1 {outcome}" in done.stdout, done.stdout
    assert ("no Kafka broker" if ci else "NOT TESTED: a real Kafka broker") in done.stdout
