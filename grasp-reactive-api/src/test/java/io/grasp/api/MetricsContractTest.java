package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.metrics.MicrometerObserver;
import io.grasp.model.AsaLocator;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.Objective;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/** The metrics of nodes, on every substrate. Each test ends with all gauges at zero and no meter left. */
@OnDatagramsAndNetty
class MetricsContractTest extends ContractTest {
    private static final Objective EX1 = Objective.synchronizable("EX1");
    private static final Objective EX3 = Objective.negotiable("EX3");

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final MicrometerObserver metrics = new MicrometerObserver(registry);

    @AfterEach
    void nothingIsLeft() {
        world.close();
        List<Gauge> gauges = registry.getMeters().stream()
                .filter(Gauge.class::isInstance)
                .map(Gauge.class::cast)
                .filter(gauge -> !gauge.getId().getName().equals("grasp.certificate.expiry")) // NaN without nodes
                .toList();
        assertThat(gauges)
                .hasSizeGreaterThan(5)
                .allSatisfy(gauge ->
                        assertThat(gauge.value()).as("%s", gauge.getId()).isZero());
        metrics.close();
        assertThat(registry.getMeters())
                .filteredOn(meter -> meter.getId().getTag("node") == null)
                .isEmpty();
    }

    private Grasp start() {
        return world.start(config -> config.withObserver(metrics));
    }

    private Asa asa(Grasp node, String name, Objective objective) {
        Asa asa = world.awaitOne(node.registerAsa(name));
        world.await(asa.register(objective));
        return asa;
    }

    /** A peer that listens, and handles a request as configured. */
    private Collected<?> banker(Grasp node, Function<Negotiation, Flux<?>> answer) {
        Asa banker = asa(node, "banker", EX3);
        Collected<?> listening =
                world.collect(banker.listenNegotiate(EX3).flatMap(answer).onErrorComplete());
        world.await(banker.getFlood("EX1")); // returns after the loop has run, so the ASA listens
        return listening;
    }

    private AsaLocator find(Asa customer) {
        return world.await(customer.discover(EX3, world.moment())).get(0);
    }

    private double messages(String direction, String type) {
        return registry.get("grasp.messages")
                .tags("direction", direction, "type", type)
                .counter()
                .count();
    }

    private double gauge(String name, String... tags) {
        return registry.get(name).tags(tags).gauge().value();
    }

    private long sessions(String... tags) {
        return registry.find("grasp.sessions").tags(tags).timers().stream()
                .mapToLong(timer -> timer.count())
                .sum();
    }

    private double active() {
        return registry.get("grasp.sessions.active").gauges().stream()
                .mapToDouble(Gauge::value)
                .sum();
    }

    /** The number of active sessions falls before the ended one is counted, on another thread. */
    private void awaitEnded(String role) {
        world.awaitUntil(
                "the end of the " + role, () -> active() == 0 && sessions("kind", "negotiation", "role", role) == 1);
    }

    private double failures(String code) {
        Meter found = registry.find("grasp.session.failures")
                .tags("role", "initiator", "code", code)
                .counter();
        return found == null ? 0 : found.measure().iterator().next().getValue();
    }

    @Test
    void twoNodesOnOneObserverCountTogether() {
        Grasp here = start();
        Grasp there = start();
        Collected<?> listening = banker(
                there,
                negotiation -> negotiation
                        .converse(offers -> offers.map(o -> Move.accept()))
                        .flux());
        Asa customer = asa(here, "customer", EX3);
        AsaLocator peer = find(customer);

        assertThat(world.awaitOne(customer.negotiate(EX3.withValue(1), peer, offers -> offers.map(o -> Move.accept()))))
                .isInstanceOf(NegotiationOutcome.Accepted.class);
        world.awaitUntil("both sides", () -> sessions("kind", "negotiation", "outcome", "accepted") == 2);
        world.await(customer.discover(Objective.discoverable("nowhere"), world.moment()));
        world.awaitNoResidue(here);

        assertThat(sessions("kind", "negotiation", "role", "initiator")).isEqualTo(1);
        assertThat(sessions("kind", "negotiation", "role", "responder")).isEqualTo(1);
        assertThat(sessions("kind", "discovery", "outcome", "completed")).isEqualTo(1);
        assertThat(sessions("kind", "discovery", "outcome", "unanswered")).isEqualTo(1);
        for (String type : List.of("M_RESPONSE", "M_REQ_NEG", "M_END")) {
            assertThat(messages("out", type)).as(type).isEqualTo(1);
            assertThat(messages("in", type)).as(type).isEqualTo(1);
        }
        assertThat(active()).isZero();
        assertThat(gauge("grasp.nodes")).isEqualTo(2);
        assertThat(gauge("grasp.links")).isEqualTo(2);
        assertThat(gauge("grasp.cache.size", "cache", "discovery")).isEqualTo(1);
        listening.cancel();
        world.await(there.closeAsync());
        assertThat(gauge("grasp.nodes")).isEqualTo(1);
        assertThat(gauge("grasp.links")).isEqualTo(1);
    }

