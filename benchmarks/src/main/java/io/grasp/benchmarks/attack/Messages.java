package io.grasp.benchmarks.attack;

import io.grasp.cbor.CborItem;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.SessionId;
import io.grasp.model.TaggedObjective;
import io.grasp.wire.Discovery;
import io.grasp.wire.Flood;
import io.grasp.wire.GraspOption;
import io.grasp.wire.MessageEncoder;
import io.grasp.wire.Response;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Encoded messages of this package's programs. */
final class Messages {
    /** The longest lifetime that a message can state, 49.7 days. */
    static final long LONGEST_MILLIS = 0xFFFF_FFFFL;

    private Messages() {}

    static SessionId session(int id) {
        return new SessionId(Integer.toUnsignedLong(id));
    }

    static byte[] discovery(int session, InetAddress initiator, Objective objective) {
        return MessageEncoder.encode(new Discovery(session(session), initiator, objective));
    }

    /** A flood of one objective. */
    static byte[] flood(
            int session, InetAddress initiator, long ttlMillis, Objective objective, @Nullable Locator tag) {
        return flood(session, initiator, ttlMillis, objective, List.of(), tag);
    }

    /** A flood of one objective with more elements after it. */
    static byte[] flood(
            int session,
            InetAddress initiator,
            long ttlMillis,
            Objective objective,
            List<CborItem> extras,
            @Nullable Locator tag) {
        return MessageEncoder.encode(new Flood(
                session(session), initiator, ttlMillis, List.of(new TaggedObjective(objective, tag)), extras));
    }

    static byte[] flood(int session, InetAddress initiator, long ttlMillis, List<TaggedObjective> objectives) {
        return MessageEncoder.encode(new Flood(session(session), initiator, ttlMillis, objectives));
    }

    /** A response with locators, valid for as long as possible. */
    static byte[] response(SessionId session, InetAddress initiator, List<Locator> locators) {
        List<GraspOption> options = locators.stream()
                .<GraspOption>map(GraspOption.LocatorOption::new)
                .toList();
        return MessageEncoder.encode(new Response(session, initiator, LONGEST_MILLIS, options, null));
    }

    /** {@return an objective to synchronize, without a value} */
    static Objective synchronizable(String name, int loopCount) {
        return Objective.synchronizable(name).withLoopCount(loopCount);
    }

    /** {@return a value that is a byte string of this length} */
    static ObjectiveValue bytes(int length) {
        return ObjectiveValue.of(new byte[length]);
    }

    /** {@return the address with a number in its last 8 bytes} */
    static InetAddress address(int firstTwoBytes, long number) {
        byte[] address = ByteBuffer.allocate(16)
                .putShort((short) firstTwoBytes)
                .putShort((short) 0)
                .putInt(0)
                .putLong(number)
                .array();
        try {
            return InetAddress.getByAddress(address);
        } catch (UnknownHostException e) {
            throw new AssertionError("16 bytes are an IPv6 address", e);
        }
    }
}
