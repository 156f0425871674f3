package io.grasp.samples.onboarding;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.model.GraspException;
import io.grasp.model.LinkInfo;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.TaggedObjective;
import io.grasp.samples.text.LineOutput;
import io.grasp.substrate.netty.NettyLoop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A join proxy (RFC 8995 section 4): a member of the protected network that lets pledges on its unprotected link reach
 * a registrar. It learns registrars by the floods in the protected network, and floods itself by DULL while it knows
 * one. Each connection of a pledge is carried to a registrar, of which the nearest are tried first; one that cannot be
 * reached is removed from the flood cache until its next flood.
 */
public final class JoinProxy {
    /** The default time between two floods: three are sent within the ttl of RFC 8995's example. */
    public static final Duration PERIOD = Duration.ofSeconds(60);

    private static final Duration LINK_POLL = Duration.ofSeconds(2);

    private final Grasp member;
    private final Grasp dull;
    private final NettyLoop loop;
    private final Settings settings;
    private final LineOutput talk;
    private final Consumer<CircuitEnd> ended;

    /**
     * A join proxy.
     *
     * @param member the node in the protected network
     * @param dull the DULL instance on the link of the pledges, which allows {@code AN_Proxy}
     * @param loop the loop of the DULL instance, which also carries the data of pledges: it should not be that of the
     *     member, which pledges must not delay
     * @param settings the settings
     * @param talk receives lines about what the proxy does
     * @param ended receives each circuit that has ended, on the loop. Any node on the link can cause these at any rate
     */
    public JoinProxy(
            Grasp member, Grasp dull, NettyLoop loop, Settings settings, LineOutput talk, Consumer<CircuitEnd> ended) {
        this.member = member;
        this.dull = dull;
        this.loop = loop;
        this.settings = settings;
        this.talk = talk;
        this.ended = ended;
    }

    /**
     * The settings of a proxy.
     *
     * @param port the TCP port for pledges, 0 for any
     * @param period the time between two floods; each is valid for three of them
     * @param limits the limits of the circuits
     * @param graspyName whether it also floods {@code AN_proxy}, as graspy spells it; the DULL instance must allow that
     */
    public record Settings(int port, Duration period, CircuitLimits limits, boolean graspyName) {
        /** Any port, {@link JoinProxy#PERIOD}, the default limits, and the name of RFC 8995 alone. */
        public static final Settings DEFAULTS = new Settings(0, PERIOD, CircuitLimits.DEFAULTS, false);

        /** Checks the components. */
        public Settings {
            Objects.requireNonNull(period, "period");
            Objects.requireNonNull(limits, "limits");
            if (port < 0 || port > Locator.MAX_PORT) {
                throw new IllegalArgumentException("port " + port + " is not 0 to " + Locator.MAX_PORT);
            }
        }
    }

    /**
     * Runs until it is cancelled, or one of its nodes is closed.
     *
     * @param whenReady receives the place for pledges, when connections are accepted there; again if the address of the
     *     link changes
     * @return fails if the port cannot be used. Cancelling it resets all circuits
     */
    public Mono<Void> run(Consumer<InetSocketAddress> whenReady) {
        return Mono.zip(member.registerAsa("join-proxy"), dull.registerAsa("join-proxy"))
                .flatMap(asas -> Flux.fromIterable(names())
                        .concatMap(asas.getT2()::register)
                        .then(Mono.defer(() -> {
                            FloodedRegistrars registrars = new FloodedRegistrars(asas.getT1(), new Random(), talk);
                            return follow(address -> run(registrars, asas.getT2(), address, whenReady));
                        })));
    }

    /** Serves the link at the address that it has; when that changes, the circuits there have ended anyway. */
    private Mono<Void> follow(Function<InetAddress, Mono<Void>> serve) {
        return Flux.interval(Duration.ZERO, LINK_POLL, dull.scheduler())
                .onBackpressureDrop()
                .concatMap(tick -> dull.links())
                .map(links -> links.stream().map(LinkInfo::linkLocalAddress).findFirst())
                .distinctUntilChanged()
                .switchMap(address -> address.map(serve).orElseGet(() -> {
                    talk.say("Waiting for the link of the new devices");
                    return Mono.empty();
                }))
                .then();
    }

    private Mono<Void> run(
            FloodedRegistrars registrars, Asa announcer, InetAddress address, Consumer<InetSocketAddress> whenReady) {
        return Mono.usingWhen(
                Mono.fromSupplier(() -> new CircuitProxy(loop.events(), settings.limits(), registrars, ended)),
                proxy -> proxy.listen(new InetSocketAddress(address, settings.port()))
                        .flatMap(place -> {
                            whenReady.accept(place);
                            return announceWhileUseful(registrars, announcer, place.getPort());
                        }),
                CircuitProxy::close);
    }

    private List<Objective> names() {
        return settings.graspyName()
                ? List.of(JoinObjectives.PROXY, JoinObjectives.GRASPY_PROXY)
                : List.of(JoinObjectives.PROXY);
    }

    /** Floods while a registrar is known; without one, a pledge would come in vain. */
    private Mono<Void> announceWhileUseful(FloodedRegistrars registrars, Asa announcer, int port) {
        return registrars
                .next()
                .doOnNext(flooded -> talk.say("A registrar is at " + flooded.locator()))
                .flatMap(found -> Flux.interval(Duration.ZERO, settings.period(), dull.scheduler())
                        .onBackpressureDrop()
                        .concatMap(tick -> registrars.known().hasElements())
                        .takeWhile(isKnown -> isKnown)
                        .concatMap(known -> announce(announcer, port))
                        .then(Mono.just(found)))
                .doOnNext(found -> talk.say("No registrar is known any more"))
                .repeat()
                .then()
                .onErrorComplete(GraspException.class); // a node is closed
    }

    private Mono<Void> announce(Asa announcer, int port) {
        Locator here = Locator.tcp("::", port); // becomes the link-local address
        // One flood for each name: a DULL instance discards a flood with a name that it does not allow.
        return Flux.fromIterable(names())
                .concatMap(name -> announcer.flood(
                        List.of(new TaggedObjective(name, here)),
                        settings.period().multipliedBy(3)))
                .then()
                .onErrorResume(GraspException.class, failure -> {
                    talk.say("Flood of " + JoinObjectives.PROXY.name() + " failed: " + failure.getMessage());
                    return Mono.empty();
                });
    }
}
