package io.grasp.samples.doctor;

import io.grasp.api.Asa;
import io.grasp.api.DiscoverOptions;
import io.grasp.api.Grasp;
import io.grasp.api.Inspection;
import io.grasp.inspection.LinkEntry;
import io.grasp.inspection.NeighborEntry;
import io.grasp.inspection.PageRequest;
import io.grasp.model.AsaLocator;
import io.grasp.model.GraspException;
import io.grasp.model.LinkInfo;
import io.grasp.model.Locator;
import io.grasp.model.NodeLocators;
import io.grasp.model.Objective;
import io.grasp.samples.text.Documents;
import io.grasp.util.AddressText;
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
import java.util.stream.Collectors;
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

    private static final int MULTICAST_PORT = 7017;
    private static final int MOST_PEERS = 3;
    private static final int MOST_NEIGHBORS = 5;
    private static final PageRequest ALL = PageRequest.FIRST;

    private final HostChecks host;
    private final Connector connector;
    private final Scheduler blocking;
    private final LinkChecks links;

    private NetworkChecks(
            HostChecks host, Connector connector, Scheduler blocking, Function<String, OptionalInt> mtus) {
        this.host = host;
        this.connector = connector;
        this.blocking = blocking;
        this.links = new LinkChecks(host.files(), mtus);
    }

    /** {@return checks with the sockets and interfaces of this host} */
    public static NetworkChecks ofHost(HostChecks host) {
        return new NetworkChecks(host, Connector.ofHost(), Schedulers.boundedElastic(), LinkChecks::mtu);
    }

    /**
     * {@return checks of a node in a simulated network, whose interfaces are not those of this host}
     *
     * @param connector opens connections in that network, without blocking
     */
    public static NetworkChecks simulated(HostChecks host, Connector connector) {
        return new NetworkChecks(host, connector, Schedulers.immediate(), link -> OptionalInt.empty());
    }

    /**
     * What the user wants to know.
     *
     * @param objective the objective that does not answer; {@code null} if the user names none
     * @param peer the peer that does not answer; {@code null} if the user names none
     * @param listening how long neighbors are heard
     * @param linksChosen whether the user has named the links
     * @param tls whether peers connect by TLS to one port, by whatever interface
     * @param port the port that the user has named; 0 if the node has any
     */
    public record Question(
            @Nullable String objective,
            @Nullable InetSocketAddress peer,
            Duration listening,
            boolean linksChosen,
            boolean tls,
            int port) {}

    /** What a node knows after it has listened for some time. */
    private record Seen(
            List<AsaLocator> found, List<LinkEntry> links, List<NeighborEntry> neighbors, NodeLocators own) {}

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
                                grasp.locators())
                        .map(all -> new Seen(found, all.getT1(), all.getT2(), all.getT3())))
                .flatMap(seen -> {
                    List<CheckResult> results = new ArrayList<>(links.check(seen.links, question.linksChosen));
                    results.addAll(loops(seen, heard));
                    results.addAll(heard.check());
                    results.add(neighbors(seen, question));
                    Set<String> objectives = Set.copyOf(heard.objectives());
                    return Mono.fromCallable(() -> {
                                results.addAll(host.firewall(packets(seen, question)));
                                results.addAll(connections(seen, question));
                                // the last: what is found before may be the reason
                                objective(seen, objectives, question).ifPresent(results::add);
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

    private static CheckResult neighbors(Seen seen, Question question) {
        String check = "neighbors";
        if (seen.neighbors.isEmpty()) {
            return CheckResult.skipped(
                    check,
                    "none was heard within " + question.listening.toMillis()
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

    private static Optional<CheckResult> objective(Seen seen, Set<String> heard, Question question) {
        String name = question.objective;
        if (name == null) {
            return Optional.empty();
        }
        String check = "objective " + name;
        if (!seen.found.isEmpty()) {
            return Optional.of(CheckResult.ok(
                    check,
                    "answered by "
                            + seen.found.stream()
                                    .limit(MOST_PEERS)
                                    .map(each -> each.locator().toString())
                                    .collect(Collectors.joining(", "))));
        }
        Optional<String> similar = heard.stream()
                .filter(other -> !other.equals(name) && other.strip().equalsIgnoreCase(name.strip()))
                .findFirst();
        String remedy = similar.isPresent()
                ? "neighbors speak of '" + similar.get() + "': names are compared byte for byte"
                : seen.neighbors.isEmpty()
                        ? "solve what else is found here; then run 'grasp doctor' on the other host, and look at its"
                                + " link and firewall"
                        : "is the name right, and does its ASA listen? A flooded value is not discovered:"
                                + " 'grasp get-flood' shows it";
        return Optional.of(CheckResult.finding(
                check,
                "nothing answered within " + question.listening.toMillis() + " ms",
                "an objective is found only if an ASA listens for it, the discovery arrives there, and the answer"
                        + " arrives here",
                remedy));
    }

    private static List<Packet> packets(Seen seen, Question question) {
        int port = question.port == 0 ? seen.own.port() : question.port;
        List<Packet> packets = new ArrayList<>();
        for (LinkInfo link : up(seen)) {
            if (!link.repliesInBand()) {
                boolean ipv6 = link.linkLocalAddress() instanceof Inet6Address;
                packets.add(new Packet(true, ipv6, true, MULTICAST_PORT, link.name()));
                packets.add(new Packet(false, ipv6, true, MULTICAST_PORT, link.name()));
                packets.add(new Packet(true, ipv6, false, port, link.name()));
            }
        }
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
                InetSocketAddress own = place(link.linkLocalAddress(), link.index(), seen.own.port());
                results.add(connection(
                        "own port on " + link.name(),
                        own,
                        "answers and sessions come by connections to it",
                        "accept TCP to this port in the firewall of this host, also from itself"));
            }
        }
        if (question.peer != null) {
            results.add(connection(
                    "peer",
                    question.peer,
                    "sessions with it need such a connection",
                    "does a node run there, at this port? Does the firewall there accept it?"));
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
