package io.grasp.wire;

import io.grasp.cbor.CborGenerator;
import io.grasp.cbor.CborItem;
import io.grasp.cbor.CborWriter;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.SessionId;
import io.grasp.model.TaggedObjective;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Creates random messages of every type, with random values. */
public final class MessageGenerator {
    private static final String[] NAMES = {"EX1", "PrefixManager", "32473:EX1", "user@example.org:Überblick", ""};

    private final RandomGenerator random;

    /** @param random the source of randomness: the same seed gives the same messages */
    public MessageGenerator(RandomGenerator random) {
        this.random = random;
    }

    /** {@return the next message} */
    public GraspMessage next() {
        return switch (random.nextInt(12)) {
            case 0 -> new Noop();
            case 1 -> new Discovery(session(), initiator(), objective(), extras());
            case 2 -> new Response(session(), initiator(), uint32(), options(), maybe(this::objective), extras());
            case 3 -> new RequestNegotiation(session(), objective(), extras());
            case 4 -> new RequestSynchronization(session(), objective(), extras());
            case 5 -> new Negotiate(session(), objective(), extras());
            case 6 -> new End(session(), outcome(), extras());
            case 7 -> new Wait(session(), uint32(), extras());
            case 8 -> new Synch(session(), objective(), extras());
            case 9, 10 -> new Flood(session(), initiator(), uint32(), oddPairs(), some(this::tagged), extras());
            default -> {
                List<CborItem> extras = extras();
                yield new Invalid(session(), extras.isEmpty() ? maybe(this::item) : item(), extras);
            }
        };
    }

    private SessionId session() {
        return new SessionId(uint32());
    }

    /** Each width is equally likely. */
    private long uint32() {
        return (random.nextInt() & 0xFFFF_FFFFL) >>> random.nextInt(32);
    }

    private InetAddress initiator() {
        return random.nextInt(4) == 0 ? ipv4() : ipv6();
    }

    private Objective objective() {
        ObjectiveValue value = random.nextInt(4) == 0 ? ObjectiveValue.NONE : ObjectiveValue.ofItem(item());
        return new Objective(
                NAMES[random.nextInt(NAMES.length)],
                random.nextInt(random.nextBoolean() ? 16 : 1 << 30),
                random.nextInt(256),
                value);
    }

    private TaggedObjective tagged() {
        return new TaggedObjective(objective(), maybe(this::locator));
    }

    private Locator locator() {
        int protocol = random.nextBoolean() ? Locator.TCP : Locator.UDP;
        int port = random.nextInt(Locator.MAX_PORT + 1);
        return switch (random.nextInt(5)) {
            case 0 -> new Locator.Ipv4(ipv4(), protocol, port);
            case 1 -> new Locator.Fqdn("asa.example.org", protocol, port);
            case 2 -> new Locator.Uri("https://asa.example.org/x", maybe(() -> protocol), maybe(() -> port));
            default -> new Locator.Ipv6(ipv6(), protocol, port);
        };
    }

    private List<GraspOption> options() {
        return some(() -> switch (random.nextInt(5)) {
            case 0 ->
                new GraspOption.Divert(some(this::locator), random.nextBoolean() ? List.of() : some(this::oddLocator));
            case 1 -> new GraspOption.Unknown(107, item(new byte[] {(byte) 0x81, 0x18, 107}));
            case 2 -> new GraspOption.Unknown(103, oddLocator());
            default -> new GraspOption.LocatorOption(locator());
        });
    }

    private GraspOption outcome() {
        return switch (random.nextInt(3)) {
            case 0 -> new GraspOption.Accept();
            case 1 -> new GraspOption.Decline(maybe(() -> "Insufficient funds"));
            default -> new GraspOption.Unknown(110, item(new byte[] {(byte) 0x82, 0x18, 110, 1}));
        };
    }

    /** An IPv6 locator without a port. */
    private CborItem oddLocator() {
        CborWriter out = new CborWriter();
        out.writeArrayHeader(4);
        out.writeUnsigned(OptionType.O_IPV6_LOCATOR);
        out.writeBytes(ipv6().getAddress());
        out.writeUnsigned(41);
        out.writeNull();
        return item(out.toByteArray());
    }

    /** Objectives with an unreadable tag, or without one. */
    private List<CborItem> oddPairs() {
        return random.nextInt(4) > 0
                ? List.of()
                : some(() -> {
                    CborWriter out = new CborWriter();
                    boolean tagged = random.nextBoolean();
                    out.writeArrayHeader(tagged ? 2 : 1);
                    out.writeArrayHeader(3);
                    out.writeText("EX1");
                    out.writeUnsigned(random.nextInt(16));
                    out.writeUnsigned(random.nextInt(256));
                    if (tagged) {
                        oddLocator().writeTo(out);
                    }
                    return item(out.toByteArray());
                });
    }

    /** Items that cannot be read as an option or an objective. */
    private List<CborItem> extras() {
        return random.nextInt(4) > 0
                ? List.of()
                : some(() -> item(new byte[] {(byte) 0xA1, 1, (byte) random.nextInt(24)}));
    }

    private CborItem item() {
        return item(CborGenerator.item(random, 3));
    }

    private static CborItem item(byte[] bytes) {
        return CborItem.wrap(bytes, 0, bytes.length);
    }

    /** Sometimes contains an IPv4 address, but must still be read as IPv6. */
    private Inet6Address ipv6() {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        if (random.nextInt(4) == 0) {
            Arrays.fill(bytes, 0, 10, (byte) 0);
            Arrays.fill(bytes, 10, 12, (byte) 0xFF);
        }
        try {
            return Inet6Address.getByAddress(null, bytes, -1);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private Inet4Address ipv4() {
        byte[] bytes = new byte[4];
        random.nextBytes(bytes);
        try {
            return (Inet4Address) InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private <T> T maybe(Supplier<T> value) {
        return random.nextBoolean() ? value.get() : null;
    }

    private <T> List<T> some(Supplier<T> element) {
        List<T> some = new ArrayList<>();
        do {
            some.add(element.get());
        } while (random.nextInt(3) == 0);
        return some;
    }
}
