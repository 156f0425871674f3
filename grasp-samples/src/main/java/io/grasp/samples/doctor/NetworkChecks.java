package io.grasp.samples.doctor;

import io.grasp.api.Asa;
import io.grasp.api.DiscoverOptions;
import io.grasp.api.Grasp;
import io.grasp.api.Inspection;
import io.grasp.inspection.LinkEntry;
import io.grasp.inspection.NeighborEntry;
import io.grasp.inspection.NodeStatus;
import io.grasp.inspection.PageRequest;
import io.grasp.model.AsaLocator;
import io.grasp.model.GraspException;
import io.grasp.model.LinkInfo;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.samples.text.Documents;
import io.grasp.util.AddressText;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Checks of a node's links and neighbors while the node runs. They send one discovery to the neighbors, and open
 * connections to this node, to the peer that the user names, and to peers that have answered.
 */
public final class NetworkChecks {
    /** No ASA supports it: the discovery shows only whether multicasts are sent and received. */
    private static final String NOTHING = "grasp-doctor";

    private static final String WHY_DIRECT = "a node answers a discovery that is sent to it alone, too";
    private static final String BY_TCP = "peer by TCP";
    private static final String BY_UDP = "peer by UDP";
    private static final int MULTICAST_PORT = 7017;
    private static final int MOST_PEERS = 3;
    private static final int MOST_NEIGHBORS = 5;
    private static final PageRequest ALL = PageRequest.FIRST;

    private final HostChecks host;
    private final Connector connector;
    private final Scheduler blocking;
    private final LinkChecks links;
    private final boolean ofHost;

    private NetworkChecks(
            HostChecks host,
            Connector connector,
            Scheduler blocking,
            Function<String, OptionalInt> mtus,
            boolean ofHost) {
        this.ofHost = ofHost;
        this.host = host;
        this.connector = connector;
        this.blocking = blocking;
        this.links = new LinkChecks(host.files(), mtus);
    }

    /** {@return checks with the sockets and interfaces of this host} */
    public static NetworkChecks ofHost(HostChecks host) {
        return new NetworkChecks(host, Connector.ofHost(), Schedulers.boundedElastic(), LinkChecks::mtu, true);
    }

    /**
     * {@return checks of a node in a simulated network, whose interfaces are not those of this host}
     *
     * @param connector opens connections in that network, without blocking
     */
    public static NetworkChecks simulated(HostChecks host, Connector connector) {
        return new NetworkChecks(host, connector, Schedulers.immediate(), link -> OptionalInt.empty(), false);
    }

    /**
     * What the user wants to know.
     *
     * @param objective the objective that does not answer; {@code null} if the user names none
     * @param peer the peer that does not answer; {@code null} if the user names none
     * @param listening how long neighbors are heard
     * @param linksChosen whether the user has named the links
     * @param tls whether peers connect by TLS to one port, by whatever interface
     * @param nodeName the name in the certificate, empty without a usable one
     * @param encrypted whether messages are encrypted, so that no peer answers a discovery that is not
     * @param port the port that the user has named; 0 if the node has any
     * @param running the nodes that run on this host
     * @param portTaken whether something else uses the port, perhaps a node that is not among them
     * @param faulty whether something of this host is wrong that may be the reason
     */
    public record Question(
            @Nullable String objective,
            @Nullable InetSocketAddress peer,
            Duration listening,
            boolean linksChosen,
            boolean tls,
            String nodeName,
            boolean encrypted,
            int port,
            List<RunningNode> running,
            boolean portTaken,
            boolean faulty) {
        /** Copies the list. */
        public Question {
            running = List.copyOf(running);
        }

        /**
         * {@return whether a node of the doctor may take over the connections of another one that has the same
         * certificate}
         */
        public boolean mayTakeOver() {
            return tls && (portTaken || withSameCertificate().isPresent());
        }

        /** {@return the running node with the same certificate} A renewed one has the same name. */
        private Optional<RunningNode> withSameCertificate() {
            return running.stream()
                    .filter(node ->
                            tls && !nodeName.isEmpty() && node.nodeName().equals(nodeName))
                    .findFirst();
        }

        /** {@return the running nodes that have the same neighbors: of the same domain, or without certificates} */
        private List<RunningNode> inSameNetwork() {
            String domain = tls ? domain(nodeName) : "";
            return running.stream()
                    .filter(node -> tls != node.nodeName().isEmpty())
                    .filter(node -> domain(node.nodeName()).equals(domain))
                    .toList();
        }

        private static String domain(String nodeName) {
            return nodeName.substring(nodeName.lastIndexOf('@') + 1);
        }
    }

