package io.grasp.engine;

import io.grasp.model.FloodedObjective;
import io.grasp.model.LinkInfo;
import io.grasp.model.MessageInfo;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.Security;
import io.grasp.observe.DropReason;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.observe.SessionInfo;
import io.grasp.observe.SessionOutcome;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.MessageType;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Records the events that an engine reports. */
final class RecordingObserver implements GraspObserver {
    final Map<DropReason, Integer> drops = new EnumMap<>(DropReason.class);
    /** The path of the last drop. */
    MessagePath droppedFrom = MessagePath.LOOPBACK;

    private final Map<DropReason, MessagePath> lastPaths = new EnumMap<>(DropReason.class);

    /** The paths of messages dropped for {@link DropReason#TOO_LONG_FOR_LINK}. */
    final List<MessagePath> tooLong = new ArrayList<>();

    final List<GraspMessage> sent = new ArrayList<>();
    final List<SessionInfo> started = new ArrayList<>();
    final List<SessionOutcome> outcomes = new ArrayList<>();
    final List<NegotiationOutcome> negotiated = new ArrayList<>();
    final List<MessageInfo> processedFloods = new ArrayList<>();
    final List<String> failedLinks = new ArrayList<>();
    /** The contested floods: both values, and the link of the newer one. */
    final List<String> contested = new ArrayList<>();
    /** The events of links, of their security and of the node. */
    final List<String> nodeEvents = new ArrayList<>();

    /** The links that come up and go down, what is relayed, and what is sent on them, in this order. */
    final List<String> linkEvents = new ArrayList<>();

    /** The numbers of messages relayed or refused, by a text for each kind. */
    final Map<String, Integer> relays = new TreeMap<>();
    /** The sent multicasts, which the engine also receives. */
    int multicasts;

    /** {@return the drops, except those of the engine's own multicasts} */
    Map<DropReason, Integer> foreignDrops() {
        Map<DropReason, Integer> foreign = new EnumMap<>(drops);
        foreign.remove(DropReason.OWN);
        return foreign;
    }

    /** {@return the path of the last drop for a reason} */
    MessagePath dropped(DropReason reason) {
        return lastPaths.get(reason);
    }

    @Override
    public void messageDropped(DropReason reason, MessagePath path) {
        drops.merge(reason, 1, Integer::sum);
        droppedFrom = path;
        lastPaths.put(reason, path);
        if (reason == DropReason.TOO_LONG_FOR_LINK) {
            tooLong.add(path);
        }
    }

    @Override
    public void messageSent(MessageInfo message, byte[] encoded, MessagePath path) {
        sent.add((GraspMessage) message);
        if (path.kind() == MessagePath.Kind.LINK && path.peer() == null) {
            multicasts++;
            linkEvents.add("sent on " + path.link());
        }
    }

    @Override
    public void floodProcessed(MessageInfo flood, MessagePath path) {
        processedFloods.add(flood);
    }

    @Override
    public void sessionStarted(SessionInfo session) {
        started.add(session);
    }

    @Override
    public void negotiated(SessionInfo session, NegotiationOutcome outcome) {
        negotiated.add(outcome);
    }

    @Override
    public void sessionEnded(SessionInfo session, SessionOutcome outcome, Throwable failure) {
        outcomes.add(outcome);
    }

    @Override
    public void linkUp(LinkInfo link) {
        nodeEvents.add("up " + link.name());
        linkEvents.add("up " + link.name());
    }

    @Override
    public void linkDown(LinkInfo link) {
        nodeEvents.add("down " + link.name());
        linkEvents.add("down " + link.name());
    }

    @Override
    public void securityChanged(Security security) {
        nodeEvents.add(security.name());
    }

    @Override
    public void closed() {
        nodeEvents.add("closed");
    }

    @Override
    public void floodContested(FloodedObjective newer, FloodedObjective older, MessagePath path) {
        contested.add(newer.objective().value() + " over " + older.objective().value() + " from " + path.link());
    }

    @Override
    public void linkFailed(String link, Throwable cause) {
        failedLinks.add(link);
    }

    @Override
    public void relayed(MessageInfo message, MessagePath path) {
        relays.merge(MessageType.name(message.type()) + " from " + path.link(), 1, Integer::sum);
        linkEvents.add("relayed");
    }

    @Override
    public void relayRefused(MessageInfo message, DropReason reason, MessagePath path) {
        relays.merge(MessageType.name(message.type()) + " refused: " + reason, 1, Integer::sum);
    }
}
