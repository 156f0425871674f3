package io.grasp.host;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * An ASA of a host as an operator sees it: its manifest and its state. It refers to no class of the ASA.
 *
 * @param name the name
 * @param version the version
 * @param state the state
 * @param detail why it is in this state, which ASA that it needs is missing, and what other versions do that run beside
 *     it or have not taken over; empty if that is clear
 * @param since for how long it has been in this state
 * @param description what the ASA does
 * @param needs the names of the ASAs that it needs
 * @param objectives the objectives that it registers
 * @param parameters its parameters, with their values
 * @param exclusive whether two versions of it cannot run at the same time
 * @param origin the name of its jar, or {@code program}
 * @param sha256 the SHA-256 digest of its jar
 * @param starts how often it was started, all versions together
 * @param failures how often it has failed, all versions together, by kind; it is then started again, except after
 *     {@link HostException.Kind#HANDLER}
 * @param work what its threads have done, over all starts
 * @param allocated how many bytes its current thread has allocated, if the virtual machine knows it
 * @param lastFailure why it has failed the last time
 */
public record HostedAsaInfo(
        String name,
        String version,
        LifeCycleState state,
        String detail,
        Duration since,
        String description,
        List<String> needs,
        List<String> objectives,
        List<ParameterInfo> parameters,
        boolean exclusive,
        String origin,
        Optional<String> sha256,
        long starts,
        Map<HostException.Kind, Long> failures,
        Work work,
        OptionalLong allocated,
        Optional<String> lastFailure) {
    /** Copies the lists and the map. */
    public HostedAsaInfo {
        needs = List.copyOf(needs);
        objectives = List.copyOf(objectives);
        parameters = List.copyOf(parameters);
        failures = Map.copyOf(failures);
    }

    /**
     * What the threads of an ASA do: they run tasks, such as calls of its functions. Without threads of the ASAs'
     * own ({@link HostConfig#withOwnThreads}) nothing is counted.
     *
     * @param tasks the number of tasks that have ended
     * @param busy the time that they took together
     * @param waiting the number of tasks that wait, with delays and intervals that are not due
     * @param running for how long the current task has been running, zero if there is none
     */
    public record Work(long tasks, Duration busy, long waiting, Duration running) {
        /** Nothing was done. */
        public static final Work NONE = new Work(0, Duration.ZERO, 0, Duration.ZERO);

        /** {@return what both have done, and the longest task that is running} */
        Work and(Work other) {
            return new Work(
                    tasks + other.tasks,
                    busy.plus(other.busy),
                    waiting + other.waiting,
                    running.compareTo(other.running) > 0 ? running : other.running);
        }

        /** {@return this when its threads have ended} */
        Work ended() {
            return new Work(tasks, busy, 0, Duration.ZERO);
        }
    }

    /**
     * A parameter with its value, as text.
     *
     * @param name the name
     * @param type the kind of values
     * @param value the current value
     * @param source where the current value comes from: {@code initial}, {@code operator} or
     *     {@code policy}
     * @param initial the value until another one is set
     * @param bounds the values that it may have
     * @param description what it means
     */
    public record ParameterInfo(
            String name, String type, String value, String source, String initial, String bounds, String description) {}
}
