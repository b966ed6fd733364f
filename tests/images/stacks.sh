# The compose stacks, run by podman-compose from PyPI in a network namespace of their own, in which podman makes the networks
# of the stacks. The broker of the demo is a stand-in made of the Kafka that the other tests use. To be sourced by
# scripts/test-images, which has built the images.
# shellcheck shell=bash
: "${work:?is set by scripts/test-images}"
stack_namespace=""
running_stacks=()

# compose STACK ARGUMENTS...: in the namespace, without the settings of a .env that may lie about here.
compose() {
    local stack=$1
    shift
    nsenter --net="/run/netns/$stack_namespace" env PYTHONPATH="$work/python" PODMAN_COMPOSE_WARNING_LOGS=false \
        python3 -m podman_compose --file "$work/stacks/compose.$stack.yml" "$@"
}

# up STACK: in $work/stacks, where the .env of this test is.
up() {
    running_stacks+=("$1")
    compose "$1" up --detach --no-build >"$work/up-$1.log" 2>&1 || {
        cat "$work/up-$1.log" >&2
        fail "cannot start the stack $1"
    }
}

down() {
    compose "$1" down --volumes --timeout 30 >"$work/down-$1.log" 2>&1 || {
        cat "$work/down-$1.log" >&2
        fail "cannot end the stack $1"
    }
}

end_stacks() {
    local stack
    [ -n "$stack_namespace" ] || return 0
    for stack in "${running_stacks[@]}"; do
        compose "$stack" down --volumes --timeout 2 >/dev/null 2>&1 || true
    done
    running_stacks=()
    nsenter --net="/run/netns/$stack_namespace" bash -c 'podman rm --all --force; podman network prune --force' >/dev/null 2>&1 || true
    ip netns delete "$stack_namespace" 2>/dev/null || true
    stack_namespace=""
}

fetch_podman_compose() {
    [ -e "$work/python/podman_compose.py" ] ||
        python3 -m pip install --quiet --root-user-action=ignore --target "$work/python" 'podman-compose>=1.5' ||
        fail "cannot get podman-compose from PyPI"
}

make_broker_image() {
    local image
    image=$(awk '$1 == "image:" && /kafka/ {print $2}' compose.demo.yml)
    if podman image exists "$image"; then return; fi
    scripts/setup --with-kafka --no-build
    local context=$work/kafka
    mkdir -p "$context"
    cp "${KAFKA_JARS:-"$(ls -d "${XDG_CACHE_HOME:-$HOME/.cache}/muxtap/kafka-$(sha256sum tests/kafka/pom.xml | cut -c 1-12)")"}"/*.jar \
        tests/images/kafka/* "$context/"
    podman build --network=host --tag "$image" "$context" >"$work/build-kafka.log" 2>&1 || {
        tail -n 20 "$work/build-kafka.log" >&2
        fail "cannot build the stand-in for $image"
    }
}

# container STACK SERVICE
container() { echo "muxtap-${1}_${2}_1"; }
is_service_alive() { is_alive "$(container "$1" "$2")"; }
has_file() { podman exec "$(container "$1" "$2")" bash -c "ls -d /data/$3" >/dev/null 2>&1; }
consume() {
    podman exec "$(container demo kafka)" /opt/kafka/bin/kafka-console-consumer.sh --bootstrap-server kafka:9092 --topic "$1" \
        --from-beginning --max-messages 1 --timeout-ms 30000 2>/dev/null
}

# settings_of STACK SERVICE: what the documents promise of every service.
check_confinement() {
    local name
    name=$(container "$1" "$2")
    check "$name has a read-only root, no capabilities but $3, and bounded logs" \
        [ "$(podman inspect "$name" --format \
            '{{.HostConfig.ReadonlyRootfs}} {{.EffectiveCaps}} {{.HostConfig.RestartPolicy.Name}} {{.HostConfig.LogConfig.Size}}')" = \
        "true $3 unless-stopped 10MB" ]
}

check_demo() {
    say "compose.demo.yml: sender, probe, three workers and Kafka"
    up demo
    local service
    for service in probe record frames metrics send kafka; do
        wait_for "$service of the demo to be healthy" is_service_alive demo "$service"
        echo "ok: $service is healthy"
    done
    check_confinement demo probe "[CAP_NET_RAW]"
    check_confinement demo metrics "[]"
    wait_for "a recording" has_file demo record '*.ts'
    wait_for "a picture" has_file demo frames images/demo/latest.jpg
    wait_for "the database" has_file demo metrics metrics.db
    check "metrics of the stream are in Kafka" grep -q '"stream":"demo"' <(consume muxtap.metrics)
    check "pictures of the stream are in Kafka" grep -q . <(consume muxtap.frames | head -c 100)
    check "the black part of the film is an event in Kafka" wait_for_black
    down demo
}

wait_for_black() {
    # No pipe: the consumer goes on after what is looked for, and is cut off.
    grep -m 1 -q '"black_began"' < <(podman exec "$(container demo kafka)" /opt/kafka/bin/kafka-console-consumer.sh \
        --bootstrap-server kafka:9092 --topic muxtap.events --from-beginning --timeout-ms 60000 2>/dev/null)
}

# The probe of the capture stack has the namespace's network, as it would have its host's; the workers find it at the gateway.
check_capture_and_workers() {
    say "compose.capture.yml and compose.workers.yml, driven by one .env"
    cat >"$work/stacks/.env" <<'END'
STREAM=film=udp://239.1.1.1:5000
SOURCE_DEVICE=lo
OUTPUT_FILE={stream}/%Y%m%dT%H%M%SZ.ts
IMAGE_HEIGHT=48
END
    up capture
    wait_for "the probe to be healthy" is_service_alive capture probe
    check_confinement capture probe "[CAP_NET_RAW]"
    up workers
    local service
    for service in record frames metrics; do
        wait_for "$service to be healthy" is_service_alive workers "$service"
    done
    podman run --detach --name sender --network "ns:/run/netns/$stack_namespace" muxtap/send-demo --to udp://239.1.1.1:5000 \
        --interface lo >/dev/null
    wait_for "a recording where .env wants it" has_file workers record 'film/*.ts'
    wait_for "a picture" has_file workers frames images/film/latest.jpg
    wait_for "the database" has_file workers metrics metrics.db
    echo "ok: record, frames and metrics follow the probe of their host"
    podman rm --force --time 5 sender >/dev/null
    down workers
    down capture
}

check_stacks() {
    fetch_podman_compose
    make_broker_image
    mkdir -p "$work/stacks"
    cp compose.*.yml "$work/stacks/"
    rm -f "$work/stacks/.env"
    stack_namespace=muxtap-images-stack-$$
    ip netns add "$stack_namespace"
    ip -n "$stack_namespace" link set lo up multicast on
    ip -n "$stack_namespace" route add 224.0.0.0/4 dev lo
    check_demo
    check_capture_and_workers
    end_stacks
}
