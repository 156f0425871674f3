package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.grasp.config.RapidMode;
import io.grasp.config.RegistrationOptions;
import io.grasp.engine.node.UnusableLocators;
import io.grasp.model.FloodedObjective;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.TaggedObjective;
import io.grasp.observe.EngineLoad;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.sim.LinkConditions;
import java.net.Inet6Address;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A multicast that is too long for one link goes out on the others. */
class SmallLinksTest extends TwoLinkFixture {
    /** Fits in a multicast of the LAN (1452 bytes), but not in one of the other link (1232 bytes). */
    private static final int LONG = 1300;

    private static final int TOO_LONG = 1460;

    private final List<String> outcomes = new ArrayList<>();

    @BeforeEach
    void theLinksDiffer() {
        lan.setConditions(LinkConditions.PERFECT.withMtu(1500));
        loop.run(() -> {
            for (int length : new int[] {LONG, TOO_LONG}) {
                asa.register(named(length), RegistrationOptions.DEFAULTS.withRapid(RapidMode.SESSION));
            }
        });
    }

    private static Objective named(int length) {
        return Objective.synchronizable("x".repeat(length));
    }

    private void sent(Throwable failure) {
        outcomes.add(failure == null ? "sent" : failure.toString());
    }

    /** The multicasts that neighbors receive. */
    private enum Kind {
        FLOOD {
            @Override
            void begin(SmallLinksTest test, int length) {
                test.flood(EX2.withValue(new byte[length]), null);
            }
        },
        EXTENSION {
            @Override
            void begin(SmallLinksTest test, int length) {
                List<ObjectiveValue> content = List.of(ObjectiveValue.of(new byte[length]));
                test.loop.run(() -> test.asa.multicast(77, content, test::sent));
            }
        },
        DISCOVERY {
            @Override
            void begin(SmallLinksTest test, int length) {
                test.loop.run(() -> test.asa.discover(named(length), Duration.ofSeconds(1), new Finding()));
            }
        },
        RAPID {
            @Override
            void begin(SmallLinksTest test, int length) {
                test.loop.run(() -> test.asa.synchronizeRapidly(
                        named(length), Duration.ofSeconds(1), new Synchronized(), () -> {}));
            }
        };

        abstract void begin(SmallLinksTest test, int length);
    }

    private void flood(Objective objective, Locator tag) {
        loop.run(() -> asa.flood(List.of(new TaggedObjective(objective, tag)), Duration.ofMinutes(1), this::sent));
    }

    @ParameterizedTest
    @EnumSource
    void aMulticastIsSentOnTheLinksThatItFits(Kind kind) {
        kind.begin(this, LONG);
        moment();

        assertThat(peer.heard).hasSize(1);
        assertThat(beyond.heard).isEmpty();
        assertThat(tooLong).containsExactly(MessagePath.link("other"));
        assertThat(outcomes).isSubsetOf("sent");
        loop.advance(Duration.ofMinutes(2));
    }

    @ParameterizedTest
    @EnumSource
    void aMulticastThatFitsNoLinkFails(Kind kind) {
        EngineLoad before = engine.load();
        refused(() -> kind.begin(this, TOO_LONG), "a multicast on link lan is limited to 1452 bytes");
        moment();

        assertThat(peer.heard).isEmpty();
        assertThat(beyond.heard).isEmpty();
        assertThat(drops).isEmpty();
        assertThat(outcomes).isEmpty();
        assertThat(engine.load()).isEqualTo(before);
        assertThat(cached()).isEmpty();
    }

    @Test
    void aRepeatedDiscoverySkipsTheSameLink() {
        Finding finding = new Finding();
        loop.run(() -> asa.search(named(LONG), TIMEOUT, locator -> true, finding));
        loop.advance(TIMEOUT);

        assertThat(peer.heard).hasSize(3);
        assertThat(beyond.heard).isEmpty();
        assertThat(tooLong).hasSize(3).containsOnly(MessagePath.link("other"));
        assertThat(finding.completed).isTrue();
    }

    @Test
    void theResultDoesNotDependOnTheOrderOfTheLinks() {
        lan.setConditions(LinkConditions.PERFECT);
        other.setConditions(LinkConditions.PERFECT.withMtu(1500));
        flood(EX2.withValue(new byte[LONG]), null);
        moment();

        assertThat(peer.heard).isEmpty();
        assertThat(beyond.heard).hasSize(1);
        assertThat(outcomes).containsExactly("sent");
        refused(
                () -> flood(EX2.withValue(new byte[TOO_LONG]), null),
                "a multicast on link other is limited to 1452 bytes");
    }

    @Test
    void aFloodIsCachedOnlyForTheLinksThatItWasSentOn() {
        flood(EX2.withValue(new byte[LONG]), UnusableLocators.at("::", Locator.TCP, 443));
        moment();

        assertThat(cached()).extracting(FloodedObjective::link).containsExactly("lan");
    }

    /** The rest of the flood would be sent on the LAN, but the part for the other link nowhere. */
    @Test
    void aLinkLocalFloodThatDoesNotFitItsLinkFails() {
        Locator onOther = loop.call(
                () -> new Locator.Ipv6((Inet6Address) engine.links().get(1).linkLocalAddress(), Locator.TCP, 443));
        TaggedObjective forOther = new TaggedObjective(EX2.withValue(1), onOther);
        TaggedObjective forAll = TaggedObjective.untagged(EX2.withValue(new byte[LONG]));
        refused(
                () -> loop.run(() -> asa.flood(List.of(forAll, forOther), Duration.ofMinutes(1), this::sent)),
                "a multicast on link other is limited to 1232 bytes");
        moment();

        assertThat(peer.heard).isEmpty();
        assertThat(cached()).isEmpty();
        assertThat(drops).isEmpty();
    }

    private List<FloodedObjective> cached() {
        return loop.call(() -> asa.getFlood("EX2"));
    }

    private static void refused(ThrowingCallable call, String why) {
        assertThatExceptionOfType(GraspException.class)
                .isThrownBy(call)
                .withMessageContaining(why)
                .satisfies(e -> assertThat(e.code()).isEqualTo(GraspErrorCode.UNSPECIFIED));
    }
}
