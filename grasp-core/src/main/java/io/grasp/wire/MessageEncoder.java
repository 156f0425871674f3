package io.grasp.wire;

import io.grasp.cbor.CborItem;
import io.grasp.cbor.CborWriter;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.model.TaggedObjective;
import java.net.InetAddress;
import java.util.List;

/**
 * Writes messages as RFC 8990 section 4 defines them, in the shortest form of CBOR; content that was kept as received
 * stays unchanged.
 */
public final class MessageEncoder {
    private MessageEncoder() {}

    /**
     * Encodes a message.
     *
     * @param message the message
     * @return its bytes; for an unknown message, the bytes in which it was received
     */
    public static byte[] encode(GraspMessage message) {
        CborWriter out = new CborWriter();
        if (message instanceof Discovery m) {
            start(out, 4 + m.extras().size(), m, m.session());
            address(out, m.initiator());
            objective(out, m.objective());
            items(out, m.extras());
        } else if (message instanceof Response m) {
            response(out, m);
        } else if (message instanceof RequestNegotiation m) {
            objectiveMessage(out, m, m.session(), m.objective(), m.extras());
        } else if (message instanceof RequestSynchronization m) {
            objectiveMessage(out, m, m.session(), m.objective(), m.extras());
        } else if (message instanceof Negotiate m) {
            objectiveMessage(out, m, m.session(), m.objective(), m.extras());
        } else if (message instanceof Synch m) {
            objectiveMessage(out, m, m.session(), m.objective(), m.extras());
        } else if (message instanceof End m) {
            end(out, m);
        } else if (message instanceof Wait m) {
            start(out, 3 + m.extras().size(), m, m.session());
            out.writeUnsigned(m.waitMillis());
            items(out, m.extras());
        } else if (message instanceof Flood m) {
            flood(out, m);
        } else if (message instanceof Invalid m) {
            invalid(out, m);
        } else if (message instanceof UnknownMessage m) {
            m.raw().writeTo(out);
        } else {
            out.writeArrayHeader(1);
            out.writeUnsigned(message.type());
        }
        return out.toByteArray();
    }

    /**
     * Encodes one option.
     *
     * @param option the option
     * @return its bytes, the same for equal options only
     */
    public static byte[] encode(GraspOption option) {
        CborWriter out = new CborWriter();
        OptionEncoder.option(out, option);
        return out.toByteArray();
    }

    private static void response(CborWriter out, Response m) {
        Objective objective = m.objective();
        int elements = 4
                + m.options().size()
                + (objective == null ? 0 : 1)
                + m.extras().size();
        start(out, elements, m, m.session());
        address(out, m.initiator());
        out.writeUnsigned(m.ttlMillis());
        m.options().forEach(option -> OptionEncoder.option(out, option));
        if (objective != null) {
            objective(out, objective);
        }
        items(out, m.extras());
    }

    private static void flood(CborWriter out, Flood m) {
        int elements =
                4 + m.preceding().size() + m.objectives().size() + m.extras().size();
        start(out, elements, m, m.session());
        address(out, m.initiator());
        out.writeUnsigned(m.ttlMillis());
        items(out, m.preceding());
        for (TaggedObjective tagged : m.objectives()) {
            out.writeArrayHeader(2);
            objective(out, tagged.objective());
            if (tagged.locator() == null) {
                out.writeArrayHeader(0);
            } else {
                OptionEncoder.locator(out, tagged.locator());
            }
        }
        items(out, m.extras());
    }

    private static void end(CborWriter out, End m) {
        GraspOption outcome = m.outcome();
        start(out, 2 + (outcome == null ? 0 : 1) + m.extras().size(), m, m.session());
        if (outcome != null) {
            OptionEncoder.option(out, outcome);
        }
        items(out, m.extras());
    }

    private static void invalid(CborWriter out, Invalid m) {
        CborItem content = m.content();
        start(out, 2 + (content == null ? 0 : 1) + m.extras().size(), m, m.session());
        if (content != null) {
            content.writeTo(out);
        }
        items(out, m.extras());
    }

    private static void objectiveMessage(
            CborWriter out, GraspMessage m, SessionId session, Objective objective, List<CborItem> extras) {
        start(out, 3 + extras.size(), m, session);
        objective(out, objective);
        items(out, extras);
    }

    private static void start(CborWriter out, int elements, GraspMessage message, SessionId session) {
        out.writeArrayHeader(elements);
        out.writeUnsigned(message.type());
        out.writeUnsigned(session.value());
    }

    private static void address(CborWriter out, InetAddress address) {
        out.writeBytes(address.getAddress());
    }

    private static void objective(CborWriter out, Objective objective) {
        out.writeArrayHeader(objective.value().isPresent() ? 4 : 3);
        out.writeText(objective.name());
        out.writeUnsigned(objective.flags());
        out.writeUnsigned(objective.loopCount());
        if (objective.value().isPresent()) {
            objective.value().item().writeTo(out);
        }
    }

    private static void items(CborWriter out, List<CborItem> items) {
        items.forEach(item -> item.writeTo(out));
    }
}
