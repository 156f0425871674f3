package io.grasp.engine.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.grasp.config.AsaLimits;
import io.grasp.config.Limits;
import io.grasp.config.RegistrationOptions;
import io.grasp.engine.fairness.TrafficSource;
import io.grasp.inspection.ObjectiveEntry;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which registrations are in force after others have been added and withdrawn (RFC 8991 section 2.3.3). */
class RegistryTest {
    private static final int USUAL = Limits.DEFAULTS.message().maxBytes();
    private static final RegistrationOptions SHARED = RegistrationOptions.DEFAULTS.withOverlap(true);

    private static final int BOTH =
            Objective.negotiable("a").flags() | Objective.synchronizable("a").flags();

    private final Registry registry = new Registry(Limits.DEFAULTS.withAsas(2).withObjectives(3), () -> 0);
    private final RegisteredAsa first = registry.add("first", AsaLimits.NONE);
    private final RegisteredAsa second = registry.add("second", AsaLimits.NONE);
    private final Registration registration = new Registration(first, objective("a"), SHARED, 1, 0);
    private final List<NegotiationListener> offered = new ArrayList<>();

    /** How a registration ends. */
    private enum Withdrawal {
        OF_THE_OBJECTIVE,
        OF_THE_ASA
    }

    private void withdraw(Withdrawal how, Registration registration) {
        if (how == Withdrawal.OF_THE_OBJECTIVE) {
            registry.remove(registration);
        } else {
            registry.remove(registration.asa);
        }
    }

    private static GraspException failure(GraspErrorCode code, ThrowingCallable call) {
        GraspException[] thrown = new GraspException[1];
        assertThatExceptionOfType(GraspException.class)
                .isThrownBy(call)
                .satisfies(e -> assertThat(e.code()).isEqualTo(code))
                .satisfies(e -> thrown[0] = e);
        return thrown[0];
    }

    private static Objective objective(String name) {
        return Objective.negotiable(name);
    }

    private static RegistrationOptions longMessages(int bytes) {
        return SHARED.withMaxMessageBytes(bytes);
    }

    @Test
    void theNumberOfAsasIsBounded() {
        failure(GraspErrorCode.ASA_FULL, () -> registry.add("third", AsaLimits.NONE));

        registry.remove(first);

        assertThat(registry.add("third", AsaLimits.NONE).name()).isEqualTo("third");
        assertThat(registry.asas()).extracting(RegisteredAsa::name).containsExactly("second", "third");
    }

    @Test
    void anAsaIsNotMistakenForALaterOneOfTheSameName() {
        assertThat(registry.contains(first)).isTrue();
        registry.remove(first);
        assertThat(registry.contains(first)).isFalse();
        RegisteredAsa later = registry.add("first", AsaLimits.NONE);
        registry.add(later, objective("a"), SHARED);

        registry.remove(first);

        assertThat(registry.contains(first)).isFalse();
        assertThat(registry.contains(later)).isTrue();
        assertThat(registry.isRegistered("a")).isTrue();
    }

    @Test
    void aSuccessorRegistersWhatItsPredecessorHasAndIsPreferred() {
        registry.remove(second);
        Registration ofFirst = registry.add(first, objective("a"), RegistrationOptions.DEFAULTS);
        RegisteredAsa next = registry.addSuccessor(first);
        Registration ofNext = registry.add(next, objective("a"), RegistrationOptions.DEFAULTS);

        assertThat(registry.asas()).containsExactly(first, next);
        assertThat(registry.contains(first)).isTrue();
        assertThat(registry.find("a", null, each -> true)).isSameAs(ofNext);
        assertThat(registry.find("a", null, each -> each != ofNext)).isSameAs(ofFirst);
        assertThat(registry.find("a", "first", each -> true))
                .as("neither meets itself")
                .isNull();
        failure(GraspErrorCode.DUPLICATE_ASA, () -> registry.add("first", AsaLimits.NONE));
        failure(GraspErrorCode.DUPLICATE_ASA, () -> registry.addSuccessor(first));
        failure(GraspErrorCode.ASA_FULL, () -> registry.add("third", AsaLimits.NONE));

        registry.remove(first);

        assertThat(registry.contains(first)).isFalse();
        assertThat(registry.contains(next)).isTrue();
        assertThat(registry.find("a", null, each -> true)).isSameAs(ofNext);
        registry.remove(next);
        assertThat(registry.asas()).isEmpty();
        assertThat(registry.size()).isZero();
        assertThat(registry.add("first", AsaLimits.NONE).name()).isEqualTo("first");
    }

