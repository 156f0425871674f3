package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.model.AsaLocator;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.observe.AuditEvent;
import io.grasp.observe.DropReason;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Audit events of a node, on every substrate. */
@OnDatagramsAndNetty
class AuditContractTest extends ContractTest {
    private static final Objective EX1 = Objective.synchronizable("EX1");
    private static final Duration HOUR = Duration.ofHours(1);

    private Grasp server;
    private Grasp client;

    @BeforeEach
    void start() {
        server = world.start();
        client = world.start();
    }

    /** A request for an objective that its responder does not serve. */
    private void refusedRequest() {
        Asa asa = world.awaitOne(client.registerAsa("asa"));
        world.await(asa.register(EX1));
        Locator locator = world.awaitOne(server.locators()).links().get(0).locator();
        RequestOptions options = RequestOptions.DEFAULTS.withPeer(AsaLocator.of(locator));
        world.await(asa.synchronize(EX1, options).onErrorComplete());
        world.await(asa.deregister());
    }

    @Test
    void refusedRequestIsReportedAtOnceAndFurtherOnesWhenTheNodeIsClosed() {
        Collected<AuditEvent> events = world.collect(server.auditEvents(HOUR));

        refusedRequest();
        world.awaitUntil("the first is reported", () -> !events.values().isEmpty());
        refusedRequest();
        refusedRequest();
        assertThat(events.values()).hasSize(1).allSatisfy(AuditContractTest::isNotListening);
        world.await(server.closeAsync());
        world.awaitUntil("completed", events::isCompleted);

        assertThat(events.values()).allSatisfy(AuditContractTest::isNotListening);
        assertThat(events.values().stream().map(AuditEvent::count)).isEqualTo(List.of(1L, 2L));
    }

    private static void isNotListening(AuditEvent event) {
        assertThat(event).isInstanceOf(AuditEvent.Dropped.class);
        assertThat(((AuditEvent.Dropped) event).reason()).isEqualTo(DropReason.NOT_LISTENING);
        assertThat(event.path().peer()).isNotNull();
    }

    @Test
    void withoutDemandNothingIsEmittedAndNothingIsLost() {
        Collected<AuditEvent> events = new Collected<>(world, server.auditEvents(HOUR), 0);

        refusedRequest();
        refusedRequest();
        assertThat(events.values()).isEmpty();
        events.request(1);

        world.awaitUntil("reported", () -> !events.values().isEmpty());
        assertThat(events.values())
                .singleElement()
                .satisfies(event -> assertThat(event.count()).isEqualTo(2));
        events.cancel();
    }

    @Test
    void periodIsBounded() {
        for (Duration wrong :
                List.of(Duration.ZERO, Duration.ofMillis(999), Duration.ofDays(2), Duration.ofSeconds(-1))) {
            assertThatThrownBy(() -> server.auditEvents(wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("1 s to 1 day");
        }
    }
}
