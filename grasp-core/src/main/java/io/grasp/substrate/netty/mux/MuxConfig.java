package io.grasp.substrate.netty.mux;

import io.grasp.util.SettingChecks;
import java.time.Duration;
import java.util.function.Consumer;

/** The settings of a {@link MuxConnection}. Immutable: each {@code with...} returns a changed copy. */
public final class MuxConfig {
    /** The least credit of a stream, in bytes: what an end may send before it has read the peer's preface. */
    static final int MIN_WINDOW_BYTES = 2048; // GRASP_DEF_MAX_SIZE

    /** The number of streams that an end may open before it has read the peer's preface. */
    static final int MIN_STREAMS = 16;

    private static final int MAX_WINDOW_BYTES = 16 << 20;
    private static final int MAX_MESSAGE_BYTES = 16 << 20;

    // Set only on a fresh copy, before it is returned.
    int windowBytes = 16 << 10;
    int maxStreams = 256;
    int maxWaitingStreams = 256;
    int maxMessageBytes = 64 << 10;
    int messageQueueBytes = 256 << 10;
    int wastedFramesPerSecond = 1000;
    long keepaliveNanos = Duration.ofSeconds(30).toNanos();
    long keepaliveTimeoutNanos = Duration.ofSeconds(10).toNanos();
    long prefaceTimeoutNanos = Duration.ofSeconds(10).toNanos();
    long closeTimeoutNanos = Duration.ofSeconds(1).toNanos();
    int streamNumbers = StreamNumbers.ALL;

    private MuxConfig() {}

    private MuxConfig(MuxConfig original) {
        windowBytes = original.windowBytes;
        maxStreams = original.maxStreams;
        maxWaitingStreams = original.maxWaitingStreams;
        maxMessageBytes = original.maxMessageBytes;
        messageQueueBytes = original.messageQueueBytes;
        wastedFramesPerSecond = original.wastedFramesPerSecond;
        keepaliveNanos = original.keepaliveNanos;
        keepaliveTimeoutNanos = original.keepaliveTimeoutNanos;
        prefaceTimeoutNanos = original.prefaceTimeoutNanos;
        closeTimeoutNanos = original.closeTimeoutNanos;
        streamNumbers = original.streamNumbers;
    }

    /** {@return the default settings} */
    public static MuxConfig defaults() {
        return new MuxConfig();
    }

    /**
     * {@return the most memory that one connection keeps for what the peer sends or does not read, in bytes} Each
     * stream that this node opens adds {@link #withWindowBytes a window}, and what its engine sends on streams counts
     * there.
     */
    public long worstCaseBytes() {
        return (long) maxStreams * windowBytes + worstCaseBytesOfMessages() + worstCaseBytesOfTransport();
    }

    /**
     * {@return the part of {@link #worstCaseBytes} that messages and frames take of the heap} An incomplete message
     * is in an array that may be twice as long.
     */
    public long worstCaseBytesOfMessages() {
        return 2L * maxMessageBytes + messageQueueBytes + FrameWriter.CONTROL_BYTES;
    }

    /** {@return the part of {@link #worstCaseBytes} that the transport holds, in direct memory} */
    public long worstCaseBytesOfTransport() {
        return FrameWriter.TRANSPORT_BYTES;
    }

    /**
     * {@return these settings with another window} Default: 16 KiB.
     *
     * @param bytes what the peer may send on a stream that is not read, which is what one stream keeps in memory at
     *     most; 2048 to 16 Mi
     */
    public MuxConfig withWindowBytes(int bytes) {
        int valid = SettingChecks.between("window", bytes, MIN_WINDOW_BYTES, MAX_WINDOW_BYTES);
        return changed(copy -> copy.windowBytes = valid);
    }

    /**
     * {@return these settings with another maximum of streams of the peer} Default: 256.
     *
     * @param streams how many streams the peer may have open at one time; for a further one, it waits
     */
    public MuxConfig withMaxStreams(int streams) {
        int valid = SettingChecks.between("maximum of streams", streams, 1, StreamNumbers.ALL / 4);
        return changed(copy -> copy.maxStreams = valid);
    }

