package io.grasp.simulation.fuzz;

import io.grasp.cbor.CborException;
import io.grasp.cbor.CborItem;
import io.grasp.cbor.CborWriter;
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
import io.grasp.wire.UnknownMessage;
import io.grasp.wire.Wait;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The messages of a script: of any type, about what the engine has just sent, damaged ones, and other bytes. */
final class ScriptedMessages {
    static final Objective SYNCHRONIZED = Objective.synchronizable("EX2");
    static final Objective NEGOTIATED = Objective.negotiable("EX3");
    static final Objective FLOODED = Objective.synchronizable("EX4");

    /** An unassigned number, of a message and of an option. */
    static final int EXTENSION = 200;

    /** The Session IDs that neighbors choose themselves are 1 to this. */
    static final int OWN_SESSIONS = 8;

    /** Every type of message; some are more frequent. */
    static final int[] ALL = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13};

    /** Mostly those that a DULL instance processes. */
    static final int[] UNSOLICITED = {0, 1, 2, 3, 3, 4, 5, 8, 10, 11, 11, 11, 12, 13};

    /** Mostly extensions, and messages with options. */
    static final int[] EXTENDED = {1, 3, 4, 5, 6, 10, 11, 11, 12, 13, 13, 13, 13, 13};

    private static final long[] TIMES = {0, 1, 100, 1_000, 60_000, 600_000, 86_400_000, 0xFFFF_FFFFL};
    private static final int LONGEST_TEXT = 1500;

    private final EngineEvents events;
    private final List<InetAddress> addresses;
    private final Map<InetAddress, Integer> ports;
    private final EngineScript.Target target;
    private final int[] types;

    /**
     * @param events what the engine has sent
     * @param addresses addresses of the engine, of its neighbors and of no host
     * @param ports the ports of those that are nodes
     * @param target says which types to choose from, as {@link #ALL} numbers them
     */
    ScriptedMessages(
            EngineEvents events,
            List<InetAddress> addresses,
            Map<InetAddress, Integer> ports,
            EngineScript.Target target) {
        this.events = events;
        this.addresses = addresses;
        this.ports = ports;
        this.target = target;
        this.types = target.types();
    }

    /** {@return the next message of the script, or other bytes} */
    byte[] next(Script script) {
        int form = script.below(8);
        if (form == 0) {
            return script.literal(script.octet());
        }
        byte[] encoded = MessageEncoder.encode(message(script));
        if (form == 1) {
            encoded[script.octet() % encoded.length] ^= (byte) script.octet();
        }
        return encoded;
    }

    private GraspMessage message(Script script) {
        int type = types[script.below(types.length)];
        SessionId session = session(script);
        return switch (type) {
            case 0 -> new Noop();
            case 1, 2 -> new Discovery(session, address(script), objective(script), extras(script));
            case 3 -> {
                Objective copy = script.flag() ? objective(script) : null;
                yield new Response(session, address(script), time(script), options(script), copy, extras(script));
            }
            case 4 -> new RequestNegotiation(session, objective(script), extras(script));
            case 5 -> new RequestSynchronization(session, objective(script), extras(script));
            case 6, 7 -> new Negotiate(session, objective(script), extras(script));
            case 8 -> new End(session, script.flag() ? new GraspOption.Accept() : new GraspOption.Decline("no"));
            case 9 -> new Wait(session, time(script));
            case 10 -> new Synch(session, objective(script), extras(script));
            case 11 -> flood(session, script);
            case 12 -> new Invalid(session, value(script).isPresent() ? item(1) : null, List.of());
            default -> extension(session, script);
        };
    }

    private Flood flood(SessionId session, Script script) {
        InetAddress initiator = address(script);
        long time = time(script);
        List<TaggedObjective> objectives = new ArrayList<>();
        for (int i = script.below(3); i >= 0; i--) {
            objectives.add(new TaggedObjective(objective(script), script.flag() ? locator(script) : null));
        }
        return new Flood(session, initiator, time, objectives, extras(script));
    }

    private static UnknownMessage extension(SessionId session, Script script) {
        int type = EXTENSION + script.below(2);
        byte[] bytes = script.literal(script.below(4) * 4);
        CborWriter out = new CborWriter();
        out.writeArrayHeader(4);
        out.writeUnsigned(type);
        out.writeUnsigned(session.value());
        out.writeBytes(bytes); // an initiator, if it has the length of an address
        out.writeUnsigned(script.octet());
        byte[] encoded = out.toByteArray();
        return new UnknownMessage(type, session, CborItem.wrap(encoded, 0, encoded.length));
    }

    /** One of few, so that they clash, or one that the engine has used. */
    private SessionId session(Script script) {
        int choice = script.below(OWN_SESSIONS);
        List<GraspMessage> sent = events.sent();
        SessionId used =
                choice >= 3 && choice - 3 < sent.size() ? sent.get(choice - 3).session() : null;
        return used == null ? new SessionId(1 + choice) : used;
    }

    private InetAddress address(Script script) {
        int choice = script.below(addresses.size() + 2);
        if (choice < addresses.size()) {
            return addresses.get(choice);
        }
        List<GraspMessage> sent = events.sent();
        InetAddress used = sent.isEmpty() ? null : sent.get(0).initiator();
        return used == null || choice == addresses.size() ? unused(script.octet()) : used;
    }

    /** {@return an address that no node has} */
    static InetAddress unused(int number) {
        byte[] bytes = new byte[16];
        bytes[0] = (byte) 0xFD;
        bytes[1] = 0x77;
        bytes[15] = (byte) number;
        return address(bytes);
    }

    static InetAddress address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private Objective objective(Script script) {
        Objective usual = switch (script.below(6)) {
            case 0 -> SYNCHRONIZED;
            case 1 -> NEGOTIATED;
            case 2 -> FLOODED;
            case 3 -> Objective.discoverable("EX5");
            default -> Objective.synchronizable("X" + script.octet());
        };
        Objective objective = script.below(4) == 0
                ? new Objective(usual.name(), script.octet(), script.octet(), ObjectiveValue.NONE)
                : target.usual(usual);
        return objective.withValue(value(script));
    }

    static ObjectiveValue value(Script script) {
        return switch (script.below(6)) {
            case 0 -> ObjectiveValue.NONE;
            case 1 -> ObjectiveValue.of("x".repeat(script.octet() * script.octet() % LONGEST_TEXT));
            case 2 -> {
                try {
                    yield ObjectiveValue.ofItem(CborItem.of(script.literal(script.below(32))));
                } catch (CborException e) {
                    yield ObjectiveValue.NONE;
                }
            }
            case 3 -> ObjectiveValue.ofItem(item(0xF6)); // null
            default -> ObjectiveValue.of(script.octet());
        };
    }

    private static CborItem item(int initial) {
        return CborItem.wrap(new byte[] {(byte) initial}, 0, 1);
    }

    static long time(Script script) {
        return TIMES[script.below(TIMES.length)];
    }

    private List<GraspOption> options(Script script) {
        List<GraspOption> options = new ArrayList<>();
        for (int i = script.below(4); i >= 0; i--) {
            options.add(
                    switch (script.below(4)) {
                        case 0 -> new GraspOption.Divert(List.of(locator(script)));
                        case 1 -> new GraspOption.Unknown(EXTENSION, option(EXTENSION));
                        default -> new GraspOption.LocatorOption(locator(script));
                    });
        }
        return options;
    }

    private static CborItem option(int number) {
        return CborItem.wrap(new byte[] {(byte) 0x82, 0x18, (byte) number, 1}, 0, 4);
    }

    private static List<CborItem> extras(Script script) {
        int count = script.below(4);
        List<CborItem> extras = new ArrayList<>();
        for (int i = 0; i < count - 1; i++) {
            extras.add(option(EXTENSION + script.below(2)));
        }
        return extras;
    }

    Locator locator(Script script) {
        int kind = script.below(8);
        InetAddress address = address(script);
        int number = script.below(4) == 0 ? script.octet() : ports.getOrDefault(address, 7017);
        return switch (kind) {
            case 0 -> new Locator.Fqdn(script.flag() ? "asa.example.org" : "localhost", Locator.TCP, number);
            case 1 -> new Locator.Uri("https://[fd77::1]/", null, null);
            case 2 -> new Locator.Ipv4(ipv4(script), Locator.TCP, number);
            default ->
                address instanceof Inet6Address ipv6
                        ? new Locator.Ipv6(ipv6, Locator.TCP, number)
                        : new Locator.Ipv4((Inet4Address) address, Locator.TCP, number);
        };
    }

    private static Inet4Address ipv4(Script script) {
        return (Inet4Address) address(new byte[] {(byte) script.octet(), 0, 0, (byte) script.octet()});
    }
}