    @Test
    void twoObserversOnOneRegistryAreDistinguished() {
        MicrometerObserver left = new MicrometerObserver(registry, Tags.of("node", "left"));
        MicrometerObserver right = new MicrometerObserver(registry, Tags.of("node", "right"));
        Grasp one = world.start(config -> config.withObserver(left));
        Grasp two = world.start(config -> config.withObserver(right));
        Asa sender = asa(one, "sender", EX1);
        Asa receiver = asa(two, "receiver", EX1);
        Collected<?> seen = world.collect(receiver.floods("EX1"));
        world.await(receiver.getFlood("EX1"));

        world.await(sender.flood(EX1.withValue(1), Duration.ofMinutes(1)));
        world.awaitUntil("the flood", () -> seen.values().size() == 1);
        seen.cancel();

        assertThat(registry.get("grasp.messages")
                        .tags("node", "left", "direction", "out", "type", "M_FLOOD")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(registry.get("grasp.messages")
                        .tags("node", "right", "direction", "out", "type", "M_FLOOD")
                        .counter()
                        .count())
                .isZero();
        assertThat(gauge("grasp.cache.size", "node", "right", "cache", "flood")).isEqualTo(1);
        assertThat(gauge("grasp.nodes", "node", "left")).isEqualTo(1);
    }

    @Test
    void aCancelledSessionIsCounted() {
        Grasp there = start();
        Collected<?> listening = banker(there, negotiation -> Flux.never());
        Asa customer = asa(start(), "customer", EX3);
        AsaLocator peer = find(customer);
        Collected<?> asking = world.collect(customer.requestNegotiate(
                EX3.withValue(1), RequestOptions.to(peer).withTimeout(Duration.ofMinutes(1))));
        world.awaitUntil("two sides", () -> active() == 2);

        asking.cancel();
        awaitEnded("initiator");
        awaitEnded("responder");

        assertThat(sessions("kind", "negotiation", "role", "initiator", "outcome", "cancelled"))
                .isEqualTo(1);
        assertThat(sessions("kind", "negotiation", "role", "responder")).isEqualTo(1);
        listening.cancel();
    }

    @Test
    void aTimeoutIsCounted() {
        Collected<?> listening = banker(start(), negotiation -> Flux.never());
        Asa customer = asa(start(), "customer", EX3);

        world.collect(customer.requestNegotiate(
                        EX3.withValue(1), RequestOptions.to(find(customer)).withTimeout(world.moment())))
                .awaitFailure();
        awaitEnded("initiator");

        assertThat(sessions("kind", "negotiation", "role", "initiator", "outcome", "failed"))
                .isEqualTo(1);
        assertThat(failures("no_negotiation_reply")).isEqualTo(1);
        listening.cancel();
    }

    @Test
    void aSessionWithALostPeerIsCountedAsFailed() {
        Grasp there = start();
        Collected<?> listening = banker(there, negotiation -> Flux.never());
        Asa customer = asa(start(), "customer", EX3);
        Collected<?> asking = world.collect(customer.requestNegotiate(
                EX3.withValue(1), RequestOptions.to(find(customer)).withTimeout(Duration.ofMinutes(1))));
        world.awaitUntil("two sides", () -> active() == 2);

        world.await(there.closeAsync());
        asking.awaitFailure();
        awaitEnded("initiator");

        assertThat(sessions("kind", "negotiation", "role", "initiator", "outcome", "failed"))
                .isEqualTo(1);
        listening.cancel();
    }
}
