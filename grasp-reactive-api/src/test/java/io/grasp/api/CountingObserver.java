package io.grasp.api;

import io.grasp.model.MessageInfo;
import io.grasp.observe.DropReason;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.observe.SessionInfo;
import io.grasp.observe.SessionOutcome;
import io.grasp.wire.MessageType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts events. */
final class CountingObserver implements GraspObserver {
    final Map<String, Integer> sent = new ConcurrentHashMap<>();
    final Map<String, Integer> received = new ConcurrentHashMap<>();
    final Map<DropReason, Integer> drops = new ConcurrentHashMap<>();
    final List<SessionOutcome> outcomes = new ArrayList<>();
    final AtomicInteger started = new AtomicInteger();
    final AtomicInteger ended = new AtomicInteger();

    @Override
    public void messageSent(MessageInfo message, byte[] encoded, MessagePath path) {
        sent.merge(MessageType.name(message.type()), 1, Integer::sum);
    }

    @Override
    public void messageReceived(MessageInfo message, byte[] encoded, MessagePath path) {
        received.merge(MessageType.name(message.type()), 1, Integer::sum);
    }

    @Override
    public void messageDropped(DropReason reason, MessagePath path) {
        drops.merge(reason, 1, Integer::sum);
    }

    @Override
    public void sessionStarted(SessionInfo session) {
        started.incrementAndGet();
    }

    @Override
    public void sessionEnded(SessionInfo session, SessionOutcome outcome, Throwable failure) {
        ended.incrementAndGet();
        outcomes.add(outcome);
    }
}
