package io.grasp.simulation.fuzz;

import io.grasp.cbor.CborLimits;
import io.grasp.config.Limits;
import io.grasp.model.MessageInfo;
import io.grasp.observe.CacheKind;
import io.grasp.observe.DropReason;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.wire.Flood;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.MalformedMessageException;
import io.grasp.wire.MessageDecoder;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Checks the counters of an engine: each datagram is received or dropped, each message is dropped at most once, and the
 * memory of the caches stays within its budget. Keeps the sent messages, so that scripts can answer them.
 */
final class EngineEvents implements GraspObserver {
    /** Drops of a part of a message, or of a copy or an answer that was to be sent: several may belong to one message. */
    private static final Set<DropReason> PARTS = EnumSet.of(
            DropReason.UNUSABLE_LOCATOR,
            DropReason.DULL_LOCATOR,
            DropReason.TOO_LONG_FOR_LINK,
            DropReason.LINK_FAILED,
            DropReason.NO_DEMAND,
            DropReason.NOTHING_USABLE,
            DropReason.TOO_MANY_LOCATORS,
            DropReason.COPIED_SESSION_ID,
            DropReason.UNDELIVERED,
            DropReason.PENDING_REPLIES,
            DropReason.ROUTABLE_REPLIES);

    /** Drops of bytes that were not reported as a message before. */
    private static final Set<DropReason> UNREAD = EnumSet.of(DropReason.MALFORMED, DropReason.NO_SESSION);

    private static final CborLimits ANY_LENGTH = CborLimits.DEFAULT.withMaxBytes(1 << 16);

    private static final int KEPT = 16;

    private final Consumer<String> violated;
    private final Map<CacheKind, Long> most = new EnumMap<>(CacheKind.class);
    private final Map<CacheKind, Long> bytes = new EnumMap<>(CacheKind.class);
    private final Map<CacheKind, Integer> entries = new EnumMap<>(CacheKind.class);
    private final List<GraspMessage> sent = new ArrayList<>();
    private final Set<String> names = new TreeSet<>();
    private @Nullable InetSocketAddress source;
    private MessagePath.Kind kind = MessagePath.Kind.LINK;
    private int received;
    private int dropped;
    private int undecided;

    EngineEvents(Limits limits, Consumer<String> violated) {
        this.violated = violated;
        most.put(CacheKind.FLOOD, (long) limits.floodBytes() + limits.ownFloodBytes());
        most.put(CacheKind.DISCOVERY, (long) limits.discoveryBytes() + limits.relayedLocatorBytes());
    }

    /** {@return the latest sent messages, the last one first} */
    List<GraspMessage> sent() {
        return sent;
    }

    /** {@return the names of all objectives in messages} */
    Set<String> names() {
        return names;
    }

    /** Input from a source is about to be passed to the engine. */
    void begin(MessagePath.Kind from, InetSocketAddress of) {
        kind = from;
        source = of;
        received = 0;
        dropped = 0;
        undecided = 0;
    }

    /** The engine has processed a datagram. */
    void endOfDatagram() {
        if (received > 1 || dropped > 1) {
            violated.accept("a datagram counts as " + received + " messages and " + dropped + " drops");
        }
        if (received + dropped == 0) {
            violated.accept("a datagram was neither received nor dropped");
        }
        source = null;
    }

    /** The engine has processed a chunk of a stream. */
    void endOfChunk() {
        source = null;
    }

    @Override
    public void messageReceived(MessageInfo message, byte[] encoded, MessagePath path) {
        note(message);
        if (isCurrent(path)) {
            received++;
            undecided = 1;
        }
    }

    private void note(MessageInfo message) {
        if (message instanceof Flood flood) {
            flood.objectives().forEach(tagged -> names.add(tagged.objective().name()));
        } else if (message.objective() != null) {
            names.add(message.objective().name());
        }
    }

    @Override
    public void messageDropped(DropReason reason, MessagePath path) {
        if (!isCurrent(path) || PARTS.contains(reason)) {
            return;
        }
        dropped++;
        boolean unread = kind == MessagePath.Kind.LINK ? received == 0 : UNREAD.contains(reason);
        if (undecided == 0 && !unread) {
            violated.accept("a message was dropped twice, or without being received: " + reason);
        }
        undecided = 0;
    }

    private boolean isCurrent(MessagePath path) {
        return source != null && path.kind() == kind && source.equals(path.peer());
    }

    @Override
    public void messageSent(MessageInfo message, byte[] encoded, MessagePath path) {
        note(message);
        sent.add(0, (GraspMessage) message);
        if (sent.size() > KEPT) {
            sent.remove(KEPT);
        }
        try {
            GraspMessage decoded = new MessageDecoder(ANY_LENGTH).decode(encoded);
            if (!decoded.equals(message)) {
                violated.accept("sent " + decoded + " as " + message);
            }
        } catch (MalformedMessageException e) {
            violated.accept("sent a malformed message: " + e.getMessage());
        }
    }

    @Override
    public void cacheSize(CacheKind cache, int count) {
        entries.put(cache, count);
        if (count < 0) {
            violated.accept(cache + " has " + count + " entries");
        }
    }

    @Override
    public void cacheBytes(CacheKind cache, long count) {
        bytes.put(cache, count);
        if (count < 0 || count > most.getOrDefault(cache, Long.MAX_VALUE)) {
            violated.accept(cache + " takes " + count + " bytes, at most " + most.get(cache));
        }
    }

    /** Nothing is left in a cache, and no memory is charged for it. */
    void requireEmpty(CacheKind cache) {
        if (entries.getOrDefault(cache, 0) != 0 || bytes.getOrDefault(cache, 0L) != 0) {
            violated.accept(cache + " still has " + entries.get(cache) + " entries in " + bytes.get(cache) + " bytes");
        }
    }
}