    /**
     * What a node knows after it has listened for some time.
     *
     * @param found what has answered
     * @param links its links
     * @param neighbors the neighbors beyond this host that it has heard
     * @param status its status
     */
    private record Seen(
            List<AsaLocator> found, List<LinkEntry> links, List<NeighborEntry> neighbors, NodeStatus status) {
        int port() {
            return status.locators().port();
        }
    }

    /**
     * Checks a node that has just started.
     *
     * @param heard an observer of the node since its start
     */
    public Mono<List<CheckResult>> check(Grasp grasp, Heard heard, Question question) {
        Inspection inspection = grasp.inspection();
        return grasp.registerAsa("doctor")
                .flatMap(asa -> found(asa, question))
                .flatMap(found -> Mono.zip(
                                Inspection.all(ALL, inspection::links).collectList(),
                                Inspection.all(ALL, inspection::neighbors).collectList(),
                                inspection.status())
                        .map(all -> new Seen(found, all.getT1(), others(all.getT2()), all.getT3())))
                .flatMap(seen -> {
                    List<CheckResult> results = new ArrayList<>(links.check(seen.links, question.linksChosen));
                    results.addAll(key(seen, question));
                    results.addAll(loops(seen, heard));
                    results.addAll(heard.check());
                    results.add(neighbors(seen, question));
                    Set<String> objectives = heard.objectives(isOfThisHost());
                    return Mono.fromCallable(() -> {
                                results.addAll(host.firewall(packets(seen, question)));
                                results.addAll(connections(seen, question));
                                objective(
                                                seen.found,
                                                seen.neighbors.size(),
                                                objectives,
                                                LinkChecks.notChosen(seen.links),
                                                results,
                                                question)
                                        .ifPresent(results::add);
                                return List.copyOf(results);
                            })
                            .subscribeOn(blocking);
                });
    }

    /** Discovers for the whole time, in which neighbors may send something too. */
    private static Mono<List<AsaLocator>> found(Asa asa, Question question) {
        String name = question.objective;
        return asa.discover(
                        name == null ? Objective.discoverable(NOTHING).withLoopCount(1) : Objective.discoverable(name),
                        DiscoverOptions.within(question.listening).withoutCached())
                .onErrorResume(GraspException.class, failure -> Flux.empty()) // too long for each link, for example
                .collectList();
    }

    private static List<LinkInfo> up(Seen seen) {
        return seen.links.stream().flatMap(link -> link.link().stream()).toList();
    }

    /** Compares the key of QUADS with those of running nodes, or shows its fingerprint if there are none. */
    private static List<CheckResult> key(Seen seen, Question question) {
        String own = seen.status.keyFingerprint().orElse("");
        if (own.isEmpty()) {
            return List.of();
        }
        List<RunningNode> withKey = question.running.stream()
                .filter(node -> !node.keyFingerprint().isEmpty())
                .toList();
        if (withKey.isEmpty()) {
            return List.of(RunningNode.key(own));
        }
        return withKey.stream()
                .filter(node -> !node.keyFingerprint().equals(own))
                .map(node -> CheckResult.finding(
                        RunningNode.KEY,
                        "the key that the options give has the fingerprint " + own + ", and the node at " + node.place()
                                + " has another one",
                        "nodes with different keys do not understand each other",
                        "give both the same --quads-key or --quads-password-file"))
                .toList();
    }

    /** A multicast comes back to the host that sent it, through its own packet filter. */
    private static List<CheckResult> loops(Seen seen, Heard heard) {
        return up(seen).stream()
                .filter(link -> !link.repliesInBand())
                .map(link -> heard.hasLooped(link.name())
                        ? CheckResult.ok("multicast on " + link.name(), "sent, and received by this host itself")
                        : CheckResult.finding(
                                "multicast on " + link.name(),
                                "the discovery of this host did not come back to it",
                                "the system drops multicasts, so that those of neighbors do not arrive either",
                                "accept UDP to port " + MULTICAST_PORT
                                        + " in the firewall of this host; see what else is found here"))
                .toList();
    }

    private Predicate<InetAddress> isOfThisHost() {
        return ofHost ? HostAddresses.now() : address -> false;
    }

