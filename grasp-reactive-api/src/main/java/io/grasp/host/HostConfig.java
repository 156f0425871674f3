package io.grasp.host;

import io.grasp.config.AsaLimits;
import io.grasp.util.GrowingPauses;
import io.grasp.util.SettingChecks;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** The settings of a host. Immutable: each {@code with...} returns a changed copy. */
public final class HostConfig {
    /** The defaults: no storage, and a thread for each ASA. */
    public static final HostConfig DEFAULTS = new HostConfig();

    // Set only on a fresh copy, before it is returned.
    private GrowingPauses pauses = new GrowingPauses(Duration.ofSeconds(1), Duration.ofMinutes(5));
    private Duration readyWithin = Duration.ofSeconds(30);
    private Duration drainWithin = Duration.ofSeconds(60);
    private Duration blockedAfter = Duration.ofSeconds(10);
    private Duration checkPeriod = Duration.ofSeconds(30);
    private int asas = 64;
    private AsaLimits asaLimits = new AsaLimits(768, 768);
    private int tasks = 10_000;
    private int restarts = Integer.MAX_VALUE;
    private @Nullable Path storage;
    private boolean ownThreads = true;
    private Supplier<? extends RandomGenerator> random = SplittableRandom::new;

    private HostConfig() {}

    private HostConfig(HostConfig original) {
        pauses = original.pauses;
        readyWithin = original.readyWithin;
        drainWithin = original.drainWithin;
        blockedAfter = original.blockedAfter;
        checkPeriod = original.checkPeriod;
        asas = original.asas;
        asaLimits = original.asaLimits;
        tasks = original.tasks;
        restarts = original.restarts;
        storage = original.storage;
        ownThreads = original.ownThreads;
        random = original.random;
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
        GrowingPauses valid = new GrowingPauses(first, longest);
        return changed(copy -> copy.pauses = valid);
    }

    /**
     * These settings with another time within which an ASA must be ready.
     *
     * @param time the time from its start; default 30 s
     * @return the changed settings
     */
    public HostConfig withReadyWithin(Duration time) {
        Duration valid = SettingChecks.positive("readyWithin", time);
        return changed(copy -> copy.readyWithin = valid);
    }

    /**
     * These settings with another time that an ASA has to finish what is in progress before it is stopped.
     *
     * @param time the time; default 60 s
     * @return the changed settings
     */
    public HostConfig withDrainWithin(Duration time) {
        Duration valid = SettingChecks.positive("drainWithin", time);
        return changed(copy -> copy.drainWithin = valid);
    }

    /**
     * These settings with another time after which a function of an ASA that has not returned is blocked. The ASA is
     * then deregistered, and started again when its thread has ended.
     *
     * @param time the time; default 10 s
     * @return the changed settings
     */
    public HostConfig withBlockedAfter(Duration time) {
        Duration valid = SettingChecks.positive("blockedAfter", time);
        return changed(copy -> copy.blockedAfter = valid);
    }

    /**
     * These settings with another period of the ASAs' checks of themselves.
     *
     * @param period the period; default 30 s
     * @return the changed settings
     */
    public HostConfig withCheckPeriod(Duration period) {
        Duration valid = SettingChecks.positive("checkPeriod", period);
        return changed(copy -> copy.checkPeriod = valid);
    }

    /**
     * These settings with another maximum number of ASAs.
     *
     * @param most the number; default 64
     * @return the changed settings
     */
    public HostConfig withAsas(int most) {
        int valid = SettingChecks.between("asas", most, 1, Integer.MAX_VALUE);
        return changed(copy -> copy.asas = valid);
    }

    /**
     * These settings with other bounds of each version of an ASA that runs.
     *
     * @param limits the bounds; by default 768 objectives and 768 sessions, three quarters of those that a node has by
     *     default, so that something is left for the others
     * @return the changed settings
     */
    public HostConfig withAsaLimits(AsaLimits limits) {
        return changed(copy -> copy.asaLimits = Objects.requireNonNull(limits, "limits"));
    }