    @Test
    void aSuccessorThatGoesLeavesItsPredecessor() {
        registry.remove(second);
        Registration ofFirst = registry.add(first, objective("a"), RegistrationOptions.DEFAULTS);
        RegisteredAsa next = registry.addSuccessor(first);
        registry.add(next, objective("a"), RegistrationOptions.DEFAULTS);

        registry.remove(next);

        assertThat(registry.find("a", null, each -> true)).isSameAs(ofFirst);
        assertThat(registry.addSuccessor(first).name()).isEqualTo("first");
    }

    @Test
    void aSuccessorDoesNotShareWhatAnotherAsaHasAlone() {
        RegisteredAsa other = second;
        registry.add(other, objective("a"), RegistrationOptions.DEFAULTS);
        registry.remove(first);
        RegisteredAsa next = registry.addSuccessor(other);

        registry.add(next, objective("a"), RegistrationOptions.DEFAULTS);
        registry.remove(other);

        failure(
                GraspErrorCode.OBJECTIVE_REGISTERED,
                () -> registry.add(
                        registry.add("third", AsaLimits.NONE), objective("a"), RegistrationOptions.DEFAULTS));
    }

    @ParameterizedTest
    @EnumSource
    void theNumberOfObjectivesIsBoundedAndAWithdrawnOneLeavesItsPlace(Withdrawal how) {
        Registration withdrawn = registry.add(first, objective("a"), SHARED);
        registry.add(second, objective("a"), SHARED);
        registry.add(second, objective("b"), SHARED);
        assertThat(failure(GraspErrorCode.OBJECTIVES_FULL, () -> registry.add(second, objective("c"), SHARED))
                        .objective())
                .contains("c");

        withdraw(how, withdrawn);
        withdraw(how, withdrawn);

        registry.add(second, objective("c"), SHARED);
        failure(GraspErrorCode.OBJECTIVES_FULL, () -> registry.add(second, objective("d"), SHARED));
    }

    @ParameterizedTest
    @EnumSource
    void aWithdrawalLeavesTheRegistrationsOfOtherAsas(Withdrawal how) {
        Registration withdrawn = registry.add(first, objective("a"), SHARED);
        Registration remaining = registry.add(second, objective("a"), SHARED);
        Registration other = registry.add(second, objective("b"), SHARED);

        withdraw(how, withdrawn);

        assertThat(registry.get(first, "a")).isNull();
        assertThat(registry.find("a", null, each -> true)).isSameAs(remaining);
        assertThat(registry.find("b", null, each -> true)).isSameAs(other);
        withdraw(how, remaining);
        assertThat(registry.isRegistered("a")).isFalse();
    }

    /** A connection accepts messages of the longest size until its objective is known. */
    @ParameterizedTest
    @EnumSource
    void theLongestMessageIsThatOfTheRegistrationsInForce(Withdrawal how) {
        assertThat(registry.maxBytes()).isEqualTo(USUAL);
        registry.add(first, objective("small"), longMessages(1));
        assertThat(registry.maxBytes()).as("every node accepts the usual size").isEqualTo(USUAL);
        Registration longest = registry.add(first, objective("a"), longMessages(9000));
        Registration equallyLong = registry.add(second, objective("b"), longMessages(9000));
        assertThat(registry.maxBytes()).isEqualTo(9000);

        withdraw(how, longest);
        assertThat(registry.maxBytes()).as("another objective has it as well").isEqualTo(9000);
        withdraw(how, equallyLong);
        assertThat(registry.maxBytes()).isEqualTo(USUAL);
    }

    @Test
    void theLongestMessageAboutAnObjectiveIsTheLongestOfItsRegistrations() {
        registry.add(first, objective("a"), longMessages(5000));
        registry.add(second, objective("a"), longMessages(9000));
        registry.add(second, objective("b"), longMessages(7000));

        assertThat(registry.maxBytes("a")).isEqualTo(9000);
        assertThat(registry.maxBytes("b")).isEqualTo(7000);
        assertThat(registry.maxBytes("unknown")).isEqualTo(USUAL);
    }

