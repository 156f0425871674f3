package io.grasp.neighbors;

import io.grasp.api.Asa;
import io.grasp.api.FloodOptions;
import io.grasp.api.Grasp;
import io.grasp.cbor.CborException;
import io.grasp.cbor.CborReader;
import io.grasp.model.FloodedObjective;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.LinkInfo;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.TaggedObjective;
import io.grasp.observe.GraspObserver;
import io.grasp.substrate.netty.overlay.NeighborSource;
import io.grasp.util.AddressText;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** What one DULL instance floods and hears. Used on its loop. */
final class LinkSearch implements GraspObserver {
    /** Recommended by RFC 8994 section 6.4, as is the ttl. */
    static final Duration PERIOD = Duration.ofMinutes(1);

    static final Duration TTL = Duration.ofSeconds(210);

    /** A neighbor that floods earlier after its last flood has started anew. */
    private static final Duration EARLIEST = PERIOD.multipliedBy(3).dividedBy(4);

    /** The least time between a flood and one for a new neighbor, and by which a report prolongs that of a place. */
    private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(10);

    /** How many neighbors are remembered in order to notice that one has started anew. */
    private static final int MAX_REMEMBERED = 64;

    /** How many places that are not remembered are reported in a second: any host of the link can invent them. */
    static final int MAX_NEW_PLACES = 100;

    private final String name;
    private final NeighborSource.Neighbors neighbors;

    /** Those heard lately by address and port, the longest ago first. */
    private final Map<String, Heard> heard = new LinkedHashMap<>();

    private final Sinks.Many<Boolean> floodNow = Sinks.many().multicast().directBestEffort();
    private @Nullable LinkInfo link;
    private Duration lastFlood = Duration.ZERO;
    private boolean isAnnounced = true;
    private long second;
    private int newPlaces;

    /**
     * A place.
     *
     * @param last when it was heard last
     * @param until when what was reported about it ends
     */
    private record Heard(Duration last, Duration until) {}

    /**
     * A search.
     *
     * @param name what failures are reported as
     * @param neighbors receives the neighbors
     */
    LinkSearch(String name, NeighborSource.Neighbors neighbors) {
        this.name = name;
        this.neighbors = neighbors;
    }

    @Override
    public void linkUp(LinkInfo up) {
        link = up;
        floodNow.tryEmitNext(true);
    }

    @Override
    public void linkDown(LinkInfo down) {
        link = null;
        heard.clear(); // they cannot be reached, and the link may come back with another index
        report("the link is down; it is awaited");
    }

    @Override
    public void linkFailed(String failed, Throwable cause) {
        neighbors.failed(name, cause);
    }

    private void report(String what) {
        neighbors.failed(name, GraspException.transport(GraspErrorCode.UNSPECIFIED, what));
    }

    /** {@return does not complete; fails if the instance fails} */
    Mono<Void> run(Grasp dull) {
        return dull.registerAsa("neighbors")
                .flatMap(asa -> Mono.firstWithSignal(
                        asa.floods(
                                        DullNeighborSource.OBJECTIVE,
                                        flooded -> Mono.fromRunnable(() -> heard(flooded, dull.now())))
                                .then(dull.onClose())
                                .then(Mono.never()),
                        announce(dull, asa)));
    }

    private Mono<Void> announce(Grasp dull, Asa asa) {
        Objective objective = Objective.synchronizable(DullNeighborSource.OBJECTIVE)
                .withLoopCount(1)
                .withValue(ObjectiveValue.of(DullNeighborSource.METHOD));
        Flux<Long> beats = floodNow.asFlux()
                .startWith(true)
                .switchMap(begin ->
                        Flux.interval(Duration.ZERO, PERIOD, dull.scheduler()).onBackpressureDrop());
        return asa.register(objective)
                .thenMany(beats.concatMap(beat -> flood(dull, asa, objective)))
                .then();
    }

