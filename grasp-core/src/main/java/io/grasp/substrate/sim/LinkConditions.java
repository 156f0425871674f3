package io.grasp.substrate.sim;

import java.time.Duration;
import java.util.Objects;

/**
 * How a link treats the messages and bytes that cross it. Each probability is decided independently, once for each
 * receiver of a message, and once for each segment of a stream that crosses the link.
 *
 * @param delay the one-way delay; not negative
 * @param jitter the maximum addition to the delay of each delivery, uniformly distributed from 0; it can reorder
 *     datagrams, but streams keep their order
 * @param bandwidth how many bits per second each node can send on the link, 0 for no bound; further data waits in a
 *     queue. Only payload counts, not headers
 * @param queueBytes how many bytes can wait to be sent on the link, above 0; data that does not fit in the queue is
 *     lost. An empty queue accepts any message. Without effect if the bandwidth has no bound
 * @param mtu the largest IPv6 packet in bytes, at least {@link #MIN_MTU}: a message to all neighbors on a
 *     {@link LinkKind#DATAGRAM} link may be {@value #UDP_HEADERS} bytes shorter, and the segments of a stream are at
 *     most {@value #TCP_HEADERS} bytes shorter if a single one can be lost, changed or delayed
 * @param loss the probability that a packet is lost: a datagram for ever, a segment until it is retransmitted
 * @param duplication the probability that a datagram arrives twice; streams are not affected
 * @param reordering the probability that a datagram is held back so that later ones overtake it: for the delay plus the
 *     full jitter, but at least a millisecond; streams are not affected
 * @param corruption the probability that one or more bits of a datagram or segment are changed
 */
public record LinkConditions(
        Duration delay,
        Duration jitter,
        long bandwidth,
        int queueBytes,
        int mtu,
        double loss,
        double duplication,
        double reordering,
        double corruption) {
    /**
     * The packet size that every IPv6 link supports (RFC 8200 section 5), in bytes; also the MTU of {@link #PERFECT}.
     */
    public static final int MIN_MTU = 1280;

    /** The default size of the queue in bytes. */
    public static final int DEFAULT_QUEUE_BYTES = 65_536;

    private static final Duration LONGEST = Duration.ofDays(3650); // the constants below need it

    /** No delay, no bounds except the minimum MTU, and no faults. */
    public static final LinkConditions PERFECT =
            new LinkConditions(Duration.ZERO, Duration.ZERO, 0, DEFAULT_QUEUE_BYTES, MIN_MTU, 0, 0, 0, 0);

    static final int UDP_HEADERS = 40 + 8;
    static final int TCP_HEADERS = 40 + 20;
    private static final Duration LEAST_HOLD = Duration.ofMillis(1);

    /**
     * Checks the components.
     *
     * @throws IllegalArgumentException if a value is out of its range
     */
    public LinkConditions {
        requireTime(delay, "delay");
        requireTime(jitter, "jitter");
        require(bandwidth >= 0, "bandwidth " + bandwidth + " bit/s is negative");
        require(queueBytes > 0, "queue of " + queueBytes + " bytes is not above 0");
        require(mtu >= MIN_MTU, "MTU " + mtu + " is below " + MIN_MTU);
        requireProbability(loss, "loss");
        requireProbability(duplication, "duplication");
        requireProbability(reordering, "reordering");
        requireProbability(corruption, "corruption");
    }

    private static void requireTime(Duration time, String what) {
        Objects.requireNonNull(time, what);
        require(!time.isNegative(), what + " " + time + " is negative");
        require(time.compareTo(LONGEST) <= 0, what + " " + time + " is longer than " + LONGEST);
    }

    private static void requireProbability(double probability, String what) {
        require(probability >= 0 && probability <= 1, what + " " + probability + " is not from 0 to 1");
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    /**
     * {@return these conditions with another {@linkplain #delay() delay}}
     *
     * @param newDelay the time for one way
     */
    public LinkConditions withDelay(Duration newDelay) {
        return new LinkConditions(
                newDelay, jitter, bandwidth, queueBytes, mtu, loss, duplication, reordering, corruption);
    }

    /**
     * {@return these conditions with another {@linkplain #jitter() jitter}}
     *
     * @param newJitter the maximum of the random addition
     */
    public LinkConditions withJitter(Duration newJitter) {
        return new LinkConditions(
                delay, newJitter, bandwidth, queueBytes, mtu, loss, duplication, reordering, corruption);
    }

    /**
     * {@return these conditions with another {@linkplain #bandwidth() bandwidth} in bits per second}
     *
     * @param newBandwidth bits per second
     */
    public LinkConditions withBandwidth(long newBandwidth) {
        return new LinkConditions(
                delay, jitter, newBandwidth, queueBytes, mtu, loss, duplication, reordering, corruption);
    }

    /**
     * {@return these conditions with another {@linkplain #queueBytes() queue}}
     *
     * @param newQueueBytes the size of the queue in bytes
     */
    public LinkConditions withQueueBytes(int newQueueBytes) {
        return new LinkConditions(
                delay, jitter, bandwidth, newQueueBytes, mtu, loss, duplication, reordering, corruption);
    }

    /**
     * {@return these conditions with another {@linkplain #mtu() MTU} in bytes}
     *
     * @param newMtu the MTU in bytes
     */
    public LinkConditions withMtu(int newMtu) {
        return new LinkConditions(
                delay, jitter, bandwidth, queueBytes, newMtu, loss, duplication, reordering, corruption);
    }

    /**
     * {@return these conditions with another probability of {@linkplain #loss() loss}}
     *
     * @param newLoss 0 to 1
     */
    public LinkConditions withLoss(double newLoss) {
        return new LinkConditions(
                delay, jitter, bandwidth, queueBytes, mtu, newLoss, duplication, reordering, corruption);
    }

    /**
     * {@return these conditions with another probability of {@linkplain #duplication() duplication}}
     *
     * @param newDuplication 0 to 1
     */
    public LinkConditions withDuplication(double newDuplication) {
        return new LinkConditions(
                delay, jitter, bandwidth, queueBytes, mtu, loss, newDuplication, reordering, corruption);
    }

    /**
     * {@return these conditions with another probability of {@linkplain #reordering() reordering}}
     *
     * @param newReordering 0 to 1
     */
    public LinkConditions withReordering(double newReordering) {
        return new LinkConditions(
                delay, jitter, bandwidth, queueBytes, mtu, loss, duplication, newReordering, corruption);
    }

    /**
     * {@return these conditions with another probability of {@linkplain #corruption() corruption}}
     *
     * @param newCorruption 0 to 1
     */
    public LinkConditions withCorruption(double newCorruption) {
        return new LinkConditions(
                delay, jitter, bandwidth, queueBytes, mtu, loss, duplication, reordering, newCorruption);
    }

    /** {@return the additional delay of a datagram that is held back} */
    Duration hold() {
        Duration again = delay.plus(jitter);
        return again.compareTo(LEAST_HOLD) > 0 ? again : LEAST_HOLD;
    }

    /** {@return whether parts of a stream can be treated differently, so that its segmentation matters} */
    boolean cutsStreams() {
        return loss > 0 || corruption > 0 || bandwidth > 0;
    }
}