    @Test
    void anObjectiveWithContradictoryFlagsIsNotRegistered() {
        failure(
                GraspErrorCode.NOT_BOTH,
                () -> registry.add(first, new Objective("a", BOTH, 6, ObjectiveValue.NONE), SHARED));
        failure(
                GraspErrorCode.NOT_DRY,
                () -> registry.add(first, Objective.synchronizable("a").withDryRun(true), SHARED));
        assertThat(registry.isRegistered("a")).isFalse();
    }

    @Test
    void theRefusalOfAnObjectiveSaysWhichAsaHasIt() {
        registry.add(first, objective("a"), SHARED);

        assertThat(failure(GraspErrorCode.OBJECTIVE_REGISTERED, () -> registry.add(first, objective("a"), SHARED)))
                .hasMessageContaining("by first itself, which must deregister it first: to retry a chain");
        assertThat(failure(
                        GraspErrorCode.OBJECTIVE_REGISTERED,
                        () -> registry.add(second, objective("a"), RegistrationOptions.DEFAULTS)))
                .hasMessageContaining("by first, which must deregister it first, unless both allow overlap");
        assertThat(failure(GraspErrorCode.NOT_YOUR_OBJECTIVE, () -> registry.require(second, "a")))
                .hasMessageContaining("another ASA");
        assertThat(failure(GraspErrorCode.NOT_YOUR_OBJECTIVE, () -> registry.require(second, "b")))
                .hasMessageContaining("no ASA");
    }

    // Listeners

    private static final class Listener implements NegotiationListener {
        @Override
        public ObjectiveEntry.NegotiationListenerInfo inspect() {
            return new ObjectiveEntry.NegotiationListenerInfo(false, 0, 0, 1);
        }

        @Override
        public void drain() {
            ends.add("drained");
        }

        private final Registration registration;
        private final boolean canTake;
        private final List<String> ends = new ArrayList<>();

        Listener(Registration registration, boolean canTake) {
            this.registration = registration;
            this.canTake = canTake;
            registration.add(this);
        }

        @Override
        public boolean canTake(TrafficSource source) {
            return canTake;
        }

        @Override
        public boolean isRaw() {
            return false;
        }

        @Override
        public void end(GraspException reason) {
            registration.remove(this);
            ends.add(reason.code() + ": " + reason.getMessage());
        }
    }

    private boolean offer(boolean accepted) {
        return registration.offer(listener -> {
            offered.add(listener);
            return accepted;
        });
    }

    @Test
    void requestsAreTakenByTheListenersInTurn() {
        Listener one = new Listener(registration, true);
        Listener two = new Listener(registration, true);

        for (int i = 0; i < 3; i++) {
            assertThat(offer(true)).isTrue();
        }

        assertThat(offered).containsExactly(one, two, one);
    }

    @Test
    void aRequestThatNoListenerAcceptsIsOfferedOnceToEach() {
        Listener one = new Listener(registration, false);
        Listener two = new Listener(registration, false);

        assertThat(offer(false)).isFalse();
        assertThat(offered).containsExactly(one, two);
    }

    @Test
    void aRequestCanBeTakenIfOneListenerCanTakeIt() {
        assertThat(registration.canTake(TrafficSource.ofThisNode())).isFalse();
        new Listener(registration, false);
        assertThat(registration.canTake(TrafficSource.ofThisNode())).isFalse();
        new Listener(registration, true);
        assertThat(registration.canTake(TrafficSource.ofThisNode())).isTrue();
    }

    @Test
    void theEndOfARegistrationEndsEachListenerOnce() {
        Listener one = new Listener(registration, true);
        Listener two = new Listener(registration, true);

        for (int i = 0; i < 2; i++) {
            registration.end(GraspException.local(GraspErrorCode.NO_SESSION, "deregistered"));
        }

        assertThat(one.ends).singleElement().asString().contains("deregistered");
        assertThat(two.ends).isEqualTo(one.ends);
        assertThat(registration.isDiscoverable()).isFalse();
    }
}
