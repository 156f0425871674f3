package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.Proves;
import io.grasp.config.RegistrationOptions;
import io.grasp.model.AsaLocator;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.Objective;
import io.grasp.substrate.sim.LinkKind;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The answer of a node between two links about a peer that it has discovered for its own ASA. */
class DivertTest {
    private static final Objective EX3 = Objective.negotiable("EX3");

    @ParameterizedTest
    @EnumSource
    @Proves({"8990-2.5.4.3-2", "8990-2.5.4.3-9", "8990-2.5.4.3-11", "8991-2.3.5-4"})
    void anObjectiveThatTheNodeHasDiscoveredIsAnsweredByADivert(LinkKind kind) {
        try (SimWorld world = new SimWorld(kind)) {
            Asa seeker = world.awaitOne(world.startOn(0).registerAsa("seeker"));
            Asa between = world.awaitOne(world.startOn(0, 1).registerAsa("between"));
            Asa far = world.awaitOne(world.startOn(1).registerAsa("far"));
            world.await(far.register(EX3, RegistrationOptions.DEFAULTS.withDiscoverable(true)));
            AsaLocator known =
                    world.await(between.discover(EX3, world.moment())).get(0);
            assertThat(known.diverted()).isFalse();

            AsaLocator found = world.awaitOne(seeker.discover(EX3, world.moment()));
            assertThat(found.diverted()).isTrue();
            assertThat(found.locator()).isEqualTo(known.locator());
            assertThat(found.ttl()).isPositive().isLessThanOrEqualTo(known.ttl());

            Collected<Negotiation> accepting =
                    world.collect(far.listenNegotiate(EX3).flatMap(Negotiation::accept));
            world.await(seeker.register(EX3));
            assertThat(world.awaitOne(seeker.requestNegotiate(EX3.withValue(1), found))
                            .outcome())
                    .as("the peer that the divert leads to")
                    .containsInstanceOf(NegotiationOutcome.Accepted.class);
            accepting.cancel();
        }
    }
}
