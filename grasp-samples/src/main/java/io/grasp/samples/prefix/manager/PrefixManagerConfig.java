package io.grasp.samples.prefix.manager;

import io.grasp.model.Objective;
import io.grasp.samples.prefix.AddressFamily;
import io.grasp.samples.prefix.PrefixForm;
import io.grasp.samples.prefix.PrefixParams;
import io.grasp.samples.prefix.pool.PeerLimits;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/** The settings of a {@link PrefixManager}. Immutable: each {@code with...} returns a changed copy of {@link #of}. */
public final class PrefixManagerConfig {
    /** Without a length of the operator and a role of the device, a request is for so many bits of subnets. */
    static final int SUBNET_BITS = 8;

    // Set only on a fresh copy, before it is returned.
    final ManagerRole role;
    Map<AddressFamily, FamilyNeeds> needs;
    Optional<String> deviceRole = Optional.empty();
    PrefixParams params = new PrefixParams(Map.of());
    ManagerTimes times = ManagerTimes.DEFAULTS;
    int loopCount = Objective.DEFAULT_LOOP_COUNT;
    int concurrency = 64;
    int concurrencyPerPeer = 4;
    int counterOffers = 1;
    PrefixForm form = PrefixForm.EXTENDED;

    private PrefixManagerConfig(ManagerRole role, Map<AddressFamily, FamilyNeeds> needs) {
        this.role = Objects.requireNonNull(role, "role");
        this.needs = needs;
    }

    private PrefixManagerConfig(PrefixManagerConfig original) {
        role = original.role;
        needs = original.needs;
        deviceRole = original.deviceRole;
        params = original.params;
        times = original.times;
        loopCount = original.loopCount;
        concurrency = original.concurrency;
        concurrencyPerPeer = original.concurrencyPerPeer;
        counterOffers = original.counterOffers;
        form = original.form;
    }

    private PrefixManagerConfig changed(Consumer<PrefixManagerConfig> change) {
        PrefixManagerConfig copy = new PrefixManagerConfig(this);
        change.accept(copy);
        return copy;
    }

    /**
     * {@return the default settings of a role} IPv6 only, with a reserve of one subnet for a delegating manager.
     *
     * @param role what the manager does
     */
    public static PrefixManagerConfig of(ManagerRole role) {
        return new PrefixManagerConfig(
                role,
                Map.of(
                        AddressFamily.IPV6,
                        role == ManagerRole.DELEGATING ? FamilyNeeds.IPV6.withReserve(1) : FamilyNeeds.IPV6));
    }

    /** {@return what the manager does} */
    public ManagerRole role() {
        return role;
    }

    /**
     * {@return the needs of a version of IP; the default ones if it requests no prefixes of it}
     *
     * @param family the version of IP
     */
    public FamilyNeeds needs(AddressFamily family) {
        return needs.getOrDefault(family, family == AddressFamily.IPV6 ? FamilyNeeds.IPV6 : FamilyNeeds.IPV4);
    }

    /** {@return limits that leave space to other peers: {@link PeerLimits#SHARING}, but at least one subnet} */
    public PeerLimits sharing() {
        PeerLimits limits = PeerLimits.SHARING;
        for (AddressFamily family : AddressFamily.values()) {
            limits = limits.withLeastShare(family, needs(family).subnetLength());
        }
        return limits;
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
        return changed(copy -> copy.needs = Map.copyOf(all));
    }

    /**
     * {@return these settings with a role of the device, which determines the length of its requests} Default: none.
     *
     * @param name one of the roles of PrefixManager.Params, such as CSG
     */
    public PrefixManagerConfig withDeviceRole(String name) {
        return changed(copy -> copy.deviceRole = Optional.of(name));
    }

    /**
     * {@return these settings with parameters of the operator} Default: none. An origin announces them over the
     * built-in ones; on other nodes they take precedence over those that are announced (RFC 8992 section 6).
     *
     * @param ofOperator the parameters
     */
    public PrefixManagerConfig withParams(PrefixParams ofOperator) {
        PrefixParams valid = Objects.requireNonNull(ofOperator, "params");
        return changed(copy -> copy.params = valid);
    }

    /** {@return how long the manager waits} */
    public ManagerTimes times() {
        return times;
    }

    /**
     * {@return these settings with other times} Default: {@link ManagerTimes#DEFAULTS}.
     *
     * @param waits how long the manager waits
     */
    public PrefixManagerConfig withTimes(ManagerTimes waits) {
        ManagerTimes valid = Objects.requireNonNull(waits, "times");
        return changed(copy -> copy.times = valid);
    }

    /**
     * {@return these settings with another loop count of requests and announcements} Default:
     * {@value Objective#DEFAULT_LOOP_COUNT}. Each manager that requests a prefix on behalf of another lowers it. So a
     * request reaches the origin only if its loop count is at least 2 more than the number of managers between them.
     *
     * @param count 1 to 255
     */
    public PrefixManagerConfig withLoopCount(int count) {
        if (count < 1 || count > Objective.MAX_LOOP_COUNT) {
            throw new IllegalArgumentException("the loop count " + count + " is not from 1 to 255");
        }
        return changed(copy -> copy.loopCount = count);
    }

    /**
     * {@return these settings with other numbers of negotiations with requesters} Default: 64, and 4 with one of them.
     *
     * @param all the maximum number at one time
     * @param withOnePeer the maximum number of those with one requester
     */
    public PrefixManagerConfig withConcurrency(int all, int withOnePeer) {
        if (all < 1 || withOnePeer < 1) {
            throw new IllegalArgumentException("a number of negotiations is below 1");
        }
        return changed(copy -> {
            copy.concurrency = all;
            copy.concurrencyPerPeer = withOnePeer;
        });
    }

    /**
     * {@return these settings with another number of counter-offers} Default: 1.
     *
     * @param most how often the manager insists on what it needs when a provider offers less, at least 0
     */
    public PrefixManagerConfig withCounterOffers(int most) {
        if (most < 0) {
            throw new IllegalArgumentException("the number of counter-offers " + most + " is negative");
        }
        return changed(copy -> copy.counterOffers = most);
    }

    /**
     * {@return these settings with another form of requests} Default: {@link PrefixForm#EXTENDED}.
     *
     * @param ofRequests how requests are written; the base form is for IPv6 only, and IPv4 uses the extended one
     */
    public PrefixManagerConfig withForm(PrefixForm ofRequests) {
        PrefixForm valid = Objects.requireNonNull(ofRequests, "form");
        return changed(copy -> copy.form = valid);
    }
}
