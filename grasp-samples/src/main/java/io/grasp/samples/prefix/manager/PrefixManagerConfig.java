package io.grasp.samples.prefix.manager;

import io.grasp.model.Objective;
import io.grasp.samples.prefix.AddressFamily;
import io.grasp.samples.prefix.PrefixForm;
import io.grasp.samples.prefix.PrefixParams;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The settings of a {@link PrefixManager}. Immutable; start from {@link #of}.
 *
 * @param role what the manager does
 * @param needs what it requests, by the version of IP; it requests no prefixes of others
 * @param deviceRole the role of this device among those of PrefixManager.Params, which determines the length of its
 *     requests
 * @param params the parameters that the operator sets. An origin announces them over the built-in defaults; on other
 *     nodes they take precedence over those that are announced (RFC 8992 section 6)
 * @param times how long it waits
 * @param loopCount the loop count of its requests and announcements
 * @param concurrency the maximum number of negotiations with requesters at one time
 * @param concurrencyPerPeer the maximum number of those with one requester
 * @param counterOffers how often it insists on what it needs when a provider offers less
 * @param form how its requests are written; the base form is for IPv6 only, and IPv4 uses the extended one
 */
public record PrefixManagerConfig(
        ManagerRole role,
        Map<AddressFamily, FamilyNeeds> needs,
        Optional<String> deviceRole,
        PrefixParams params,
        ManagerTimes times,
        int loopCount,
        int concurrency,
        int concurrencyPerPeer,
        int counterOffers,
        PrefixForm form) {
    /** Without a length of the operator and a role of the device, a request is for so many bits of subnets. */
    static final int SUBNET_BITS = 8;

    /** Checks and copies the components. */
    public PrefixManagerConfig {
        Objects.requireNonNull(role, "role");
        needs = Map.copyOf(needs);
        Objects.requireNonNull(deviceRole, "deviceRole");
        Objects.requireNonNull(params, "params");
        Objects.requireNonNull(times, "times");
        Objects.requireNonNull(form, "form");
        if (loopCount < 1 || loopCount > Objective.MAX_LOOP_COUNT) {
            throw new IllegalArgumentException("the loop count " + loopCount + " is not from 1 to 255");
        }
        if (concurrency < 1 || concurrencyPerPeer < 1) {
            throw new IllegalArgumentException("a number of negotiations is below 1");
        }
        if (counterOffers < 0) {
            throw new IllegalArgumentException("the number of counter-offers " + counterOffers + " is negative");
        }
    }

    /**
     * {@return the default settings of a role} IPv6 only with a reserve of one subnet for a delegating manager, the
     * built-in parameters without a device role, 64 negotiations at one time, 4 of one requester, one counter-offer,
     * the extended form.
     *
     * @param role what the manager does
     */
    public static PrefixManagerConfig of(ManagerRole role) {
        return new PrefixManagerConfig(
                role,
                Map.of(
                        AddressFamily.IPV6,
                        role == ManagerRole.DELEGATING ? FamilyNeeds.IPV6.withReserve(1) : FamilyNeeds.IPV6),
                Optional.empty(),
                new PrefixParams(Map.of()),
                ManagerTimes.DEFAULTS,
                Objective.DEFAULT_LOOP_COUNT,
                64,
                4,
                1,
                PrefixForm.EXTENDED);
    }

    /**
     * {@return the needs of a version of IP; the default ones if it requests no prefixes of it}
     *
     * @param family the version of IP
     */
    public FamilyNeeds needs(AddressFamily family) {
        return needs.getOrDefault(family, family == AddressFamily.IPV6 ? FamilyNeeds.IPV6 : FamilyNeeds.IPV4);
    }

    /**
     * {@return these settings with the needs of one version of IP, in addition to those of the other}
     *
     * @param more what the manager needs
     */
    public PrefixManagerConfig withNeeds(FamilyNeeds more) {
        Map<AddressFamily, FamilyNeeds> all = new EnumMap<>(AddressFamily.class);
        all.putAll(needs);
        all.put(more.family(), more);
        return withNeeds(all);
    }

    /**
     * {@return these settings with other needs}
     *
     * @param newNeeds see {@link #needs}
     */
    public PrefixManagerConfig withNeeds(Map<AddressFamily, FamilyNeeds> newNeeds) {
        return new PrefixManagerConfig(
                role,
                newNeeds,
                deviceRole,
                params,
                times,
                loopCount,
                concurrency,
                concurrencyPerPeer,
                counterOffers,
                form);
    }

    /**
     * {@return these settings with a role of this device}
     *
     * @param newDeviceRole see {@link #deviceRole}
     */
    public PrefixManagerConfig withDeviceRole(String newDeviceRole) {
        return new PrefixManagerConfig(
                role,
                needs,
                Optional.of(newDeviceRole),
                params,
                times,
                loopCount,
                concurrency,
                concurrencyPerPeer,
                counterOffers,
                form);
    }

    /**
     * {@return these settings with parameters of the operator}
     *
     * @param newParams see {@link #params}
     */
    public PrefixManagerConfig withParams(PrefixParams newParams) {
        return new PrefixManagerConfig(
                role,
                needs,
                deviceRole,
                newParams,
                times,
                loopCount,
                concurrency,
                concurrencyPerPeer,
                counterOffers,
                form);
    }

    /**
     * {@return these settings with other times}
     *
     * @param newTimes see {@link #times}
     */
    public PrefixManagerConfig withTimes(ManagerTimes newTimes) {
        return new PrefixManagerConfig(
                role,
                needs,
                deviceRole,
                params,
                newTimes,
                loopCount,
                concurrency,
                concurrencyPerPeer,
                counterOffers,
                form);
    }

    /**
     * {@return these settings with another loop count}
     *
     * @param newLoopCount see {@link #loopCount}
     */
    public PrefixManagerConfig withLoopCount(int newLoopCount) {
        return new PrefixManagerConfig(
                role,
                needs,
                deviceRole,
                params,
                times,
                newLoopCount,
                concurrency,
                concurrencyPerPeer,
                counterOffers,
                form);
    }

    /**
     * {@return these settings with other numbers of negotiations at one time}
     *
     * @param newConcurrency see {@link #concurrency}
     * @param newConcurrencyPerPeer see {@link #concurrencyPerPeer}
     */
    public PrefixManagerConfig withConcurrency(int newConcurrency, int newConcurrencyPerPeer) {
        return new PrefixManagerConfig(
                role,
                needs,
                deviceRole,
                params,
                times,
                loopCount,
                newConcurrency,
                newConcurrencyPerPeer,
                counterOffers,
                form);
    }

    /**
     * {@return these settings with another number of counter-offers}
     *
     * @param newCounterOffers see {@link #counterOffers}
     */
    public PrefixManagerConfig withCounterOffers(int newCounterOffers) {
        return new PrefixManagerConfig(
                role,
                needs,
                deviceRole,
                params,
                times,
                loopCount,
                concurrency,
                concurrencyPerPeer,
                newCounterOffers,
                form);
    }

    /**
     * {@return these settings with another form of requests}
     *
     * @param newForm see {@link #form}
     */
    public PrefixManagerConfig withForm(PrefixForm newForm) {
        return new PrefixManagerConfig(
                role,
                needs,
                deviceRole,
                params,
                times,
                loopCount,
                concurrency,
                concurrencyPerPeer,
                counterOffers,
                newForm);
    }
}
