# The main path in containers: probe, record, frames and metrics in one network namespace, the sender in another, joined by
# a virtual cable. To be sourced by scripts/test-images, which has built the images.
# shellcheck shell=bash
: "${work:?is set by scripts/test-images}"
readonly film_seconds=6
send_namespace="" tap_namespace=""

make_namespaces() {
    send_namespace=muxtap-images-send-$$ tap_namespace=muxtap-images-tap-$$
    ip netns add "$send_namespace"
    ip netns add "$tap_namespace"
    ip link add send0 netns "$send_namespace" type veth peer name tap0 netns "$tap_namespace"
    local namespace device address
    while read -r namespace device address; do
        ip -n "$namespace" address add "$address/24" dev "$device"
        ip -n "$namespace" link set lo up
        ip -n "$namespace" link set "$device" up
        ip -n "$namespace" route add 224.0.0.0/4 dev "$device"
    done <<END
$send_namespace send0 10.199.0.1
$tap_namespace tap0 10.199.0.2
END
}

delete_namespaces() {
    local namespace
    for namespace in $send_namespace $tap_namespace; do
        ip netns delete "$namespace" 2>/dev/null || true
    done
}

# start NAME IMAGE ARGUMENTS...: on the tap's side, as hard as the documents say it may be run, its /data in $work/data/NAME.
start() {
    local name=$1 image=$2
    shift 2
    install -d -o 10001 -g 10001 "$work/data/$name"
    podman run --detach --name "$name" --network "ns:/run/netns/$tap_namespace" --read-only --cap-drop ALL \
        --env LOG_FORMAT=json --env LOG_INTERVAL=500ms --volume "$work/data/$name:/data" "${run_options[@]}" "$image" "$@" \
        >/dev/null
}

# capabilities NAME SET: of the container's first process, as hexadecimal digits without leading zeros.
capabilities() { awk -v set="$2:" '$1 == set {sub(/^0*/, "", $2); print $2}' "/proc/$(pid_of "$1")/status"; }
user_ids() { awk '$1 == "Uid:" {print $2, $3, $4, $5}' "/proc/$(pid_of "$1")/status"; }
program_of() { basename "$(readlink "/proc/$(pid_of "$1")/exe")"; }

readonly net_raw=2000 # bit 13
check_rights() {
    check "the probe is the first process and not root: $(program_of probe), $(user_ids probe)" \
        [ "$(program_of probe), $(user_ids probe)" = "muxtap-probe, 10001 10001 10001 10001" ]
    check "the probe has CAP_NET_RAW and cannot get any other" \
        [ "$(capabilities probe CapEff) $(capabilities probe CapBnd)" = "$net_raw $net_raw" ]
    check "the recorder has no capability" [ "$(capabilities record CapEff)$(capabilities record CapBnd)" = "" ]
}

# A stopped process does not answer, but is there: what the check asks is whether it still works.
check_health() {
    local name pid
    for name in "$@"; do
        wait_for "$name to be healthy" is_alive "$name"
        pid=$(pid_of "$name")
        kill -STOP "$pid"
        check "the health check of $name fails while it hangs" is_not_alive "$name"
        kill -CONT "$pid"
        wait_for "$name to be healthy again" is_alive "$name"
        echo "ok: $name is healthy"
    done
}

all_captured() { [ "$(number probe status packets || true)" = "$1" ]; }
recorded_bytes() { stat -c %s "$work/data/record/capture.ts" 2>/dev/null || echo 0; }
all_recorded() { [ "$(recorded_bytes)" -ge "$1" ]; }

# Docker gives a user other than root no capability at the start, only what the program's file has: the same here.
run_as_docker_does() {
    podman run --rm --network "ns:/run/netns/$tap_namespace" --read-only --cap-drop ALL "${run_options[@]}" \
        --entrypoint setpriv muxtap/probe --inh-caps=-all --ambient-caps=-all -- muxtap-probe --source-device tap0 "$@" 2>&1
}

check_capabilities_of_the_file() {
    local output
    run_options=(--cap-add NET_RAW)
    output=$(run_as_docker_does --capture afpacket --duration 100ms) || fail "capturing with the capability of the file: $output"
    check "the capability of the file is enough to capture" grep -q 'started' <<<"$output"
    run_options=()
    output=$(run_as_docker_does --capture socket --duration 100ms) || fail "UDP sockets without CAP_NET_RAW: $output"
    check "without CAP_NET_RAW the probe starts, and takes UDP sockets" grep -q 'started' <<<"$output"
    ! output=$(run_as_docker_does --capture afpacket --duration 100ms) || fail "captured without CAP_NET_RAW"
    check "without CAP_NET_RAW an interface is refused by name" grep -q 'CAP_NET_RAW is missing' <<<"$output"
}

check_capture() {
    say "probe, record, frames and metrics in containers, against muxtap-send"
    make_namespaces
    run_options=(--cap-add NET_RAW)
    start probe muxtap/probe --stream film=udp://239.1.1.1:5000 --source-device tap0
    wait_for_event probe started
    run_options=(--security-opt no-new-privileges)
    start record muxtap/record
    start metrics muxtap/metrics --to ndjson:records.ndjson --to sqlite:metrics.db
    start frames muxtap/frames --ndjson frames.ndjson
    # A status of the stream has reached them: they miss nothing from here on.
    wait_for_event record stream_found
    wait_for "the first record of metrics" test -s "$work/data/metrics/records.ndjson"
    check_rights
    check_health probe record frames metrics

    install -d -o 10001 -g 10001 "$work/data/send"
    podman run --rm --network=none --volume "$work/data/send:/to" --entrypoint cp muxtap/send-demo /film/film.ts /to/
    podman run --rm --network "ns:/run/netns/$send_namespace" --read-only --cap-drop ALL --volume "$work/data/send:/data" \
        muxtap/send film.ts --to udp://239.1.1.1:5000 --interface send0 --duration "${film_seconds}s" --save sent.ts ||
        fail "muxtap-send failed"
    local sent_bytes
    sent_bytes=$(stat -c %s "$work/data/send/sent.ts")
    wait_for "the probe to capture what was sent" all_captured $((sent_bytes / 188))
    wait_for "the recorder to write what was sent" all_recorded "$sent_bytes"
    wait_for "a picture" test -s "$work/data/frames/images/film/latest.jpg"
    wait_for "a record that has seen the packets" grep -q '"stream":"film".*"state":"live"' "$work/data/metrics/records.ndjson"

    local name
    for name in probe record frames metrics; do
        stop "$name"
        check "the health check of $name fails when it is gone" is_not_alive "$name"
    done
    check "capture.ts is byte for byte what was sent: $sent_bytes bytes" \
        cmp "$work/data/send/sent.ts" "$work/data/record/capture.ts"
    check "metrics wrote its database, too" [ "$(head -c 15 "$work/data/metrics/metrics.db")" = "SQLite format 3" ]
    check "what is written belongs to the image's user" [ "$(stat -c %u "$work/data/record/capture.ts")" = 10001 ]
    local report
    report=$(podman run --rm --network=none --read-only --cap-drop ALL --volume "$work/data/record:/data:ro" \
        muxtap/analyze --fail-on p1 capture.ts) || fail "analyze finds a fault of priority 1 in capture.ts: $report"
    check "analyze finds H.264 in it, and no fault of priority 1" grep -q 'H\.264' <<<"$report"
    check_capabilities_of_the_file
    remove_containers
    delete_namespaces
}
