# Hosts in network namespaces for the scripts of this directory, which source this file. Nothing is sent to any other address.
#
# The hosts "node", "good" and "bad" share link 1, a bridge in the namespace "lan". "node" and "good" also share the links 2 and 3.
# shellcheck shell=bash

readonly PROGRAM=io.grasp.benchmarks.attack.Main
readonly PORT=7000
# Programs that run for seconds: fast to start.
readonly SHORT_RUN=(-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto -Xlog:cds=off -Xlog:cds+dynamic=off)

work=$(mktemp -d)
prefix=grasp-$$
# The attacker has the last usable processor for itself; everything else shares the others.
processors=()
while IFS=- read -r first last; do
    for ((number = first; number <= ${last:-first}; number++)); do
        processors+=("$number")
    done
done < <(awk '$1 == "Cpus_allowed_list:" { gsub(",", "\n", $2); print $2 }' /proc/self/status)
readonly BAD_CPU=${processors[-1]}
((${#processors[@]} == 1)) || unset 'processors[-1]'
OTHER_CPUS=$(IFS=, && echo "${processors[*]}")
readonly OTHER_CPUS

fail() {
    echo "$0: $*" >&2
    exit 2
}

require() {
    [[ $(id -u) == 0 ]] || fail "network namespaces take root"
    local command
    for command in ip java taskset jcmd; do
        command -v "$command" >/dev/null || fail "$command is not installed"
    done
}

# Removes all namespaces of this run, with the processes in them.
clean() {
    exec 2>/dev/null # the shell reports each killed process
    local namespace pid
    while read -r namespace _; do
        [[ $namespace == "$prefix"-* ]] && remove_namespace "$namespace"
    done < <(ip netns list)
    rm -rf "$work"
}

remove_namespace() {
    for pid in $(ip netns pids "$1"); do
        kill -9 "$pid" 2>/dev/null || true
    done
    ip netns delete "$1" 2>/dev/null || true
}

# create_hosts NAME: their namespaces are $prefix-NAME-HOST.
create_hosts() {
    net=$prefix-$1
    local host
    for host in lan node good bad; do
        ip netns add "$net-$host"
        ip -n "$net-$host" link set lo up
    done
    ip -n "$net-lan" link add bridge type bridge mcast_snooping 0
    ip -n "$net-lan" link set bridge up
    for host in node good bad; do
        ip -n "$net-lan" link add "$host" type veth peer name "${host:0:1}1" netns "$net-$host"
        ip -n "$net-lan" link set "$host" master bridge
        ip -n "$net-lan" link set "$host" up
    done
    local link
    for link in 2 3; do
        ip -n "$net-node" link add "n$link" type veth peer name "g$link" netns "$net-good"
    done
    for link in 1 2 3; do
        bring_up node "n$link" 1 "$link"
        bring_up good "g$link" 900d "$link"
    done
    bring_up bad b1 bad 1
    # Packets to unknown places leave the node, and are lost at a host that does not forward.
    ip -n "$net-node" route add default via fe80::900d dev n2
    local number
    for number in 1 2 3 4 5; do
        ip -n "$net-bad" addr add "fe80::bad:$number/64" dev b1 nodad
    done
    # The attacker may forge its sources.
    ip netns exec "$net-bad" sh -c 'echo 1 >/proc/sys/net/ipv6/ip_nonlocal_bind'
}

# Gives the hosts IPv4 addresses on the links 1 and 2. The node does not check the sources of packets by their routes.
use_ipv4() {
    local link number
    for link in 1 2; do
        ip -n "$net-node" addr add "10.0.$link.1/24" dev "n$link"
        ip -n "$net-good" addr add "10.0.$link.251/24" dev "g$link"
    done
    ip -n "$net-bad" addr add 10.0.1.252/24 dev b1
    # IPv4 sends only from addresses of the host.
    for number in {1..200}; do
        echo "addr add 10.0.2.$number/32 dev b1"
    done | ip -n "$net-bad" -batch -
    ip netns exec "$net-node" sh -c 'for each in /proc/sys/net/ipv4/conf/*/rp_filter; do echo 0 >"$each"; done'
}

# bring_up HOST INTERFACE ID LINK
bring_up() {
    ip -n "$net-$1" link set "$2" addrgenmode none
    ip -n "$net-$1" link set "$2" up
    ip -n "$net-$1" addr add "fe80::$3/64" dev "$2" nodad
    ip -n "$net-$1" addr add "fd00:$4::$3/64" dev "$2" nodad
}

remove_hosts() {
    local host
    for host in lan node good bad; do
        remove_namespace "$net-$host"
    done
}

# on HOST CPUS COMMAND...: replaces the shell.
on() {
    local host=$1 cpus=$2
    shift 2
    exec ip netns exec "$net-$host" taskset -c "$cpus" "$@"
}

# await FILE TEXT SECONDS: whether the text appears in the file in time.
await() {
    local end=$((SECONDS + $3 + 1))
    until grep -q -- "$2" "$1" 2>/dev/null; do
        ((SECONDS < end)) || return 1
        sleep 0.05
    done
}

# start_node JVM-ARGUMENTS...: starts the attacked process; its number is in $node.
start_node() {
    mkfifo "$work/$net.node.in"
    (
        [[ -z ${descriptors:-} ]] || ulimit -n "$descriptors"
        on node "$OTHER_CPUS" java -Xmx"${heap:-64m}" "$@" \
            <"$work/$net.node.in" >"$work/$net.node.out" 2>"$work/$net.node.err"
    ) &
    node=$!
    exec {to_node}>"$work/$net.node.in"
}

# await_node TEXT: waits until the attacked process prints it.
await_node() {
    await "$work/$net.node.out" "$1" 60 && return
    cat "$work/$net.node.out" "$work/$net.node.err" >&2
    return 1
}

# start_good KIND... OPTION...: starts the legitimate neighbor.
start_good() {
    mkfifo "$work/$net.good.in" "$work/$net.good.out"
    (on good "$OTHER_CPUS" java "${SHORT_RUN[@]}" -Xmx128m -cp "$attack_jar" "$PROGRAM" legitimate "$@" \
        <"$work/$net.good.in" >"$work/$net.good.out" 2>"$work/$net.good.err") &
    exec {to_good}>"$work/$net.good.in" {from_good}<"$work/$net.good.out"
    local line
    read -r -t 60 -u "$from_good" line || {
        cat "$work/$net.good.err" >&2
        return 1
    }
}

# measure SECONDS: prints KIND=SUCCEEDED/OFFERED of the legitimate neighbor.
measure() {
    local line
    echo "$1" >&"$to_good"
    read -r -t 60 -u "$from_good" line
    echo "$line"
}

# state: asks the node of this directory for its state.
state() {
    local lines
    lines=$(wc -l <"$work/$net.node.out")
    echo state >&"$to_node"
    local end=$((SECONDS + 30))
    until (($(wc -l <"$work/$net.node.out") > lines)); do
        ((SECONDS < end)) || return 1
        sleep 0.05
    done
    tail -1 "$work/$net.node.out"
}

# start_bad KIND OPTION...: starts an attack; its number is in $attacker.
start_bad() {
    (on bad "$BAD_CPU" java "${SHORT_RUN[@]}" -Xmx256m -cp "$attack_jar" "$PROGRAM" attack "$@" --link b1 \
        >"$work/$net.bad.out" 2>"$work/$net.bad.err") &
    attacker=$!
}

# await_bad SECONDS: waits until the attack is at its full strength.
await_bad() {
    await "$work/$net.bad.out" ready "$1"
}

# stop PID
stop() {
    kill "$1" 2>/dev/null || true
    wait "$1" 2>/dev/null || true
}

# is_alive PID
is_alive() {
    [[ -r /proc/$1/stat && $(cut -d ' ' -f 3 "/proc/$1/stat" 2>/dev/null) != Z ]]
}

# peak PID: its largest resident set in MB.
peak() {
    awk '$1 == "VmHWM:" { peak = $2 } END { printf "%d", peak / 1024 }' "/proc/$1/status" 2>/dev/null || echo 0
}
