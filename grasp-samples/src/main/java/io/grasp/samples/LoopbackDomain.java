package io.grasp.samples;

import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
import io.grasp.model.AcpNodeName;
import io.grasp.observe.GraspObserver;
import io.grasp.samples.ca.KeyKind;
import io.grasp.samples.ca.TestAuthority;
import io.grasp.samples.selftest.SelfTest;
import io.grasp.security.Identity;
import io.grasp.security.IdentityConfig;
import io.grasp.security.IdentityException;
import io.grasp.substrate.netty.overlay.OverlayConfig;
import io.grasp.util.AddressText;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Two members of a domain that exists only in memory. They are neighbors by TLS on the loopback interface, so that
 * neither settings nor privileges are needed.
 */
final class LoopbackDomain {
    private static final String DOMAIN = "selftest.example";
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
    private static final Duration LIFETIME = Duration.ofHours(1);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration LOOK = Duration.ofMillis(20);

    private final TestAuthority authority = TestAuthority.create(DOMAIN, KeyKind.EC, Instant.now(), LIFETIME);

    LoopbackDomain() {}

    /** Uses two nodes that are neighbors, and closes them. */
    <T> Mono<T> use(GraspObserver observer, BiFunction<Grasp, Grasp, Mono<T>> work) {
        return member(
                1,
                List.of(),
                observer,
                one -> one.locators()
                        .map(locators -> AddressText.of(new InetSocketAddress(LOOPBACK, locators.port())))
                        .flatMap(place -> member(
                                2,
                                List.of(place),
                                observer,
                                other -> Mono.when(linked(one), linked(other))
                                        .then(Mono.defer(() -> work.apply(one, other))))));
    }

    /** {@return completes when a node has its neighbor} */
    private static Mono<Void> linked(Grasp node) {
        return Flux.interval(Duration.ZERO, LOOK, node.scheduler())
                .onBackpressureDrop()
                .concatMap(look -> node.links())
                .filter(up -> !up.isEmpty())
                .next()
                .timeout(
                        PATIENCE,
                        Mono.error(() -> new IllegalStateException("the two nodes have not become neighbors within "
                                + PATIENCE.toSeconds() + " s: is the loopback interface up?")),
                        node.scheduler())
                .then();
    }

    private <T> Mono<T> member(
            int number, List<String> neighbors, GraspObserver observer, Function<Grasp, Mono<T>> work) {
        return Mono.using(
                () -> identity(number),
                identity -> Mono.usingWhen(
                        Grasp.start(SelfTest.settings(GraspConfig.defaults())
                                .withOverlay(
                                        OverlayConfig.defaults()
                                                .withPort(0)
                                                .withAddresses(LOOPBACK)
                                                .withNeighbors(neighbors),
                                        identity)
                                .withAdvertisedAddress(LOOPBACK)
                                .withObserver(observer)),
                        work,
                        Grasp::closeAsync),
                Identity::close);
    }

    private Identity identity(int number) throws IdentityException {
        AcpNodeName name = AcpNodeName.parse(
                String.format(Locale.ROOT, "fda379a6f6ee0000020000000001%04x@%s", number << 1, DOMAIN));
        TestAuthority.Enrolled enrolled = authority.enroll("node-" + number, name, Instant.now(), LIFETIME, null);
        return Identity.open(
                IdentityConfig.of(List.of(enrolled.certificate()), enrolled.key(), List.of(authority.certificate())));
    }
}
