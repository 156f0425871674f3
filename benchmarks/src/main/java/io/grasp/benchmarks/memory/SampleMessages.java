package io.grasp.benchmarks.memory;

import io.grasp.cbor.CborException;
import io.grasp.cbor.CborItem;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.SessionId;
import io.grasp.model.TaggedObjective;
import io.grasp.wire.Discovery;
import io.grasp.wire.End;
import io.grasp.wire.Flood;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.GraspOption;
import io.grasp.wire.Invalid;
import io.grasp.wire.MessageEncoder;
import io.grasp.wire.Negotiate;
import io.grasp.wire.Noop;
import io.grasp.wire.RequestNegotiation;
import io.grasp.wire.RequestSynchronization;
import io.grasp.wire.Response;
import io.grasp.wire.Synch;
import io.grasp.wire.Wait;
import java.net.Inet6Address;
import java.util.HexFormat;
import java.util.List;

/** Typical messages: a negotiation of the objective EX1 about a sum of money. */
public final class SampleMessages {
    /** A Session ID of four bytes, like nearly all. */
    public static final SessionId SESSION = new SessionId(0x5A3C_7E01L);

    /** A peer. */
    public static final Inet6Address INITIATOR = NoOpSubstrate.address(0xfd, 2);

    /** Its locator. */
    public static final Locator LOCATOR = new Locator.Ipv6(INITIATOR, Locator.TCP, 10_001);

    /** The negotiated objective. */
    public static final Objective EX1 = Objective.negotiable("EX1").withValue(List.of("NZD", 335));

    private SampleMessages() {}

    /**
     * A message of a type.
     *
     * @param type the type's name in the RFC
     * @return the message
     */
    public static GraspMessage of(String type) {
        return switch (type) {
            case "M_NOOP" -> new Noop();
            case "M_DISCOVERY" -> new Discovery(SESSION, INITIATOR, EX1.withValue(ObjectiveValue.NONE), List.of());
            case "M_RESPONSE" ->
                new Response(SESSION, INITIATOR, 60_000, List.of(new GraspOption.LocatorOption(LOCATOR)), null);
            case "M_REQ_NEG" -> new RequestNegotiation(SESSION, EX1);
            case "M_REQ_SYN" -> new RequestSynchronization(SESSION, EX1);
            case "M_NEGOTIATE" -> new Negotiate(SESSION, EX1);
            case "M_END" -> new End(SESSION, new GraspOption.Accept());
            case "M_WAIT" -> new Wait(SESSION, 5_000);
            case "M_SYNCH" -> new Synch(SESSION, EX1);
            case "M_FLOOD" -> flood(SESSION.value(), "EX1", Objective.DEFAULT_LOOP_COUNT);
            case "M_INVALID" -> new Invalid(SESSION, item("626e6f"));
            default -> throw new IllegalArgumentException(type);
        };
    }

    /**
     * A flood of one objective.
     *
     * @param session the Session ID
     * @param name the objective's name
     * @param loopCount the objective's loop count
     * @return the message
     */
    public static Flood flood(long session, String name, int loopCount) {
        Objective objective =
                Objective.synchronizable(name).withLoopCount(loopCount).withValue(List.of("NZD", 335));
        return new Flood(
                new SessionId(session), INITIATOR, 60_000, List.of(new TaggedObjective(objective, LOCATOR)), List.of());
    }

    /**
     * A discovery.
     *
     * @param session the Session ID
     * @param name the objective's name
     * @return the encoded message
     */
    public static byte[] discovery(long session, String name) {
        return MessageEncoder.encode(
                new Discovery(new SessionId(session), INITIATOR, Objective.negotiable(name), List.of()));
    }

    private static CborItem item(String hex) {
        try {
            return CborItem.of(HexFormat.of().parseHex(hex));
        } catch (CborException e) {
            throw new AssertionError("a constant", e);
        }
    }
}