    /** {@return the neighbors that are not nodes of this host, which say nothing of the network} */
    private List<NeighborEntry> others(List<NeighborEntry> all) {
        Predicate<InetAddress> isOwn = isOfThisHost();
        return all.stream().filter(each -> !isOwn.test(each.address())).toList();
    }

    /** {@return what running nodes of the same network have heard of other hosts} */
    private List<String> heardByRunning(Question question) {
        Predicate<InetAddress> isOwn = isOfThisHost();
        return question.inSameNetwork().stream()
                .flatMap(node -> node.neighbors().stream())
                .filter(each -> !isOwn.test(each.address()))
                .map(RunningNode.Neighbor::words)
                .toList();
    }

    /**
     * Checks what the running node knows, if the doctor may run no node: it would have the same certificate, and take
     * over the connections of that node. There may be one that is not known.
     */
    public List<CheckResult> checkRunning(Question question) {
        List<String> heard = heardByRunning(question);
        List<CheckResult> results = new ArrayList<>();
        Optional<RunningNode> same = question.withSameCertificate();
        String check = "network";
        if (same.isEmpty()) {
            results.add(CheckResult.skipped(
                    check,
                    "what uses the port may be a node with the same certificate, whose connections a node of the doctor"
                            + " would take over: name its control socket by --via"));
        } else {
            results.add(CheckResult.skipped(
                    check,
                    "the doctor runs no node, because it would take over the connections of the node at "
                            + same.get().place() + ", which has the same certificate"));
        }
        if (!heard.isEmpty()) {
            results.add(CheckResult.ok("neighbors", byRunning(heard)));
        } else if (same.isPresent()) {
            results.add(CheckResult.skipped("neighbors", "the running node has heard none on another host"));
        }
        results.addAll(host.firewall(interfacePackets(question)));
        if (question.peer != null) {
            results.add(peer(question.peer));
        }
        objective(List.of(), heard.size(), Set.of(), List.of(), results, question)
                .ifPresent(results::add);
        return results;
    }

    private static String byRunning(List<String> heard) {
        return "the running node has heard " + heard.size() + ": "
                + heard.stream().limit(MOST_NEIGHBORS).collect(Collectors.joining(", "));
    }

    private CheckResult neighbors(Seen seen, Question question) {
        String check = "neighbors";
        List<String> known = heardByRunning(question);
        if (seen.neighbors.isEmpty() && !known.isEmpty()) {
            return CheckResult.ok(check, "none was heard now; " + byRunning(known));
        }
        if (seen.neighbors.isEmpty()) {
            return CheckResult.skipped(
                    check,
                    "no other host was heard within " + question.listening.toMillis()
                            + " ms; nodes are silent unless they have something to say"
                            + (question.objective == null ? ": name an objective with --objective" : ""));
        }
        String some = seen.neighbors.stream()
                .limit(MOST_NEIGHBORS)
                .map(each -> AddressText.of(each.address()) + (each.link().isEmpty() ? "" : " on " + each.link()) + " ("
                        + each.lastTypeName() + ")")
                .collect(Collectors.joining(", "));
        return CheckResult.ok(check, seen.neighbors.size() + " heard: " + some);
    }

    private static boolean any(List<CheckResult> results, Predicate<CheckResult> kind, String... checks) {
        return results.stream().filter(kind).anyMatch(each -> List.of(checks).contains(each.check()));
    }