    /**
     * {@return these settings with another maximum of waiting streams} Default: 256.
     *
     * @param streams how many own streams may wait until the peer takes one more; a further one fails with a
     *     {@link MuxOverflowException}
     */
    public MuxConfig withMaxWaitingStreams(int streams) {
        int valid = SettingChecks.between("maximum of waiting streams", streams, 0, Integer.MAX_VALUE);
        return changed(copy -> copy.maxWaitingStreams = valid);
    }

    /**
     * {@return these settings with another maximum size of received link messages} Default: 64 KiB.
     *
     * @param bytes the longest message that is taken, 2048 to 16 Mi; a longer one ends the connection
     */
    public MuxConfig withMaxMessageBytes(int bytes) {
        int valid = SettingChecks.between("maximum message size", bytes, MIN_WINDOW_BYTES, MAX_MESSAGE_BYTES);
        return changed(copy -> copy.maxMessageBytes = valid);
    }

    /**
     * {@return these settings with another size of the queue of link messages} Default: 256 KiB.
     *
     * @param bytes what all messages that wait for the socket take, with the objects around them; a further one fails
     *     with a {@link MuxOverflowException}, except that one message of any size may always wait
     */
    public MuxConfig withMessageQueueBytes(int bytes) {
        int valid = SettingChecks.between("queue of messages", bytes, 1, Integer.MAX_VALUE);
        return changed(copy -> copy.messageQueueBytes = valid);
    }

    /**
     * {@return these settings with another limit of wasted frames} Default: 1000, in addition to the
     * {@linkplain #withMaxStreams maximum of streams}, because all streams of a peer may be aborted at once.
     *
     * @param frames how many frames the peer may send within a second that achieve nothing: resets, refused streams,
     *     empty frames, pings, small amounts of credit, frames of unknown types, messages that the
     *     {@linkplain MuxListener#message listener} counts; one more ends the connection. A peer relies on the default
     */
    public MuxConfig withWastedFramesPerSecond(int frames) {
        int valid = SettingChecks.between("wasted frames", frames, 1, Integer.MAX_VALUE / 2);
        return changed(copy -> copy.wastedFramesPerSecond = valid);
    }

    /**
     * {@return these settings with other times of the keepalive} Default: 30 s and 10 s.
     *
     * @param interval how long the peer may be silent before it is asked for a sign of life, 1 ms to 24 days
     * @param timeout how long it may then take to answer; otherwise the connection ends
     */
    public MuxConfig withKeepalive(Duration interval, Duration timeout) {
        long validInterval = SettingChecks.time("keepalive interval", interval).toNanos();
        long validTimeout = SettingChecks.time("keepalive timeout", timeout).toNanos();
        return changed(copy -> {
            copy.keepaliveNanos = validInterval;
            copy.keepaliveTimeoutNanos = validTimeout;
        });
    }

    /**
     * {@return these settings with another timeout of the preface} Default: 10 s.
     *
     * @param timeout how long the peer may take for its first bytes, 1 ms to 24 days
     */
    public MuxConfig withPrefaceTimeout(Duration timeout) {
        long valid = SettingChecks.time("preface timeout", timeout).toNanos();
        return changed(copy -> copy.prefaceTimeoutNanos = valid);
    }

    /**
     * {@return these settings with another close timeout} Default: 1 s.
     *
     * @param timeout how long the closing of a stream waits for the peer, first to read what was sent, with the
     *     whole time again whenever it has read a part, and then to end its own direction; also how long the closing of
     *     the connection waits for open streams to end, and then for the peer to close it; 1 ms to 24 days
     */
    public MuxConfig withCloseTimeout(Duration timeout) {
        long valid = SettingChecks.time("close timeout", timeout).toNanos();
        return changed(copy -> copy.closeTimeoutNanos = valid);
    }

    /** Sets how many numbers of streams each end has, a power of two, so that a test can use them up. */
    MuxConfig withStreamNumbers(int numbers) {
        return changed(copy -> copy.streamNumbers = numbers);
    }

    private MuxConfig changed(Consumer<MuxConfig> change) {
        MuxConfig copy = new MuxConfig(this);
        change.accept(copy);
        return copy;
    }
}
