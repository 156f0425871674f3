package io.grasp.substrate.sim;

import java.time.Duration;
import java.util.Objects;

/**
 * What a link does to what is sent over it. Each probability is thrown for itself, once for each receiver of a
 * message, and once for each segment of a stream that crosses the link.
 *
 * @param delay how long everything takes, one way; not negative
 * @param jitter the most that is added to the delay of each delivery, uniformly from 0; datagrams may overtake each
 *     other by it, streams keep their order
 * @param bandwidth how many bits per second each node can send on the link, 0 for no bound; what is sent meanwhile
 *     queues, in order. Payload alone is counted, not headers
 * @param queueBytes how many bytes may be sent and not yet be on the link, above 0; what finds no room in the queue is
 *     lost. An empty queue takes anything. Without effect if the bandwidth has no bound
 * @param mtu the largest IPv6 packet in bytes, at least {@link #MIN_MTU}: a message to all neighbors on a
 *     {@link LinkKind#DATAGRAM} link may be {@value #UDP_HEADERS} bytes shorter, and the segments of a stream are at
 *     most {@value #TCP_HEADERS} bytes shorter where one can be lost, changed or held up alone
 * @param loss the probability that something is lost: a datagram for ever, a segment until it is sent again
 * @param duplication the probability that a datagram arrives twice; streams never show it
 * @param reordering the probability that a datagram is held back, for the delay and the full jitter once more but at
 *     least a millisecond, so that later ones overtake it; streams never show it
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
    /** The packet that every link of IPv6 carries (RFC 8200 section 5), in bytes; also what {@link #PERFECT} has. */
    public static final int MIN_MTU = 1280;

    /** How many bytes may queue unless told otherwise. */
    public static final int DEFAULT_QUEUE_BYTES = 65_536;

    private static final Duration LONGEST = Duration.ofDays(3650); // the constants below need it

    /** No delay, no bounds but the least MTU, and nothing goes wrong. */
    public static final LinkConditions PERFECT =
            new LinkConditions(Duration.ZERO, Duration.ZERO, 0, DEFAULT_QUEUE_BYTES, MIN_MTU, 0, 0, 0, 0);

    static final int UDP_HEADERS = 40 + 8;
    static final int TCP_HEADERS = 40 + 20;
    private static final Duration LEAST_HOLD = Duration.ofMillis(1);

    /** @throws IllegalArgumentException if a value is out of its range */
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

    /** {@return these conditions with another {@linkplain #delay() delay}} */
    public LinkConditions withDelay(Duration newDelay) {
        return new LinkConditions(
                newDelay, jitter, bandwidth, queueBytes, mtu, loss, duplication, reordering, corruption);
    }

    /** {@return these conditions with another {@linkplain #jitter() jitter}} */
    public LinkConditions withJitter(Duration newJitter) {
        return new LinkConditions(
                delay, newJitter, bandwidth, queueBytes, mtu, loss, duplication, reordering, corruption);
    }

    /** {@return these conditions with another {@linkplain #bandwidth() bandwidth} in bits per second} */
    public LinkConditions withBandwidth(long newBandwidth) {
        return new LinkConditions(
                delay, jitter, newBandwidth, queueBytes, mtu, loss, duplication, reordering, corruption);
    }

    /** {@return these conditions with another {@linkplain #queueBytes() queue}} */
    public LinkConditions withQueueBytes(int newQueueBytes) {
        return new LinkConditions(
                delay, jitter, bandwidth, newQueueBytes, mtu, loss, duplication, reordering, corruption);
    }

    /** {@return these conditions with another {@linkplain #mtu() MTU} in bytes} */
    public LinkConditions withMtu(int newMtu) {
        return new LinkConditions(
                delay, jitter, bandwidth, queueBytes, newMtu, loss, duplication, reordering, corruption);
    }

    /** {@return these conditions with another probability of {@linkplain #loss() loss}} */
    public LinkConditions withLoss(double newLoss) {
        return new LinkConditions(
                delay, jitter, bandwidth, queueBytes, mtu, newLoss, duplication, reordering, corruption);
    }

    /** {@return these conditions with another probability of {@linkplain #duplication() duplication}} */
    public LinkConditions withDuplication(double newDuplication) {
        return new LinkConditions(
                delay, jitter, bandwidth, queueBytes, mtu, loss, newDuplication, reordering, corruption);
    }

    /** {@return these conditions with another probability of {@linkplain #reordering() reordering}} */
    public LinkConditions withReordering(double newReordering) {
        return new LinkConditions(
                delay, jitter, bandwidth, queueBytes, mtu, loss, duplication, newReordering, corruption);
    }

    /** {@return these conditions with another probability of {@linkplain #corruption() corruption}} */
    public LinkConditions withCorruption(double newCorruption) {
        return new LinkConditions(
                delay, jitter, bandwidth, queueBytes, mtu, loss, duplication, reordering, newCorruption);
    }

    /** {@return how much longer a datagram takes that is held back} */
    Duration hold() {
        Duration again = delay.plus(jitter);
        return again.compareTo(LEAST_HOLD) > 0 ? again : LEAST_HOLD;
    }

    /** {@return whether the parts of a stream may fare differently, so that it matters how it is cut} */
    boolean cutsStreams() {
        return loss > 0 || corruption > 0 || bandwidth > 0;
    }
}
