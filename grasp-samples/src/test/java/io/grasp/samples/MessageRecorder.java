package io.grasp.samples;

import io.grasp.model.MessageInfo;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.sim.VirtualLoop;
import io.grasp.wire.Negotiate;
import io.grasp.wire.RequestNegotiation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Records the messages that a node sends and receives. */
final class MessageRecorder implements GraspObserver {
    private final VirtualLoop loop;
    private final List<Letter> all = new ArrayList<>();

    MessageRecorder(VirtualLoop loop) {
        this.loop = loop;
    }

    /** A message. */
    record Letter(Duration time, boolean sent, MessageInfo message) {
        /** The objective with the offered value, {@code null} if the message makes no offer. */
        Objective offer() {
            if (message instanceof RequestNegotiation request) {
                return request.objective();
            }
            return message instanceof Negotiate negotiate ? negotiate.objective() : null;
        }
    }

    @Override
    public void messageSent(MessageInfo message, byte[] encoded, MessagePath path) {
        all.add(new Letter(loop.now(), true, message));
    }

    @Override
    public void messageReceived(MessageInfo message, byte[] encoded, MessagePath path) {
        all.add(new Letter(loop.now(), false, message));
    }

    List<Letter> all() {
        return all;
    }

    /** The messages of each negotiation, in order. */
    Map<SessionId, List<Letter>> negotiations() {
        Map<SessionId, List<Letter>> sessions = new LinkedHashMap<>();
        for (Letter letter : all) {
            SessionId session = letter.message().session();
            if (letter.message() instanceof RequestNegotiation) {
                sessions.put(session, new ArrayList<>());
            }
            if (sessions.containsKey(session)) {
                sessions.get(session).add(letter);
            }
        }
        return sessions;
    }
}
