package io.grasp.simulation.adversary;

import io.grasp.cbor.CborLimits;
import io.grasp.model.SessionId;
import io.grasp.model.TaggedObjective;
import io.grasp.substrate.ReplyPath;
import io.grasp.wire.Discovery;
import io.grasp.wire.Flood;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.MalformedMessageException;
import io.grasp.wire.MessageDecoder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What an adversary has heard on its links: the latest of each kind. */
final class Heard {
    private static final int MOST = 64;

    private final MessageDecoder decoder = new MessageDecoder(CborLimits.DEFAULT);
    private final List<String> names = new ArrayList<>();
    private final Deque<byte[]> messages = new ArrayDeque<>();
    private final Deque<Question> questions = new ArrayDeque<>();
    private final Deque<InetAddress> initiators = new ArrayDeque<>();
    private final Deque<InetSocketAddress> neighbors = new ArrayDeque<>();
    private final Set<SessionId> own = new TreeSet<>((one, other) -> Long.compare(one.value(), other.value()));
    private final Deque<SessionId> ownInOrder = new ArrayDeque<>();

    /** A discovery that can still be answered. */
    record Question(Discovery discovery, ReplyPath back) {}

    /** @param known names of objectives that the adversary knows from the beginning */
    Heard(List<String> known) {
        names.addAll(known);
    }

    /** The adversary multicasts a session of its own, which it must not take for another's. */
    void ours(@Nullable SessionId session) {
        if (session != null && own.add(session)) {
            ownInOrder.add(session);
            if (ownInOrder.size() > MOST) {
                own.remove(ownInOrder.remove());
            }
        }
    }

    void message(byte[] encoded, ReplyPath back) {
        GraspMessage message;
        try {
            message = decoder.decode(encoded);
        } catch (MalformedMessageException e) {
            return;
        }
        SessionId session = message.session();
        if (session != null && own.contains(session)) {
            return;
        }
        keep(messages, encoded);
        InetAddress initiator = message.initiator();
        if (initiator != null && !initiators.contains(initiator)) {
            keep(initiators, initiator);
        }
        if (!neighbors.contains(back.source())) {
            keep(neighbors, back.source());
        }
        if (message instanceof Discovery discovery) {
            name(discovery.objective().name());
            keep(questions, new Question(discovery, back));
        } else if (message instanceof Flood flood) {
            flood.objectives().stream().map(TaggedObjective::objective).forEach(objective -> name(objective.name()));
        }
    }

    private void name(String name) {
        if (!names.contains(name) && names.size() < MOST) {
            names.add(name);
        }
    }

    private static <T> void keep(Deque<T> latest, T one) {
        latest.addLast(one);
        if (latest.size() > MOST) {
            latest.removeFirst();
        }
    }

    /** {@return the names of objectives} */
    List<String> names() {
        return names;
    }

    List<byte[]> messages() {
        return List.copyOf(messages);
    }

    List<InetAddress> initiators() {
        return List.copyOf(initiators);
    }

    /** {@return the sources of multicasts} */
    List<InetSocketAddress> neighbors() {
        return List.copyOf(neighbors);
    }

    /** {@return the latest discovery, which is forgotten, or {@code null} if there is none} */
    @Nullable
    Question question() {
        return questions.pollLast();
    }
}
