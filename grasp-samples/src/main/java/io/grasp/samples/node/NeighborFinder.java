package io.grasp.samples.node;

import io.grasp.api.Asa;
import io.grasp.api.FloodOptions;
import io.grasp.api.Grasp;
import io.grasp.model.FloodedObjective;
import io.grasp.model.GraspException;
import io.grasp.model.LinkInfo;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.TaggedObjective;
import io.grasp.substrate.netty.overlay.NeighborSource;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import tools.jackson.databind.JsonNode;

/**
 * Finds neighbors on a link for an overlay, as ACP nodes do (RFC 8994 section 6.4): a DULL instance floods that this
 * node accepts TLS, and listens for the same of others. Nothing of it is authenticated, which is the affair of the TLS
 * connection that follows; so what is heard is valid for a short time only, whatever its sender says, and the overlay
 * bounds the number of neighbors. When a neighbor starts, the node floods at once, so that both need not wait for the
 * end of the period.
 */
final class NeighborFinder {
    /** The objective of RFC 8994 section 6.4. */
    static final String OBJECTIVE = "AN_ACP";

    /** The name of the method; those without dots are for standards. */
    static final String METHOD = "io.grasp.tls";

    /** Recommended by RFC 8994 section 6.4, as is the ttl. */
    static final Duration PERIOD = Duration.ofMinutes(1);

    static final Duration TTL = Duration.ofSeconds(210);

    /** A neighbor that floods earlier after its last flood has started anew. */
    private static final Duration EARLIEST = PERIOD.multipliedBy(3).dividedBy(4);

    /** The least time between a flood and one for a new neighbor, which need not wait for the end of the period. */
    static final Duration SHORTEST_PAUSE = Duration.ofSeconds(10);

    /** How many neighbors are remembered in order to notice that one has started anew. */
    private static final int MAX_REMEMBERED = 64;

    private final Mono<Grasp> instance;
    private final int port;
    private final NeighborSource.Neighbors neighbors;

    /** When each was heard last, the longest ago first. */
    private final Map<InetSocketAddress, Duration> heard = new LinkedHashMap<>();

    private final Sinks.Many<InetSocketAddress> fresh = Sinks.many().multicast().directBestEffort();
    private Duration lastFlood = Duration.ZERO;

    /**
     * A finder.
     *
     * @param instance starts the DULL instance, which must allow {@link #OBJECTIVE}
     * @param port where this node accepts TLS connections
     * @param neighbors receives the neighbors
     */
    NeighborFinder(Mono<Grasp> instance, int port, NeighborSource.Neighbors neighbors) {
        this.instance = instance;
        this.port = port;
        this.neighbors = neighbors;
    }

    /**
     * Runs it.
     *
     * @return does not complete; fails if the link cannot be used or the instance fails. Cancelling it closes the
     *     instance
     */
    Mono<Void> run() {
        return Mono.usingWhen(instance, this::run, Grasp::closeAsync);
    }

    private Mono<Void> run(Grasp dull) {
        return dull.links().flatMap(links -> {
            if (links.isEmpty()) {
                return Mono.error(new IllegalStateException("no link can be used to find neighbors"));
            }
            LinkInfo link = links.get(0);
            return dull.registerAsa("neighbors")
                    .flatMap(asa -> Mono.firstWithSignal(
                            asa.floods(OBJECTIVE, flooded -> Mono.fromRunnable(() -> heard(flooded, link, dull.now())))
                                    .then(dull.onClose())
                                    .then(Mono.never()),
                            announce(dull, asa)));
        });
    }

    private Mono<Void> announce(Grasp dull, Asa asa) {
        Objective objective =
                Objective.synchronizable(OBJECTIVE).withLoopCount(1).withValue(ObjectiveValue.of(METHOD));
        // The unspecified address is sent as the link-local one, which is also the initiator.
        List<TaggedObjective> flood = List.of(new TaggedObjective(objective, Locator.tcp("::", port)));
        Flux<Long> beats = fresh.asFlux()
                .map(neighbor -> true)
                .startWith(true)
                .switchMap(begin ->
                        Flux.interval(Duration.ZERO, PERIOD, dull.scheduler()).onBackpressureDrop());
        return asa.register(objective)
                .thenMany(beats.concatMap(beat -> {
                    lastFlood = dull.now();
                    return asa.flood(flood, FloodOptions.validFor(TTL))
                            .onErrorResume(GraspException.class, failure -> Mono.empty()); // the link is down
                }))
                .then();
    }

    private void heard(FloodedObjective flooded, LinkInfo link, Duration now) {
        Locator locator = flooded.locator();
        InetSocketAddress neighbor = locator instanceof Locator.Ipv6 ipv6 ? neighbor(flooded, ipv6, link) : null;
        if (neighbor == null || !isOurMethod(flooded.objective().value())) {
            return;
        }
        neighbors.found(neighbor, valid(flooded.expires().minus(now)));
        Duration before = heard.remove(neighbor);
        heard.put(neighbor, now);
        if (heard.size() > MAX_REMEMBERED) {
            heard.remove(heard.keySet().iterator().next());
        }
        Duration silence = before == null ? TTL : now.minus(before);
        boolean started = silence.compareTo(EARLIEST) < 0 || silence.compareTo(TTL) >= 0;
        if (started && now.minus(lastFlood).compareTo(SHORTEST_PAUSE) >= 0) {
            lastFlood = now;
            fresh.tryEmitNext(neighbor);
        }
    }

    /** Between one period, so that a neighbor is not tried anew at each of its floods, and a few. */
    private static Duration valid(Duration timeToLive) {
        if (timeToLive.compareTo(PERIOD) < 0) {
            return PERIOD;
        }
        return timeToLive.compareTo(TTL) < 0 ? timeToLive : TTL;
    }

    /** {@return the address of another node, {@code null} if the flood does not name one as the RFC requires} */
    private @Nullable InetSocketAddress neighbor(FloodedObjective flooded, Locator.Ipv6 locator, LinkInfo link) {
        InetAddress address = locator.address();
        boolean itself = sameBytes(address, link.linkLocalAddress()) && locator.port() == port;
        if (itself
                || locator.protocol() != Locator.TCP
                || locator.port() == 0
                || !address.isLinkLocalAddress()
                || !sameBytes(address, flooded.initiator())) {
            return null;
        }
        try {
            return new InetSocketAddress(
                    Inet6Address.getByAddress(null, address.getAddress(), link.index()), locator.port());
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Without the scope, which a received address may lack. */
    private static boolean sameBytes(InetAddress one, InetAddress other) {
        return Arrays.equals(one.getAddress(), other.getAddress());
    }

    /** The name, or an array that begins with it or with an array that does; the rest must be ignored. */
    private static boolean isOurMethod(ObjectiveValue value) {
        if (!value.isPresent()) {
            return false;
        }
        try {
            JsonNode method = value.asJson();
            for (int depth = 0; depth < 2 && method.isArray() && !method.isEmpty(); depth++) {
                method = method.get(0);
            }
            return method.isString() && method.asString().equals(METHOD);
        } catch (GraspException e) {
            return false; // a value that is no tree
        }
    }
}
