package io.grasp.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.api.Asa;
import io.grasp.api.Move;
import io.grasp.config.RegistrationOptions;
import io.grasp.model.AsaLocator;
import io.grasp.model.Locator;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.Objective;
import io.grasp.substrate.sim.LinkConditions;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One responder names many locators that lead nowhere: operations of ASAs that name no peer reach the server. */
class FalseResponderTest {
    private static final Objective EX3 = Objective.negotiable("EX3");
    private static final Objective EX2 = Objective.synchronizable("EX2");
    private static final LinkConditions NEAR = LinkConditions.PERFECT.withDelay(Duration.ofMillis(1));
    private static final Duration SECOND = Duration.ofSeconds(1);

    /** Where the liar is, and when the client learns its locators. */
    enum Case {
        OTHER_LINK,
        SAME_LINK,
        OTHER_LINK_CACHED,
        SAME_LINK_CACHED,
        OTHER_LINK_CACHED_FIRST,
        SAME_LINK_CACHED_FIRST;

        boolean sameLink() {
            return name().startsWith("SAME");
        }

        boolean cached() {
            return name().contains("CACHED");
        }

        /** The server begins when the client knows those of the liar only. */
        boolean liarFirst() {
            return name().endsWith("FIRST");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aNegotiationReachesTheServerBesideALiar(Case which) {
        SimulationRunner.verify(SimulationConfig.seeded(1).withInvariants(List.of()), run -> {
            Asa client = begin(run, which);
            run.await(client.register(EX3).thenReturn(1));
            Asa mallory = asa(run, "mallory");
            run.await(mallory.register(EX3, showing(dead(31))).thenReturn(1));
            if (which.liarFirst()) {
                assertThat(run.await(client.discover(EX3, SECOND).collectList()))
                        .hasSize(31);
            }
            Asa server = asa(run, "server");
            run.await(server.register(EX3).thenReturn(1));
            serve(run, server);
            if (which.cached() && !which.liarFirst()) {
                assertThat(run.await(client.discover(EX3, SECOND).collectList()))
                        .hasSize(32);
            }
            for (int i = 0; i < 3; i++) {
                assertThat(negotiate(run, client)).isInstanceOf(NegotiationOutcome.Accepted.class);
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void aSynchronizationReachesTheServerBesideALiar(Case which) {
        SimulationRunner.verify(SimulationConfig.seeded(1).withInvariants(List.of()), run -> {
            Asa client = begin(run, which);
            Asa mallory = asa(run, "mallory");
            run.await(mallory.register(EX2, showing(dead(31))).thenReturn(1));
            if (which.liarFirst()) {
                run.await(client.discover(EX2, SECOND).collectList());
            }
            Asa server = asa(run, "server");
            run.await(server.register(EX2).thenReturn(1));
            run.await(server.listenSynchronize(EX2.withValue(42)));
            if (which.cached() && !which.liarFirst()) {
                run.await(client.discover(EX2, SECOND).collectList());
            }
            Objective received = run.await(client.synchronize(EX2));
            assertThat(received.value().as(Integer.class)).isEqualTo(42);
        });
    }

    /** The liar also names the server's own locator, among the others. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aCopyOfTheServersLocatorAmongManyDoesNotDelayIt(boolean sameLink) {
        SimulationRunner.verify(SimulationConfig.seeded(1).withInvariants(List.of()), run -> {
            Asa client = begin(run, sameLink ? Case.SAME_LINK : Case.OTHER_LINK);
            run.await(client.register(EX3).thenReturn(1));
            Asa server = asa(run, "server");
            run.await(server.register(EX3).thenReturn(1));
            serve(run, server);
            List<AsaLocator> found = run.await(client.discover(EX3, SECOND).collectList());
            Locator place = found.get(0).locator();
            assertThat(place.isLinkLocal()).isFalse();
            Asa mallory = asa(run, "mallory");
            List<Locator> shown = new ArrayList<>(dead(30));
            shown.add(place);
            run.await(mallory.register(EX3, showing(shown)).thenReturn(1));
            run.await(client.discover(EX3, SECOND).collectList());
            assertThat(negotiate(run, client)).isInstanceOf(NegotiationOutcome.Accepted.class);
        });
    }

    /** The client, on both links; the liar on its left; the server on its right, or on its left too. */
    private static Asa begin(SimulationRunner run, Case which) {
        if (which.sameLink()) {
            run.link("left", NEAR, "client", "mallory", "server");
        } else {
            run.link("left", NEAR, "client", "mallory");
            run.link("right", NEAR, "client", "server");
        }
        return asa(run, "client");
    }

    private static Asa asa(SimulationRunner run, String name) {
        return run.await(run.await(run.simulation().start(name)).registerAsa(name));
    }

    private static void serve(SimulationRunner run, Asa server) {
        run.inBackground(server.listenNegotiate(
                EX3, taken -> taken.converse(offers -> offers.map(offer -> Move.accept()))));
        run.advance(SECOND);
    }

    private static NegotiationOutcome negotiate(SimulationRunner run, Asa client) {
        return run.await(client.negotiate(EX3.withValue(1), offers -> offers.map(offer -> Move.accept())));
    }

    private static RegistrationOptions showing(List<Locator> locators) {
        return RegistrationOptions.DEFAULTS.withDiscoverable(true).withLocators(locators);
    }

    private static List<Locator> dead(int count) {
        return IntStream.rangeClosed(1, count)
                .<Locator>mapToObj(i -> new Locator.Ipv6(address("fd00:dead::" + i), Locator.TCP, 9))
                .toList();
    }

    private static Inet6Address address(String text) {
        try {
            return (Inet6Address) InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
