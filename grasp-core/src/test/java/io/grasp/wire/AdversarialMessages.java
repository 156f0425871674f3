package io.grasp.wire;

import io.grasp.cbor.CborItem;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.model.TaggedObjective;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/** The input of a misbehaving peer: correct and damaged messages of every type, also about objectives that a node supports, and other bytes. */
public final class AdversarialMessages {
    private static final int LONGEST = 1200;

    private final RandomGenerator random;
    private final MessageGenerator messages;
    private final Objective negotiated;
    private final Objective synchronised;

    /**
     * @param random the source of randomness: the same seed gives the same bytes
     * @param negotiated an objective that the node negotiates
     * @param synchronised one that it serves
     */
    public AdversarialMessages(RandomGenerator random, Objective negotiated, Objective synchronised) {
        this.random = random;
        this.messages = new MessageGenerator(random);
        this.negotiated = negotiated;
        this.synchronised = synchronised;
    }

    /** {@return the next bytes} */
    public byte[] next() {
        return switch (random.nextInt(7)) {
            case 0, 1 -> fitting(MessageEncoder.encode(messages.next()));
            case 2 -> spoilt(fitting(MessageEncoder.encode(messages.next())));
            case 3 -> {
                byte[] whole = fitting(MessageEncoder.encode(aimed()));
                yield Arrays.copyOf(whole, 1 + random.nextInt(whole.length));
            }
            case 4 -> garbage();
            case 5 -> promising();
            default -> MessageEncoder.encode(aimed());
        };
    }

    /** {@return a request that a node accepts} */
    public byte[] request() {
        return MessageEncoder.encode(new RequestNegotiation(session(), negotiated.withValue(1)));
    }

    private GraspMessage aimed() {
        SessionId session = session();
        return switch (random.nextInt(10)) {
            case 0 -> new Discovery(session, address(), negotiated);
            case 1 -> new RequestNegotiation(session, negotiated.withValue(random.nextInt()));
            case 2 -> new RequestSynchronization(session, synchronised.withValue(0));
            case 3 -> new Wait(session, 0xFFFF_FFFFL);
            case 4 -> new Negotiate(session, negotiated.withValue("x".repeat(random.nextInt(1000))));
            case 5 -> new Discovery(session, address(), negotiated.withValue(random.nextInt()));
            case 6 -> new Discovery(session, address(), synchronised.withValue(0));
            case 7 ->
                new UnknownMessage(200, session, CborItem.wrap(new byte[] {(byte) 0x82, 0x18, (byte) 200, 1}, 0, 4));
            case 8 -> flood(session, linkLocal(address()));
            default -> flood(session, address());
        };
    }

    private Flood flood(SessionId session, InetAddress initiator) {
        Objective objective = Objective.synchronizable("X" + random.nextInt()).withValue(1);
        return new Flood(session, initiator, 0, List.of(TaggedObjective.untagged(objective)));
    }

    /** Few, so that they clash. */
    private SessionId session() {
        return new SessionId(random.nextInt(200));
    }

    private InetAddress address() {
        byte[] address = new byte[16];
        random.nextBytes(address);
        address[0] = (byte) 0xFD;
        return address(address);
    }

    private static InetAddress linkLocal(InetAddress other) {
        byte[] address = other.getAddress();
        address[0] = (byte) 0xFE;
        address[1] = (byte) 0x80;
        return address(address);
    }

    private static InetAddress address(byte[] address) {
        try {
            return InetAddress.getByAddress(address);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private byte[] spoilt(byte[] message) {
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            message[random.nextInt(message.length)] = (byte) random.nextInt();
        }
        return message;
    }

    private byte[] garbage() {
        byte[] bytes = new byte[1 + random.nextInt(LONGEST)];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Heads that announce more data than follows, or that nest deeply. */
    private byte[] promising() {
        byte[] bytes = new byte[LONGEST];
        byte[][] heads = {
            {(byte) 0x9B, 0x7F, -1, -1, -1, -1, -1, -1, -1}, // an array of 2^63 - 1 items
            {(byte) 0x5A, 0x7F, -1, -1, -1}, // a byte string of 2^31 - 1 bytes
            {(byte) 0x81}, // an array in an array in an array
            {(byte) 0xC1}, // a tag on a tag on a tag
            {(byte) 0x9F}, // arrays without end
            {(byte) 0x5F}, // a string without end
            {(byte) 0x84, 0x03, 0x01, (byte) 0x84, 0x63, 'E', 'X', '3', 0x03, 0x06, (byte) 0xBF} // a map in a request
        };
        byte[] head = heads[random.nextInt(heads.length)];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = head[i % head.length];
        }
        return bytes;
    }

    private static byte[] fitting(byte[] message) {
        return message.length > LONGEST ? Arrays.copyOf(message, LONGEST) : message;
    }
}
