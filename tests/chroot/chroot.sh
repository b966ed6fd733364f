# For the tests that work in a clean Debian 12: sourced, not run. The tree is temporary; what is mounted and started in it
# ends with the test, also when that fails: mounts and processes are in namespaces of their own.
#   enter_namespaces "$@"   runs the script itself again in the namespaces; returns there, with the folder in $tree
#   in_tree COMMAND...      a command in the tree, as root, with nothing of this environment
# MUXTAP_CHROOT_DEBS names a folder in which downloaded packages are kept for the next time.
# shellcheck shell=bash

project=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../..")
readonly project
tree=${MUXTAP_CHROOT_TREE:-}

fail() {
    echo "$0: $*" >&2
    exit 1
}

say() { printf '\n=== %s s: %s\n' "$SECONDS" "$*"; }

child=""
remove_tree() {
    local status=$?
    trap - EXIT
    if [ -n "$child" ]; then
        kill -KILL "$child" 2>/dev/null || true # unshare, which takes all that runs in its namespace along
        wait "$child" 2>/dev/null || true
    fi
    [ -z "$tree" ] || rm -rf --one-file-system "$tree"
    exit "$status"
}

mount_into_tree() {
    local device number
    # A mount point by itself, as "ip netns exec" wants of /.
    mount --bind "$tree" "$tree"
    mount -t proc proc "$tree/proc"
    mount -t sysfs sysfs "$tree/sys"
    mount -t tmpfs -o mode=755 tmpfs "$tree/dev"
    mount -t tmpfs -o mode=755 tmpfs "$tree/run"
    while read -r device number; do
        # shellcheck disable=SC2086 # major and minor
        mknod -m 666 "$tree/dev/$device" c ${number/:/ }
    done <<'END'
null 1:3
zero 1:5
full 1:7
random 1:8
urandom 1:9
tty 5:0
END
    mkdir "$tree/dev/pts" "$tree/dev/shm"
    mount -t devpts -o newinstance,ptmxmode=0666 devpts "$tree/dev/pts"
    mount -t tmpfs tmpfs "$tree/dev/shm"
    ln -s pts/ptmx "$tree/dev/ptmx"
    ln -s /proc/self/fd "$tree/dev/fd"
    if [ -n "${MUXTAP_CHROOT_DEBS:-}" ]; then
        mkdir -p "$MUXTAP_CHROOT_DEBS/partial"
        mount --bind "$MUXTAP_CHROOT_DEBS" "$tree/var/cache/apt/archives"
        echo 'APT::Keep-Downloaded-Packages "true";' >"$tree/etc/apt/apt.conf.d/90keep"
    fi
}

# enter_namespaces WORDS...: of the script's command line.
enter_namespaces() {
    if [ -n "$tree" ]; then
        mount_into_tree
        return
    fi
    if [ "$(id -u)" -ne 0 ]; then
        echo "NOT TESTED: only root can make a chroot"
        exit 77 # shown as skipped
    fi
    tree=$(mktemp -d /tmp/muxtap-chroot.XXXXXX)
    trap remove_tree EXIT
    trap 'exit 130' INT TERM
    "$project/scripts/debian-base" "$tree"
    MUXTAP_CHROOT_TREE=$tree unshare --mount --propagation private --pid --fork --kill-child "$0" "$@" &
    child=$!
    local status=0
    wait "$child" || status=$?
    child=""
    exit "$status"
}

in_tree() {
    env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
        DEBIAN_FRONTEND=noninteractive ${MUXTAP_BIN:+"MUXTAP_BIN=$MUXTAP_BIN"} chroot "$tree" "$@"
}

# quietly WHAT COMMAND...: its output only if it fails.
quietly() {
    local what=$1 log
    shift
    log=$(mktemp)
    if ! "$@" >"$log" 2>&1 </dev/null; then
        tail -n 40 "$log" >&2
        rm "$log"
        fail "$what failed"
    fi
    rm "$log"
}