    /**
     * Checks whether the objective is found. What has been found before is the reason if it is not: only without that,
     * or if more is known, it is a finding.
     *
     * @param neighbors the number of neighbors on other hosts
     * @param heard the names of objectives in messages of others
     * @param notChosen interfaces that the node does not use, and could
     * @param before the results of the other checks
     */
    private Optional<CheckResult> objective(
            List<AsaLocator> found,
            int neighbors,
            Set<String> heard,
            List<String> notChosen,
            List<CheckResult> before,
            Question question) {
        String name = question.objective;
        if (name == null) {
            return Optional.empty();
        }
        String check = "objective " + name;
        List<Locator> answers = Stream.concat(
                        found.stream().map(AsaLocator::locator),
                        question.inSameNetwork().stream()
                                .flatMap(node -> node.found().stream())
                                .map(RunningNode.Found::locator))
                .distinct()
                .toList();
        Predicate<InetAddress> isOwn = isOfThisHost();
        List<Locator> others = answers.stream()
                .filter(each -> each.address() == null || !isOwn.test(each.address()))
                .toList();
        if (!answers.isEmpty()) {
            String some = (others.isEmpty() ? answers : others)
                    .stream().limit(MOST_PEERS).map(Locator::toString).collect(Collectors.joining(", "));
            return Optional.of(CheckResult.ok(
                    check,
                    "answered by " + some
                            + (others.isEmpty()
                                    ? ", on this host: that shows nothing of the network; ask on another host"
                                    : "")));
        }
        Optional<String> similar = heard.stream()
                .filter(other -> !other.equals(name) && other.strip().equalsIgnoreCase(name.strip()))
                .findFirst();
        String nothing = "nothing answered within " + question.listening.toMillis() + " ms";
        String remedy;
        if (any(before, CheckResult::isOk, BY_TCP, BY_UDP)) {
            remedy = "the peer answers when it is asked alone, so multicasts do not arrive: a switch between drops them"
                    + " (MLD snooping), or the node there has no link here, see 'grasp show links' there";
        } else if (similar.isPresent()) {
            remedy = "neighbors speak of '" + similar.get() + "': names are compared byte for byte";
        } else if (question.faulty || before.stream().anyMatch(CheckResult::isFinding)) {
            return Optional.of(CheckResult.skipped(check, nothing + ": solve what is found above, and ask again"));
        } else if (!notChosen.isEmpty()) {
            remedy = "is it on " + String.join(" or ", notChosen) + "? This node does not use "
                    + (notChosen.size() == 1 ? "that interface" : "those interfaces") + ": --link chooses it";
        } else if (any(before, CheckResult::isSkipped, BY_TCP)) {
            remedy = "start an ASA for it on the peer, or name the host with --peer on which one runs";
        } else if (neighbors == 0) {
            remedy = "run 'grasp doctor' on the other host, and look at its link and firewall; --peer asks a peer past"
                    + " the multicasts";
        } else {
            remedy = "is the name right, and does its ASA listen? A flooded value is not discovered: 'grasp get-flood'"
                    + " shows it";
        }
        return Optional.of(CheckResult.finding(
                check,
                nothing,
                "an objective is found only if an ASA listens for it, the discovery arrives there, and the answer"
                        + " arrives here",
                remedy));
    }

    private static List<Packet> packets(Seen seen, Question question) {
        int port = question.port == 0 ? seen.port() : question.port;
        List<Packet> packets = new ArrayList<>();
        for (LinkInfo link : up(seen)) {
            if (!link.repliesInBand()) {
                boolean ipv6 = link.linkLocalAddress() instanceof Inet6Address;
                packets.add(new Packet(true, ipv6, true, MULTICAST_PORT, link.name()));
                packets.add(new Packet(false, ipv6, true, MULTICAST_PORT, link.name()));
                packets.add(new Packet(true, ipv6, false, port, link.name()));
            }
        }
        packets.addAll(interfacePackets(question));
        return packets;
    }

    /** {@return the packets by which peers with certificates connect, by whatever interface} */
    private static List<Packet> interfacePackets(Question question) {
        List<Packet> packets = new ArrayList<>();
        int port = question.port;
        if (question.tls && port != 0) {
            HostChecks.interfaces()
                    .forEach((name, versions) ->
                            versions.forEach(ipv6 -> packets.add(new Packet(true, ipv6, false, port, name))));
        }
        return packets;
    }

    private List<CheckResult> connections(Seen seen, Question question) {
        List<CheckResult> results = new ArrayList<>();
        for (LinkInfo link : up(seen)) {
            if (!link.repliesInBand()) {
                InetSocketAddress own = place(link.linkLocalAddress(), link.index(), seen.port());
                results.add(connection(
                        "own port on " + link.name(),
                        own,
                        "answers and sessions come by connections to it",
                        "accept TCP to this port in the firewall of this host, also from itself"));
            }
        }
        if (question.peer != null) {
            CheckResult opens = peer(question.peer);
            results.add(opens);
            results.addAll(direct(question, !opens.isFinding()));
        }
        answering(seen).stream()
                .limit(MOST_PEERS)
                .forEach(peer -> results.add(connection(
                        "answer",
                        peer,
                        "the peer has answered with this locator, and a session needs a connection to it",
                        "open the port in the firewall there; " + Documents.path("docs/addresses.md")
                                + " says which address a node gives")));
        return results;
    }