    private Mono<Void> flood(Grasp dull, Asa asa, Objective objective) {
        LinkInfo on = link;
        if (on == null) {
            return Mono.empty();
        }
        OptionalInt port = neighbors.portAt(on.linkLocalAddress());
        if (port.isEmpty()) {
            if (isAnnounced) {
                isAnnounced = false;
                report("this node accepts no connections at " + AddressText.of(on.linkLocalAddress())
                        + ", so it is not announced");
            }
            return Mono.empty();
        }
        isAnnounced = true;
        lastFlood = dull.now();
        // The unspecified address is sent as the link-local one, which is also the initiator.
        TaggedObjective tagged = new TaggedObjective(objective, Locator.tcp("::", port.getAsInt()));
        return asa.flood(List.of(tagged), FloodOptions.validFor(TTL)).onErrorResume(GraspException.class, failure -> {
            neighbors.failed(name, failure);
            return Mono.empty();
        });
    }

    private void heard(FloodedObjective flooded, Duration now) {
        InetSocketAddress neighbor = neighbor(flooded);
        if (neighbor == null || !isOurMethod(flooded.objective().value())) {
            return;
        }
        String place = AddressText.of(neighbor);
        Heard before = heard.remove(place);
        if (before == null && !permitsNewPlace(now)) {
            return;
        }
        Duration valid = valid(flooded.ttl());
        Duration until = now.plus(valid);
        if (before == null || until.minus(before.until).compareTo(SHORTEST_PAUSE) >= 0) {
            neighbors.found(neighbor, valid);
            heard.put(place, new Heard(now, until));
        } else {
            heard.put(place, new Heard(now, before.until));
        }
        if (heard.size() > MAX_REMEMBERED) {
            heard.remove(heard.keySet().iterator().next());
        }
        Duration silence = before == null ? TTL : now.minus(before.last);
        boolean started = silence.compareTo(EARLIEST) < 0 || silence.compareTo(TTL) >= 0;
        if (started && now.minus(lastFlood).compareTo(SHORTEST_PAUSE) >= 0) {
            lastFlood = now;
            floodNow.tryEmitNext(true);
        }
    }

    /** A place that is not remembered may cost the node's loop some work, so there are few of them in a second. */
    private boolean permitsNewPlace(Duration now) {
        if (now.toSeconds() != second) {
            second = now.toSeconds();
            newPlaces = 0;
        }
        return ++newPlaces <= MAX_NEW_PLACES;
    }

    /** Between one period, so that a neighbor is not tried anew at each of its floods, and a few. */
    private static Duration valid(Duration timeToLive) {
        if (timeToLive.compareTo(PERIOD) < 0) {
            return PERIOD;
        }
        return timeToLive.compareTo(TTL) < 0 ? timeToLive : TTL;
    }

    /** {@return the address of another node, {@code null} if the flood does not name one as the RFC requires} */
    private @Nullable InetSocketAddress neighbor(FloodedObjective flooded) {
        if (!(flooded.locator() instanceof Locator.Ipv6 locator)
                || locator.protocol() != Locator.TCP
                || locator.port() == 0
                || !locator.address().isLinkLocalAddress()
                || !sameBytes(locator.address(), flooded.initiator())
                || isThisNode(locator)) {
            return null;
        }
        try {
            return new InetSocketAddress(
                    Inet6Address.getByAddress(null, locator.address().getAddress(), flooded.linkIndex()),
                    locator.port());
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    private boolean isThisNode(Locator.Ipv6 locator) {
        LinkInfo on = link;
        return on != null
                && sameBytes(locator.address(), on.linkLocalAddress())
                && neighbors.portAt(on.linkLocalAddress()).equals(OptionalInt.of(locator.port()));
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
        CborReader reader = value.content().reader();
        try {
            for (int depth = 0; depth < 2 && reader.isArray(); depth++) {
                reader.readArrayHeader();
            }
            return reader.isText() && reader.readText().equals(DullNeighborSource.METHOD);
        } catch (CborException e) {
            return false; // text that is not UTF-8
        }
    }
}