    /**
     * These settings with another maximum number of tasks that wait for the thread of an ASA, with its delays and
     * intervals. Beyond it the ASA is overloaded: it is deregistered, and started again.
     *
     * @param most the number; default 10,000
     * @return the changed settings
     */
    public HostConfig withTasks(int most) {
        int valid = SettingChecks.between("tasks", most, 1, Integer.MAX_VALUE);
        return changed(copy -> copy.tasks = valid);
    }

    /**
     * These settings with another maximum number of restarts after failures in a row. An ASA that fails once more is
     * stopped, until the plan has other code of it, or has it again after not having had it.
     *
     * @param most the number, 0 for no restart; by default there is no bound
     * @return the changed settings
     */
    public HostConfig withRestarts(int most) {
        int valid = SettingChecks.between("restarts", most, 0, Integer.MAX_VALUE);
        return changed(copy -> copy.restarts = valid);
    }

    /**
     * These settings with stable storage for the ASAs.
     *
     * @param directory the directory, in which each ASA that is started gets one; it is created
     * @return the changed settings
     */
    public HostConfig withStorage(Path directory) {
        return changed(copy -> copy.storage = Objects.requireNonNull(directory, "directory"));
    }

    /**
     * These settings with a thread for each ASA, or without: then all ASAs run on the node's loop, and their files are
     * used there, as a test on a simulated network needs it. A blocked ASA is not noticed there.
     *
     * @param threads whether each ASA has a thread; initially {@code true}
     * @return the changed settings
     */
    public HostConfig withOwnThreads(boolean threads) {
        return changed(copy -> copy.ownThreads = threads);
    }

    /**
     * These settings with another source of the pauses' lengths. A seeded one makes a test repeatable.
     *
     * @param newRandom creates the source for each host; it is used on the node's loop
     * @return the changed settings
     */
    public HostConfig withRandom(Supplier<? extends RandomGenerator> newRandom) {
        Supplier<? extends RandomGenerator> valid = Objects.requireNonNull(newRandom, "random");
        return changed(copy -> copy.random = valid);
    }

    /** {@return the time after which a function that has not returned is blocked} */
    public Duration blockedAfter() {
        return blockedAfter;
    }

    /** {@return the period of the ASAs' checks of themselves} */
    public Duration checkPeriod() {
        return checkPeriod;
    }

    /** {@return the first upper bound of the pause before an ASA that has failed is started again} */
    public Duration firstPause() {
        return pauses.first();
    }

    /** {@return the last upper bound of that pause} */
    public Duration longestPause() {
        return pauses.longest();
    }

    /** {@return the time from its start within which an ASA must be ready} */
    public Duration readyWithin() {
        return readyWithin;
    }

    /** {@return the time that an ASA has to finish what is in progress before it is stopped} */
    public Duration drainWithin() {
        return drainWithin;
    }

    /** {@return the maximum number of ASAs} */
    public int asas() {
        return asas;
    }

    /** {@return the bounds of each version of an ASA that runs} */
    public AsaLimits asaLimits() {
        return asaLimits;
    }

    /** {@return the maximum number of tasks that wait for the thread of an ASA} */
    public int tasks() {
        return tasks;
    }

    /** {@return the maximum number of restarts after failures in a row} */
    public int restarts() {
        return restarts;
    }

    Optional<Path> storage() {
        return Optional.ofNullable(storage);
    }

    boolean ownThreads() {
        return ownThreads;
    }

    /** {@return where files are used} */
    Scheduler blocking() {
        return ownThreads ? Schedulers.boundedElastic() : Schedulers.immediate();
    }

    GrowingPauses pauses() {
        return pauses;
    }

    RandomGenerator random() {
        return random.get();
    }

    private HostConfig changed(Consumer<HostConfig> change) {
        HostConfig copy = new HostConfig(this);
        change.accept(copy);
        return copy;
    }
}
