# Parts that scripts/test-images and the checks it runs share; to be sourced. Wants $work, a folder of its own.
# shellcheck shell=bash
: "${work:?is set by scripts/test-images}"
readonly patience=${IMAGES_PATIENCE:-60} # longest wait for anything, seconds

say() { printf '\n=== %4d s: %s\n' "$SECONDS" "$*"; }

fail() {
    echo "scripts/test-images: $*" >&2
    local name
    for name in $(podman ps --all --format '{{.Names}}' 2>/dev/null); do
        printf -- '--- the last lines of container %s (%s)\n' "$name" "$(state "$name")" >&2
        podman logs --tail 15 "$name" >&2 || true
    done
    exit 1
}

# check WHAT COMMAND...
check() {
    local what=$1
    shift
    "$@" || fail "not so: $what"
    echo "ok: $what"
}

# wait_for WHAT COMMAND...: until the command succeeds.
wait_for() {
    local what=$1 deadline=$((SECONDS + patience))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$deadline" ] || fail "waited $patience s in vain for: $what"
        sleep 0.1
    done
}

# --- podman, with images, containers and settings of this test's own

write_podman_settings() {
    mkdir -p "$work"/{storage,run,tmp,networks,hooks}
    cat >"$work/storage.conf" <<END
[storage]
driver = "overlay"
graphroot = "$work/storage"
runroot = "$work/run"
END
    # Low limits: one may not give containers more than one has.
    cat >"$work/containers.conf" <<END
[containers]
default_ulimits = ["nofile=1024:4096", "nproc=4096:4096"]
log_driver = "k8s-file"
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
lock_type = "file"
tmp_dir = "$work/tmp"
[network]
network_backend = "netavark"
network_config_dir = "$work/networks"
END
    export CONTAINERS_CONF=$work/containers.conf CONTAINERS_STORAGE_CONF=$work/storage.conf
    # What builds unpack, too.
    export TMPDIR=$work/tmp
    # Builds keep HEALTHCHECK only in this format.
    export BUILDAH_FORMAT=docker
}

# Without systemd there are no timers for health checks, which podman says each time; they are asked for by hand here.
podman() {
    command podman "$@" 2> >(grep -v 'systemd connection' >&2)
}

state() { podman inspect "$1" --format '{{.State.Status}}, exit code {{.State.ExitCode}}' 2>/dev/null || echo "not there"; }
is_running() { [ "$(podman inspect "$1" --format '{{.State.Running}}')" = true ]; }
pid_of() { podman inspect "$1" --format '{{.State.Pid}}'; }
is_alive() { podman healthcheck run "$1" >/dev/null 2>&1; }
is_not_alive() { ! is_alive "$1"; }

# has_event NAME EVENT: in the container's log of JSON lines.
has_event() { podman logs "$1" 2>&1 | grep "\"event\":\"$2\"" >/dev/null; }

# wait_for_event NAME EVENT: fails at once when the container has ended.
wait_for_event() {
    wait_for "$1 to say $2" event_or_end "$1" "$2"
    has_event "$1" "$2" || fail "$1 ended before it said $2"
}
event_or_end() { has_event "$1" "$2" || ! is_running "$1"; }

# number NAME EVENT KEY: the newest value of a number in log lines of this event.
number() {
    podman logs "$1" 2>&1 | { grep "\"event\":\"$2\"" || true; } | tail -n 1 | grep -o "\"$3\":[0-9]*" | cut -d : -f 2
}

# stop NAME: by the image's stop signal; the program has to end by itself, with exit code 0.
stop() {
    local began=${EPOCHREALTIME/./} ended
    podman stop --time "$patience" "$1" >/dev/null
    ended=${EPOCHREALTIME/./}
    check "$1 ends by SIGTERM with exit code 0 ($(((ended - began) / 1000)) ms): $(state "$1")" \
        [ "$(podman inspect "$1" --format '{{.State.ExitCode}}')" = 0 ]
}

remove_containers() { podman rm --all --force --time 2 >/dev/null 2>&1 || true; }
