package io.grasp.inspection;

import io.grasp.config.RegistrationOptions;
import io.grasp.model.Locator;
import io.grasp.util.AddressText;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The registration of an objective by an ASA. Several ASAs may have registered the same objective
 * ({@link RegistrationOptions#overlap}).
 *
 * @param name the objective's name
 * @param asa the name of the ASA
 * @param age the time since the registration
 * @param flags the objective's flags, as in {@link io.grasp.model.Objective#flags}
 * @param loopCount the loop count with which it is registered
 * @param options the options of the registration
 * @param discoverable whether discoveries of it are answered now
 * @param locators the locators in answers to discoveries, if the ASA has set them
 * @param negotiationListeners the listeners for negotiations, the next one to get a request first
 * @param synchronization what serves its value; empty if no ASA listens for synchronization requests
 */
public record ObjectiveEntry(
        String name,
        String asa,
        Duration age,
        int flags,
        int loopCount,
        RegistrationOptions options,
        boolean discoverable,
        List<Locator> locators,
        List<NegotiationListenerInfo> negotiationListeners,
        Optional<SynchronizationInfo> synchronization) {
    /** Copies the lists. */
    public ObjectiveEntry {
        locators = List.copyOf(locators);
        negotiationListeners = List.copyOf(negotiationListeners);
    }

    /**
     * A listener for negotiations.
     *
     * @param raw whether requests become raw channels
     * @param demand how many requests it takes at once; {@link Long#MAX_VALUE} if it takes all
     * @param backlog the number of requests that wait for demand
     * @param capacity how many may wait ({@link io.grasp.config.Limits#queuedNegotiations})
     */
    public record NegotiationListenerInfo(boolean raw, long demand, long backlog, int capacity) {
        @Override
        public String toString() {
            return AddressText.ofRecord(this);
        }
    }

    /**
     * What answers synchronization requests.
     *
     * @param serving whether requests are answered; otherwise there is no value yet
     * @param separate whether each request gets a value of its own, so that there is none to show
     * @param value the served value
     */
    public record SynchronizationInfo(boolean serving, boolean separate, ValueExcerpt value) {
        @Override
        public String toString() {
            return AddressText.ofRecord(this);
        }
    }

    @Override
    public String toString() {
        return AddressText.ofRecord(this);
    }
}
