package io.grasp.samples.onboarding;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.TaggedObjective;
import io.grasp.substrate.sim.LinkKind;
import io.grasp.substrate.sim.SimLink;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.SimNode;
import io.grasp.substrate.sim.VirtualLoop;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

/** The registrars that a proxy tries, on a simulated network. */
class FloodedRegistrarsTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final VirtualLoop loop = new VirtualLoop();
    private final SimNetwork network = SimNetwork.create(loop, 1);
    private final SimLink lan = network.link("lan", LinkKind.DATAGRAM, Duration.ofMillis(5));
    private final List<Grasp> nodes = new ArrayList<>();
    private final List<String> said = new ArrayList<>();
    private FloodedRegistrars registrars;

    @BeforeEach
    void listen() {
        registrars = new FloodedRegistrars(asa("proxy"), new Random(17), said::add);
    }

    @AfterEach
    void close() {
        nodes.forEach(node -> await(node.closeAsync()));
    }

    private Asa asa(String name) {
        SimNode place = network.node(name);
        network.connect(place, lan);
        Grasp node = await(Grasp.start(GraspConfig.defaults()
                        .withSubstrate(() -> place)
                        .withRandom(() -> new Random(name.hashCode()))))
                .get(0);
        nodes.add(node);
        return await(node.registerAsa(name)).get(0);
    }

    private <T> List<T> await(Publisher<T> publisher) {
        List<T> values = new ArrayList<>();
        boolean[] completed = {false};
        Flux.from(publisher).doOnComplete(() -> completed[0] = true).subscribe(values::add);
        assertThat(loop.runUntil(() -> completed[0], MINUTE)).isTrue();
        return values;
    }

    private void flood(Asa asa, Objective registrar, Locator... locators) {
        for (Locator each : locators) {
            await(asa.flood(List.of(new TaggedObjective(registrar, each)), MINUTE));
        }
        pass(Duration.ofSeconds(1));
    }

    private void pass(Duration time) {
        loop.runUntil(() -> false, time);
    }

    private List<InetSocketAddress> order() {
        return await(registrars.registrars()).get(0);
    }

    private static InetSocketAddress place(Locator locator) {
        return new InetSocketAddress(locator.address(), locator.port());
    }

    @Test
    void theNearestAreTriedFirstAndEqualsInAnyOrder() {
        Locator far = Locator.tcp("fd00::1", 8443);
        Locator near = Locator.tcp("fd00::2", 8443);
        Locator alsoNear = Locator.tcp("fd00::3", 443);
        Asa asa = asa("registrar");
        await(asa.register(JoinObjectives.REGISTRAR));
        flood(asa, JoinObjectives.REGISTRAR.withLoopCount(200), far);
        flood(asa, JoinObjectives.REGISTRAR, near, alsoNear);

        Set<List<InetSocketAddress>> orders = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            orders.add(order());
        }

        assertThat(orders)
                .containsExactlyInAnyOrder(
                        List.of(place(near), place(alsoNear), place(far)),
                        List.of(place(alsoNear), place(near), place(far)));
    }

    @Test
    void aRegistrarThatIsNotReachedIsTriedAgainWhenItIsFloodedAgain() {
        Locator one = Locator.tcp("fd00::1", 8443);
        Locator two = Locator.tcp("fd00::2", 8443);
        Asa asa = asa("registrar");
        await(asa.register(JoinObjectives.REGISTRAR));
        flood(asa, JoinObjectives.REGISTRAR, one, two);

        registrars.unreachable(place(one));
        loop.runReady();

        assertThat(order()).containsExactly(place(two));
        assertThat(said).containsExactly("The registrar at [fd00::1]:8443 was not reached");
        flood(asa, JoinObjectives.REGISTRAR, one);
        assertThat(order()).containsExactlyInAnyOrder(place(one), place(two));
    }

    @Test
    void aRegistrarThatMovesIsFoundAtItsNewPlaceAndTheOldOneExpires() {
        Locator before = Locator.tcp("fd00::1", 8443);
        Locator after = Locator.tcp("fd00::9", 8443);
        Asa asa = asa("registrar");
        await(asa.register(JoinObjectives.REGISTRAR));
        flood(asa, JoinObjectives.REGISTRAR, before);
        pass(Duration.ofSeconds(30));
        flood(asa, JoinObjectives.REGISTRAR, after);
        assertThat(order()).containsExactlyInAnyOrder(place(before), place(after));

        pass(Duration.ofSeconds(30));
        assertThat(order()).containsExactly(place(after));
        pass(MINUTE);
        assertThat(order()).isEmpty();
        assertThat(await(registrars.known())).isEmpty();
    }

    @Test
    void registrarsThatAreNotReachedByTcpOrDoNotOfferEstAreLeftOut() {
        Asa asa = asa("registrar");
        await(asa.register(JoinObjectives.REGISTRAR));
        flood(
                asa,
                JoinObjectives.REGISTRAR,
                Locator.udp("fd00::1", 5683),
                Locator.tcp("fd00::2", 0),
                Locator.tcp("registrar.example", 8443));
        flood(asa, JoinObjectives.REGISTRAR.withValue("CoAP"), Locator.tcp("fd00::3", 8443));
        flood(asa, JoinObjectives.REGISTRAR.withValue(List.of("CoAP", "EST-TLS")), Locator.tcp("fd00::4", 8443));

        assertThat(order()).containsExactly(place(Locator.tcp("fd00::4", 8443)));
    }
}
