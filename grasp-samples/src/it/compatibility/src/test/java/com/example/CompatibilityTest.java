package com.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
import io.grasp.api.TypedOffer;
import io.grasp.api.TypedOutcome;
import io.grasp.logging.LoggingObserver;
import io.grasp.metrics.MicrometerObserver;
import io.grasp.model.Decoded;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.TypedObjective;
import io.grasp.simulation.SimulationRunner;
import io.grasp.substrate.netty.LinkIp;
import io.grasp.substrate.netty.NettyConfig;
import io.grasp.substrate.sim.LinkConditions;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.util.Version;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/** What works with the versions of the class path, and what does not. */
class CompatibilityTest {
    private static final boolean OLD_ANNOTATIONS =
            System.getProperty("annotations").startsWith("2.19.");
    private static final boolean OLD_NETTY = System.getProperty("netty").startsWith("4.1.");
    private static final Order ORDER = new Order(
            List.of(new Item.Link("a", 10), new Item.Address("::1")),
            Map.of("x", 0.5),
            Optional.empty(),
            Instant.parse("2026-01-01T00:00:00Z"),
            new Price("NZD", 5));

    record Order(List<Item> items, Map<String, Double> weights, Optional<String> note, Instant until, Price price) {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Item.Link.class, name = "link"),
        @JsonSubTypes.Type(value = Item.Address.class, name = "address")
    })
    sealed interface Item {
        record Link(String name, int mbits) implements Item {}

        record Address(String text) implements Item {}
    }

    /** Written as an array. */
    @JsonFormat(shape = JsonFormat.Shape.ARRAY)
    record Price(String currency, int amount) {}

    private static TypedObjective<Order> objective() {
        return TypedObjective.negotiable("example.com:order", Order.class);
    }

    private static Mono<Void> serve(Grasp node) {
        return node.registerAsa("server")
                .flatMap(asa -> asa.typed(objective()).register())
                .flatMap(order ->
                        order.listenNegotiate(each -> each.converse(offers -> offers.map(TypedOffer::accept))));
    }

    private static Mono<TypedOutcome<Order>> ask(Grasp node) {
        return node.registerAsa("client")
                .flatMap(asa -> asa.typed(objective()).register())
                .flatMap(order -> order.negotiate(ORDER, offers -> offers.map(TypedOffer::accept)));
    }

    @Test
    void theVersionsAreThoseOfTheTable() {
        assertThat(Mono.class.getPackage().getImplementationVersion()).isEqualTo(System.getProperty("reactor"));
        assertThat(Version.identify().get("netty-common").artifactVersion()).isEqualTo(System.getProperty("netty"));
        assertThat(tools.jackson.databind.cfg.PackageVersion.VERSION).hasToString(System.getProperty("jackson"));
        assertThat(JsonFormat.class.getPackage().getImplementationVersion())
                .startsWith(System.getProperty("annotations"));
        assertThat(MeterRegistry.class.getPackage().getImplementationVersion())
                .isEqualTo(System.getProperty("micrometer"));
    }

    @Test
    void valuesOfAnyTypeNeedTheAnnotationsOfJackson3() {
        if (OLD_ANNOTATIONS) {
            assertThatThrownBy(CompatibilityTest::objective)
                    .isInstanceOf(NoClassDefFoundError.class)
                    .hasMessage("com/fasterxml/jackson/annotation/JsonSerializeAs");
        } else {
            assertThat(objective().decode(objective().encode(ORDER))).isEqualTo(new Decoded.Value<>(ORDER, List.of()));
        }
    }

    @Test
    void nodesNegotiateOnASimulatedNetwork() {
        assumeFalse(OLD_ANNOTATIONS);
        SimulationRunner.verify(1, run -> {
            run.link("lan", LinkConditions.PERFECT, "core", "edge");
            run.inBackground(serve(run.start("core")));

            assertThat(run.await(ask(run.start("edge"))).agreed()).contains(ORDER);
        });
    }

    @Test
    void aNodeDoesNotStartOnARealNetworkIfNettyIsTooOld() {
        assumeTrue(OLD_NETTY);

        assertThatThrownBy(
                        () -> Grasp.start(onLoopback(new SimpleMeterRegistry())).block())
                .hasStackTraceContaining("NoClassDefFoundError: io/netty/channel/SingleThreadIoEventLoop");
    }

    @Test
    void nodesNegotiateOnARealNetwork() {
        assumeFalse(OLD_NETTY);
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        GraspConfig config = onLoopback(registry);
        Grasp core = Grasp.start(config).block();
        Grasp edge = Grasp.start(config).block();
        Disposable serving = serve(core).subscribe();

        assertThat(ask(edge).block().agreed()).contains(ORDER);
        serving.dispose();
        edge.close();
        core.close();
        assertThat(registry.get("grasp.sessions")
                        .tags("kind", "negotiation", "role", "initiator", "outcome", "accepted")
                        .timer()
                        .count())
                .isEqualTo(1);
    }

    private static GraspConfig onLoopback(MeterRegistry registry) {
        return GraspConfig.defaults()
                .withNetwork(NettyConfig.defaults()
                        .withAssumeSecure(true)
                        .withLinks("lo")
                        .withIp(LinkIp.IPV4))
                .withAdditionalObserver(LoggingObserver.create())
                .withAdditionalObserver(new MicrometerObserver(registry));
    }

    @Test
    void surplusElementsOfARecordInAnArrayAreRefusedFromJackson32On() {
        assumeFalse(OLD_ANNOTATIONS);
        Decoded<Price> decoded = TypedObjective.negotiable("example.com:price", Price.class)
                .decode(ObjectiveValue.of(List.of("NZD", 5, 6)));
        if (System.getProperty("jackson").matches("3\\.[01]\\..*")) {
            assertThat(decoded).isEqualTo(new Decoded.Value<>(new Price("NZD", 5), List.of()));
        } else {
            assertThat(decoded).isInstanceOf(Decoded.Unfit.class);
        }
    }
}
