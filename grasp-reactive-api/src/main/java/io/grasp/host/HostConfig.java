package io.grasp.host;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The settings of a host. Immutable: each {@code with...} returns a changed copy. */
public final class HostConfig {
    /** The defaults: no storage, and a thread for each ASA. */
    public static final HostConfig DEFAULTS = new HostConfig(
            Duration.ofSeconds(1),
            Duration.ofMinutes(5),
            Duration.ofSeconds(30),
            Duration.ofSeconds(60),
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            64,
            null,
            true,
            SplittableRandom::new);

    private final Duration firstPause;
    private final Duration longestPause;
    private final Duration readyWithin;
    private final Duration drainWithin;
    private final Duration blockedAfter;
    private final Duration checkPeriod;
    private final int asas;
    private final @Nullable Path storage;
    private final boolean ownThreads;
    private final Supplier<? extends RandomGenerator> random;

    private HostConfig(
            Duration firstPause,
            Duration longestPause,
            Duration readyWithin,
            Duration drainWithin,
            Duration blockedAfter,
            Duration checkPeriod,
            int asas,
            @Nullable Path storage,
            boolean ownThreads,
            Supplier<? extends RandomGenerator> random) {
        this.firstPause = requirePositive("firstPause", firstPause);
        this.longestPause = requirePositive("longestPause", longestPause);
        this.readyWithin = requirePositive("readyWithin", readyWithin);
        this.drainWithin = requirePositive("drainWithin", drainWithin);
        this.blockedAfter = requirePositive("blockedAfter", blockedAfter);
        this.checkPeriod = requirePositive("checkPeriod", checkPeriod);
        this.asas = asas;
        this.storage = storage;
        this.ownThreads = ownThreads;
        this.random = Objects.requireNonNull(random, "random");
        if (longestPause.compareTo(firstPause) < 0) {
            throw new IllegalArgumentException(
                    "longestPause " + longestPause + " is shorter than firstPause " + firstPause);
        }
        if (asas < 1) {
            throw new IllegalArgumentException("asas is " + asas + ", must be at least 1");
        }
    }

    private static Duration requirePositive(String name, Duration value) {
        if (value.isZero() || value.isNegative()) {
            throw new IllegalArgumentException(name + " is " + value + ", must be above 0");
        }
        return value;
    }

    /**
     * These settings with other pauses before an ASA that has failed is started again: each is a random time between
     * zero and a bound that doubles with each failure. The bound is the first one again after the ASA has been
     * operational for the longest one.
     *
     * @param first the first bound; default 1 s
     * @param longest the last bound; default 5 minutes
     * @return the changed settings
     */
    public HostConfig withPauses(Duration first, Duration longest) {
        return new HostConfig(
                first, longest, readyWithin, drainWithin, blockedAfter, checkPeriod, asas, storage, ownThreads, random);
    }

    /**
     * These settings with another time within which an ASA must be ready.
     *
     * @param time the time from its start; default 30 s
     * @return the changed settings
     */
    public HostConfig withReadyWithin(Duration time) {
        return new HostConfig(
                firstPause,
                longestPause,
                time,
                drainWithin,
                blockedAfter,
                checkPeriod,
                asas,
                storage,
                ownThreads,
                random);
    }

    /**
     * These settings with another time that an ASA has to finish what is in progress before it is stopped.
     *
     * @param time the time; default 60 s
     * @return the changed settings
     */
    public HostConfig withDrainWithin(Duration time) {
        return new HostConfig(
                firstPause,
                longestPause,
                readyWithin,
                time,
                blockedAfter,
                checkPeriod,
                asas,
                storage,
                ownThreads,
                random);
    }

    /**
     * These settings with another time after which a function of an ASA that has not returned is blocked. The ASA is
     * then deregistered, and started again when its thread has ended.
     *
     * @param time the time; default 10 s
     * @return the changed settings
     */
    public HostConfig withBlockedAfter(Duration time) {
        return new HostConfig(
                firstPause,
                longestPause,
                readyWithin,
                drainWithin,
                time,
                checkPeriod,
                asas,
                storage,
                ownThreads,
                random);
    }

    /**
     * These settings with another period of the ASAs' checks of themselves.
     *
     * @param period the period; default 30 s
     * @return the changed settings
     */
    public HostConfig withCheckPeriod(Duration period) {
        return new HostConfig(
                firstPause,
                longestPause,
                readyWithin,
                drainWithin,
                blockedAfter,
                period,
                asas,
                storage,
                ownThreads,
                random);
    }

    /**
     * These settings with another maximum number of ASAs.
     *
     * @param most the number; default 64
     * @return the changed settings
     */
    public HostConfig withAsas(int most) {
        return new HostConfig(
                firstPause,
                longestPause,
                readyWithin,
                drainWithin,
                blockedAfter,
                checkPeriod,
                most,
                storage,
                ownThreads,
                random);
    }

    /**
     * These settings with stable storage for the ASAs.
     *
     * @param directory the directory, in which each ASA that is started gets one; it is created
     * @return the changed settings
     */
    public HostConfig withStorage(Path directory) {
        return new HostConfig(
                firstPause,
                longestPause,
                readyWithin,
                drainWithin,
                blockedAfter,
                checkPeriod,
                asas,
                Objects.requireNonNull(directory, "directory"),
                ownThreads,
                random);
    }

    /**
     * These settings with a thread for each ASA, or without: then all ASAs run on the node's loop, as a test on a
     * simulated network needs it. A blocked ASA is not noticed there.
     *
     * @param threads whether each ASA has a thread; initially {@code true}
     * @return the changed settings
     */
    public HostConfig withOwnThreads(boolean threads) {
        return new HostConfig(
                firstPause,
                longestPause,
                readyWithin,
                drainWithin,
                blockedAfter,
                checkPeriod,
                asas,
                storage,
                threads,
                random);
    }

    /**
     * These settings with another source of the pauses' lengths. A seeded one makes a test repeatable.
     *
     * @param newRandom creates the source for each host; it is used on the node's loop
     * @return the changed settings
     */
    public HostConfig withRandom(Supplier<? extends RandomGenerator> newRandom) {
        return new HostConfig(
                firstPause,
                longestPause,
                readyWithin,
                drainWithin,
                blockedAfter,
                checkPeriod,
                asas,
                storage,
                ownThreads,
                newRandom);
    }

    /** {@return the time after which a function that has not returned is blocked} */
    public Duration blockedAfter() {
        return blockedAfter;
    }

    /** {@return the period of the ASAs' checks of themselves} */
    public Duration checkPeriod() {
        return checkPeriod;
    }

    Duration firstPause() {
        return firstPause;
    }

    Duration longestPause() {
        return longestPause;
    }

    Duration readyWithin() {
        return readyWithin;
    }

    Duration drainWithin() {
        return drainWithin;
    }

    int asas() {
        return asas;
    }

    Optional<Path> storage() {
        return Optional.ofNullable(storage);
    }

    boolean ownThreads() {
        return ownThreads;
    }

    RandomGenerator random() {
        return random.get();
    }
}
