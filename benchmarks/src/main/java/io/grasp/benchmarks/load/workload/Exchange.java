package io.grasp.benchmarks.load.workload;

import io.grasp.model.SessionId;
import io.grasp.wire.End;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.GraspOption;
import io.grasp.wire.MessageEncoder;
import io.grasp.wire.Negotiate;
import io.grasp.wire.RequestNegotiation;
import io.grasp.wire.RequestSynchronization;
import io.grasp.wire.Synch;
import java.util.ArrayList;
import java.util.List;

/**
 * The lengths of the messages in one session, so that clients and servers without GRASP can send the same number of
 * bytes. The initiator sends first, then the two take turns.
 *
 * @param name the name in the table
 * @param steps the number of moves of a negotiation, 0 for a synchronization
 * @param lengths the length of each message in bytes
 */
public record Exchange(String name, int steps, List<Integer> lengths) {
    private static final SessionId SESSION = new SessionId(0x5A3C_7E01L);

    public Exchange {
        lengths = List.copyOf(lengths);
    }

    /** {@return the exchange with this number of {@link #steps}} */
    public static Exchange ofSteps(int steps) {
        return steps == 0 ? synchronization() : negotiation(steps);
    }

    /** {@return a negotiation with this number of moves after the request, of which the last accepts} */
    public static Exchange negotiation(int steps) {
        List<Integer> lengths = new ArrayList<>();
        lengths.add(length(new RequestNegotiation(SESSION, CountdownNegotiation.request(steps))));
        for (int left = steps - 1; left > 0; left--) {
            lengths.add(length(new Negotiate(SESSION, CountdownNegotiation.request(left))));
        }
        lengths.add(length(new End(SESSION, new GraspOption.Accept())));
        return new Exchange(steps + "-step negotiation", steps, lengths);
    }

    /** {@return a request for a value, and the value} */
    public static Exchange synchronization() {
        return new Exchange(
                "synchronization",
                0,
                List.of(
                        length(new RequestSynchronization(SESSION, CountdownNegotiation.SERVED)),
                        length(new Synch(SESSION, CountdownNegotiation.SERVED))));
    }

    private static int length(GraspMessage message) {
        return MessageEncoder.encode(message).length;
    }
}