    private CheckResult peer(InetSocketAddress peer) {
        return connection(
                "peer",
                peer,
                "sessions with it need such a connection",
                "does a node run there, at this port? Does the firewall there accept it?");
    }

    /** Asks the peer that the user names, by TCP and by UDP, past the multicasts. */
    private List<CheckResult> direct(Question question, boolean opens) {
        InetSocketAddress peer = question.peer;
        String objective = question.objective;
        if (peer == null || objective == null || !ofHost || question.tls || question.encrypted) {
            return List.of();
        }
        List<CheckResult> results = new ArrayList<>();
        if (opens) {
            results.add(byTcp(objective, peer));
        }
        results.add(byUdp(
                objective,
                new InetSocketAddress(peer.getAddress(), MULTICAST_PORT),
                any(results, CheckResult::isOk, BY_TCP)));
        return results;
    }

    private static CheckResult byTcp(String objective, InetSocketAddress to) {
        String place = AddressText.onThisHost(to);
        try {
            return switch (DirectDiscovery.byTcp().ask(objective, to)) {
                case RESPONSE -> answered(BY_TCP, objective, place);
                case SILENCE ->
                    CheckResult.skipped(
                            BY_TCP,
                            place + " accepts a discovery and does not answer, as a node without an ASA for "
                                    + objective + ": an objective that it has would show more");
                case OTHER ->
                    CheckResult.finding(
                            BY_TCP,
                            place + " has ended the connection, or has sent what no GRASP node sends",
                            WHY_DIRECT,
                            "is it the port of a GRASP node? One with certificates or QUADS answers only nodes with"
                                    + " such, see its log");
            };
        } catch (IOException e) {
            return notAsked(BY_TCP, place, e);
        }
    }

    /** @param byTcp whether the peer has answered by TCP, so that it would answer by UDP */
    private static CheckResult byUdp(String objective, InetSocketAddress to, boolean byTcp) {
        String place = AddressText.onThisHost(to);
        try {
            if (DirectDiscovery.byUdp().ask(objective, to) == DirectDiscovery.Answer.RESPONSE) {
                return answered(BY_UDP, objective, place);
            }
            return byTcp
                    ? CheckResult.finding(
                            BY_UDP,
                            place + " has not answered for " + objective + " within " + Connector.TIMEOUT_MILLIS
                                    + " ms",
                            WHY_DIRECT,
                            "it answers by TCP: a firewall drops UDP to port " + MULTICAST_PORT
                                    + " there, or connections to any port here")
                    : CheckResult.skipped(
                            BY_UDP, place + " has not answered, which shows nothing if it has no ASA for " + objective);
        } catch (IOException e) {
            return notAsked(BY_UDP, place, e);
        }
    }

    private static CheckResult answered(String check, String objective, String place) {
        return CheckResult.ok(check, place + " has answered for " + objective + ", asked alone");
    }

    private static CheckResult notAsked(String check, String place, IOException failure) {
        return CheckResult.finding(
                check,
                place + " cannot be asked: " + failure.getMessage(),
                WHY_DIRECT,
                "does this host have a route to it? Look at 'ip route get'");
    }

    private static Set<InetSocketAddress> answering(Seen seen) {
        Set<InetSocketAddress> peers = new LinkedHashSet<>();
        for (AsaLocator found : seen.found) {
            InetAddress address = found.locator().address();
            Integer port = found.locator().port();
            Integer protocol = found.locator().protocol();
            if (address != null && port != null && protocol != null && protocol == Locator.TCP) {
                peers.add(place(address, found.linkIndex(), port));
            }
        }
        return peers;
    }

    private static InetSocketAddress place(InetAddress address, int linkIndex, int port) {
        try {
            InetAddress scoped = address instanceof Inet6Address && address.isLinkLocalAddress()
                    ? Inet6Address.getByAddress(null, address.getAddress(), linkIndex)
                    : address;
            return new InetSocketAddress(scoped, port);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e); // it has the length of an address
        }
    }

    private CheckResult connection(String check, InetSocketAddress to, String why, String remedy) {
        String place = AddressText.onThisHost(to);
        return connector
                .problem(to)
                .map(problem -> CheckResult.finding(check, "no connection to " + place + ": " + problem, why, remedy))
                .orElseGet(() -> CheckResult.ok(check, place + " accepts connections"));
    }
}
