package io.grasp.metrics;

import io.grasp.model.FloodedObjective;
import io.grasp.model.GraspException;
import io.grasp.model.IdentityStatus;
import io.grasp.model.LinkInfo;
import io.grasp.model.LinkWarning;
import io.grasp.model.MessageInfo;
import io.grasp.model.PeerRefusal;
import io.grasp.observe.CacheKind;
import io.grasp.observe.DropReason;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.observe.SessionInfo;
import io.grasp.observe.SessionOutcome;
import io.grasp.wire.MessageType;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** One node's share of the meters. Its state is confined to the loop. */
final class NodeMeters implements GraspObserver {
    private final Meters meters;
    private final SessionTimers sessions;
    private final LoopDelay delay;
    private final Map<CacheKind, Integer> cached = new EnumMap<>(CacheKind.class);
    private final Map<CacheKind, Long> cachedBytes = new EnumMap<>(CacheKind.class);
    private int links;
    private boolean identityGood;
    private @Nullable Instant notAfter;

    NodeMeters(Meters meters, LongSupplier nanoTime, Executor loop) {
        this.meters = meters;
        this.sessions = new SessionTimers(meters, nanoTime);
        this.delay = new LoopDelay(meters.loopDelay, nanoTime, loop);
        meters.nodes.increment();
    }

    @Override
    public void messageSent(MessageInfo message, byte[] encoded, MessagePath path) {
        meters.sent.count(message.type(), encoded.length);
    }

    @Override
    public void messageReceived(MessageInfo message, byte[] encoded, MessagePath path) {
        meters.received.count(message.type(), encoded.length);
        delay.ask();
    }

    @Override
    public void messageDropped(DropReason reason, MessagePath path) {
        meters.drops.count(reason, path.link());
    }

    @Override
    public void relayed(MessageInfo message, MessagePath path) {
        ofType(message).relayed.increment();
    }

    @Override
    public void relayRefused(MessageInfo message, DropReason reason, MessagePath path) {
        ofType(message).refused(reason).increment();
    }

    @Override
    public void cacheRead(CacheKind cache, boolean hit) {
        (hit ? meters.hits : meters.misses).get(cache).increment();
    }

    @Override
    public void cacheSize(CacheKind cache, int entries) {
        Integer before = cached.put(cache, entries);
        meters.cached.get(cache).add(before == null ? entries : entries - before);
    }

    @Override
    public void cacheBytes(CacheKind cache, long bytes) {
        Long before = cachedBytes.put(cache, bytes);
        meters.cachedBytes.get(cache).add(before == null ? bytes : bytes - before);
    }

    @Override
    public void floodContested(FloodedObjective newer, FloodedObjective older, MessagePath path) {
        meters.contestedFloods.increment();
    }

    @Override
    public void sessionStarted(SessionInfo session) {
        sessions.started(session);
    }

    @Override
    public void sessionEnded(SessionInfo session, SessionOutcome outcome, @Nullable Throwable failure) {
        sessions.ended(session, outcome, failure);
    }

    @Override
    public void handlerFailed(GraspException failure) {
        meters.handlerFailures.increment();
    }

    @Override
    public void linkUp(LinkInfo link) {
        links++;
        meters.links.increment();
    }

    @Override
    public void linkDown(LinkInfo link) {
        links--;
        meters.links.decrement();
    }

    @Override
    public void linkFailed(String link, Throwable cause) {
        meters.linkFailures.increment();
    }

    @Override
    public void acceptFailed(Throwable cause) {
        meters.acceptFailures.increment();
    }

    @Override
    public void linkWarning(String link, LinkWarning warning, String detail) {
        meters.linkWarnings.get(warning).increment();
    }

    @Override
    public void peerRefused(PeerRefusal reason, InetSocketAddress peer, String detail) {
        meters.peersRefused.get(reason).increment();
    }

    @Override
    public void identityChanged(IdentityStatus status) {
        identity(status.good(), status.notAfter());
    }

    private void identity(boolean good, @Nullable Instant expiry) {
        meters.goodIdentities.add((good ? 1 : 0) - (identityGood ? 1 : 0));
        if (expiry != null) {
            meters.certificates.add(expiry);
        }
        if (notAfter != null) {
            meters.certificates.remove(notAfter);
        }
        identityGood = good;
        notAfter = expiry;
    }

    @Override
    public void closed() {
        identity(false, null);
        meters.nodes.decrement();
        meters.links.add(-links);
        cached.forEach((cache, entries) -> meters.cached.get(cache).add(-entries));
        cachedBytes.forEach((cache, bytes) -> meters.cachedBytes.get(cache).add(-bytes));
        sessions.closed();
    }

    private Meters.RelayCounters ofType(MessageInfo message) {
        return message.type() == MessageType.M_DISCOVERY ? meters.discoveries : meters.floods;
    }
}
