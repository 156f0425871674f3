package io.grasp.metrics;

import io.grasp.engine.DropReason;
import io.grasp.engine.GraspObserver;
import io.grasp.engine.MessagePath;
import io.grasp.engine.SessionInfo;
import io.grasp.engine.SessionOutcome;
import io.grasp.substrate.Link;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.MessageType;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Counts what a node does: {@code grasp.messages} by direction and type, {@code grasp.drops} by reason,
 * {@code grasp.sessions} by kind, role and outcome, {@code grasp.sessions.active}, {@code grasp.links} and
 * {@code grasp.link.failures}. Tags are types and reasons, never addresses or names. One observer serves one node.
 */
public final class MicrometerObserver implements GraspObserver {
    /** Stands for all message types without a name, as a peer could make any number of them. */
    private static final String UNKNOWN_TYPE = "unknown";

    private final MeterRegistry registry;
    private final Map<Integer, Counter> sent = new HashMap<>();
    private final Map<Integer, Counter> received = new HashMap<>();
    private final Map<DropReason, Counter> drops = new EnumMap<>(DropReason.class);
    private final AtomicInteger activeSessions;
    private final AtomicInteger links;
    private final Counter linkFailures;

    /**
     * An observer that counts in a registry.
     *
     * @param registry where to
     */
    public MicrometerObserver(MeterRegistry registry) {
        this.registry = registry;
        this.activeSessions = registry.gauge("grasp.sessions.active", new AtomicInteger());
        this.links = registry.gauge("grasp.links", new AtomicInteger());
        this.linkFailures = registry.counter("grasp.link.failures");
    }

    @Override
    public void messageSent(GraspMessage message, byte[] encoded, MessagePath path) {
        sent.computeIfAbsent(known(message.type()), type -> messages("out", type))
                .increment();
    }

    @Override
    public void messageReceived(GraspMessage message, byte[] encoded, MessagePath path) {
        received.computeIfAbsent(known(message.type()), type -> messages("in", type))
                .increment();
    }

    @Override
    public void messageDropped(DropReason reason, MessagePath path) {
        drops.computeIfAbsent(reason, key -> registry.counter("grasp.drops", "reason", tag(key)))
                .increment();
    }

    @Override
    public void sessionStarted(SessionInfo session) {
        activeSessions.incrementAndGet();
    }

    @Override
    public void sessionEnded(SessionInfo session, SessionOutcome outcome, @Nullable Throwable failure) {
        activeSessions.decrementAndGet();
        registry.counter(
                        "grasp.sessions",
                        "kind",
                        tag(session.kind()),
                        "role",
                        tag(session.role()),
                        "outcome",
                        tag(outcome))
                .increment();
    }

    @Override
    public void linkUp(Link link) {
        links.incrementAndGet();
    }

    @Override
    public void linkDown(Link link) {
        links.decrementAndGet();
    }

    @Override
    public void linkFailed(String link, Throwable cause) {
        linkFailures.increment();
    }

    private Counter messages(String direction, int type) {
        String name = type < 0 ? UNKNOWN_TYPE : MessageType.name(type);
        return registry.counter("grasp.messages", "direction", direction, "type", name);
    }

    private static int known(int type) {
        return MessageType.isKnown(type) ? type : -1;
    }

    private static String tag(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
