package io.grasp.inspection;

import io.grasp.util.AddressText;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Which events a watcher gets, and how often. Watchers with equal options cost little more than one of them. Immutable;
 * start from {@link #DEFAULTS}.
 *
 * @param eventsPerSecond the maximum number of events, 1 to {@link #MOST_EVENTS}; those beyond are counted as skipped.
 *     After a time with fewer, as many may come at once
 * @param period the shortest time between two batches, 10 ms to 10 s. After a longer time without events, a batch comes
 *     {@link #GATHERING} after the first event
 * @param objective the name of the only objective of interest; events without one of a session about it are included;
 *     empty for all
 * @param peer the address of the only peer of interest, without a scope; empty for all
 * @param messageTypes the numbers of the only message types of interest; empty for all. Only for messages
 * @param valueBytes up to how many bytes of each objective's value are shown, 0 to
 *     {@link PageRequest#LARGEST_VALUE_BYTES}
 */
public record EventOptions(
        int eventsPerSecond,
        Duration period,
        Optional<String> objective,
        Optional<InetAddress> peer,
        Set<Integer> messageTypes,
        int valueBytes) {
    /** The largest number of events in a second. */
    public static final int MOST_EVENTS = 1000;

    /** How long events are collected at least: those of one cause are in one batch. */
    public static final Duration GATHERING = Duration.ofMillis(10);

    private static final Duration LONGEST = Duration.ofSeconds(10);

    /** All events, up to 200 in a second, in up to two batches, with up to 256 bytes of each value. */
    public static final EventOptions DEFAULTS =
            new EventOptions(200, Duration.ofMillis(500), Optional.empty(), Optional.empty(), Set.of(), 256);

    /** Checks and copies the components. */
    public EventOptions {
        if (eventsPerSecond < 1 || eventsPerSecond > MOST_EVENTS) {
            throw new IllegalArgumentException(
                    "the events in a second are " + eventsPerSecond + ", must be 1 to " + MOST_EVENTS);
        }
        if (period.compareTo(GATHERING) < 0 || period.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("the period is " + period + ", must be 10 ms to 10 s");
        }
        Objects.requireNonNull(objective, "objective");
        Objects.requireNonNull(peer, "peer");
        messageTypes = Set.copyOf(messageTypes);
        if (valueBytes < 0 || valueBytes > PageRequest.LARGEST_VALUE_BYTES) {
            throw new IllegalArgumentException(
                    "the bytes of a value are " + valueBytes + ", must be 0 to " + PageRequest.LARGEST_VALUE_BYTES);
        }
    }

    @Override
    public String toString() {
        return AddressText.ofRecord(this);
    }

    /**
     * {@return these options with another {@link #eventsPerSecond}}
     *
     * @param newEventsPerSecond the maximum number of events in a second
     */
    public EventOptions withEventsPerSecond(int newEventsPerSecond) {
        return new EventOptions(newEventsPerSecond, period, objective, peer, messageTypes, valueBytes);
    }

    /**
     * {@return these options with another {@link #period}}
     *
     * @param newPeriod how long events are collected
     */
    public EventOptions withPeriod(Duration newPeriod) {
        return new EventOptions(eventsPerSecond, newPeriod, objective, peer, messageTypes, valueBytes);
    }

    /**
     * {@return these options for one objective}
     *
     * @param name its name
     */
    public EventOptions withObjective(String name) {
        return new EventOptions(eventsPerSecond, period, Optional.of(name), peer, messageTypes, valueBytes);
    }

    /**
     * {@return these options for one peer}
     *
     * @param address its address, without a scope
     */
    public EventOptions withPeer(InetAddress address) {
        return new EventOptions(eventsPerSecond, period, objective, Optional.of(address), messageTypes, valueBytes);
    }

    /**
     * {@return these options for some types of messages}
     *
     * @param numbers the numbers of the types, see {@link io.grasp.model.MessageInfo#type}
     */
    public EventOptions withMessageTypes(Set<Integer> numbers) {
        return new EventOptions(eventsPerSecond, period, objective, peer, numbers, valueBytes);
    }

    /**
     * {@return these options with another {@link #valueBytes}}
     *
     * @param newValueBytes the maximum number of bytes
     */
    public EventOptions withValueBytes(int newValueBytes) {
        return new EventOptions(eventsPerSecond, period, objective, peer, messageTypes, newValueBytes);
    }
}
