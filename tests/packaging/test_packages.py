"""What is in the packages, and what they say of themselves."""

import os
import re
import subprocess
from pathlib import Path

import pytest

FOLDER = Path(os.environ["MUXTAP_PACKAGES"])
PROGRAMS = ["analyze", "frames", "metrics", "probe", "record", "send"]
SERVICES = {"frames", "metrics", "probe", "record", "send"}
VERSION = re.search(r"project\(muxtap VERSION ([0-9.]+)",
                    (Path(__file__).parents[2] / "CMakeLists.txt").read_text())[1]

# A maintainer is put in by who hands the packages on; debhelper's scripts know no templates that run (systemctl is only
# called where systemd runs, with patterns); nothing is uploaded to Debian.
NOT_ASKED_OF_LINTIAN = ("bogus-mail-host,bogus-mail-host-in-debian-changelog,maintainer-script-calls-systemctl,"
                        "initial-upload-closes-no-bugs")


def run(*command):
    return subprocess.run([*map(str, command)], capture_output=True, text=True, check=True).stdout


def deb(name):
    return FOLDER / f"muxtap-{name}_{VERSION}-1_{run('dpkg', '--print-architecture').strip()}.deb"


def field(name, which):
    return run("dpkg-deb", "--field", deb(name), which).strip()


def paths(name):
    return {line.split(maxsplit=5)[5].lstrip(".") for line in run("dpkg-deb", "-c", deb(name)).splitlines()
            if not line.startswith("d")}


def test_there_is_one_package_a_program():
    assert sorted(path.name for path in FOLDER.glob("*.deb")) == [deb(name).name for name in PROGRAMS]


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_package_has_the_program_and_what_belongs_to_it(name):
    program = f"muxtap-{name}"
    expected = {f"/usr/bin/{program}", f"/usr/share/man/man1/{program}.1.gz",
                f"/usr/share/bash-completion/completions/{program}",
                *(f"/usr/share/doc/{program}/{file}" for file in ("copyright", "changelog.gz", "changelog.Debian.gz"))}
    if name in SERVICES:
        expected |= {f"/etc/muxtap/{name}.env", f"/usr/lib/systemd/system/{program}@.service"}
    if name in SERVICES - {"send"}:
        expected.add(f"/usr/lib/systemd/system/{program}.service")
    if name in ("probe", "send"):
        expected.add(f"/usr/lib/sysctl.d/60-{program}.conf")
    assert paths(name) == expected
    assert "root/root" in run("dpkg-deb", "-c", deb(name)).splitlines()[0]


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_settings_are_the_user_s(name):
    assert run("dpkg-deb", "--info", deb(name), "conffiles") == f"/etc/muxtap/{name}.env\n"


def test_a_package_depends_on_the_libraries_of_its_own_job_only():
    depends = {name: field(name, "Depends") for name in PROGRAMS}
    assert [name for name in PROGRAMS if "libpcap" in depends[name]] == ["probe"]
    assert [name for name in PROGRAMS if "librdkafka" in depends[name]] == ["frames", "metrics"]
    assert [name for name in PROGRAMS if "gstreamer" in depends[name]] == ["frames"]
    for plugins in ("base", "good", "bad"):
        assert f"gstreamer1.0-plugins-{plugins}" in depends["frames"]
    assert "gstreamer1.0-libav" in depends["frames"]
    assert field("analyze", "Suggests") == "gnuplot-nox"
    assert all("libzmq5" in depends[name] for name in PROGRAMS if name not in ("analyze", "send"))


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_package_says_what_it_is(name):
    assert field(name, "Package") == f"muxtap-{name}"
    assert field(name, "Version") == f"{VERSION}-1"
    assert field(name, "Homepage") == ""
    summary, *text = field(name, "Description").splitlines()
    assert len(summary) < 80 and len(text) >= 2


@pytest.mark.parametrize("name", PROGRAMS)
def test_programs_are_stripped(name, tmp_path):
    run("dpkg-deb", "-x", deb(name), tmp_path)
    assert ".debug_info" not in run("readelf", "-S", "--wide", tmp_path / f"usr/bin/muxtap-{name}")


def test_lintian_has_nothing_to_say():
    found = subprocess.run(["lintian", "--allow-root", "--fail-on", "error,warning", "--suppress-tags",
                            NOT_ASKED_OF_LINTIAN, *FOLDER.glob("*.deb")], capture_output=True, text=True)
    assert (found.returncode, found.stdout) == (0, "")


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_rpm_has_the_same_files_and_claims_no_folder_of_others(name):
    rpm = next(FOLDER.glob(f"muxtap-{name}-{VERSION}-1.*.rpm"))
    listed = [line.split() for line in run("rpm", "-qplv", rpm).splitlines()]
    files = {line[8] for line in listed if not line[0].startswith("d")}
    folders = {line[8] for line in listed if line[0].startswith("d")}
    assert {path for path in files if "/.build-id/" not in path} == paths(name)
    own = {"/etc/muxtap", f"/usr/share/doc/muxtap-{name}"}
    assert {path for path in folders if "/.build-id" not in path} <= own
    configuration = run("rpm", "-qpc", rpm).split()
    assert configuration == ([f"/etc/muxtap/{name}.env"] if name in SERVICES else [])
    requires = run("rpm", "-qp", "--requires", rpm)
    assert ("libpcap.so" in requires) == (name == "probe")
    assert ("gstreamer1-plugins-good" in requires) == (name == "frames")
