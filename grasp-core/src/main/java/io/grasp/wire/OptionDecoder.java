package io.grasp.wire;

import io.grasp.cbor.CborException;
import io.grasp.cbor.CborException.Reason;
import io.grasp.cbor.CborItem;
import io.grasp.cbor.CborReader;
import io.grasp.model.Locator;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads options (RFC 8990 section 2.9). */
final class OptionDecoder {
    private static final int IPV4_BYTES = 4;
    private static final int IPV6_BYTES = 16;

    private OptionDecoder() {}

    /** Reads an option whose type may be unknown. */
    static GraspOption option(CborReader in) throws CborException {
        CborItem raw = in.readItem();
        CborReader inner = raw.reader();
        try {
            return option(inner, raw);
        } catch (CborException e) {
            throw new CborException(e.reason(), in.position() - raw.length() + e.offset());
        }
    }

    private static GraspOption option(CborReader in, CborItem raw) throws CborException {
        ArrayElements elements = ArrayElements.begin(in);
        int type = (int) elements.next().readUnsigned(Integer.MAX_VALUE);
        GraspOption option;
        switch (type) {
            case OptionType.O_DIVERT -> option = divert(elements);
            case OptionType.O_ACCEPT -> option = new GraspOption.Accept();
            case OptionType.O_DECLINE -> option = new GraspOption.Decline(reason(elements));
            case OptionType.O_IPV6_LOCATOR,
                    OptionType.O_IPV4_LOCATOR,
                    OptionType.O_FQDN_LOCATOR,
                    OptionType.O_URI_LOCATOR -> option = new GraspOption.LocatorOption(locator(type, elements));
            default -> {
                return new GraspOption.Unknown(type, raw);
            }
        }
        elements.end();
        return option;
    }

    private static GraspOption divert(ArrayElements elements) throws CborException {
        List<Locator> locators = new ArrayList<>(2);
        do {
            locators.add(locator(elements.next()));
        } while (elements.hasNext());
        return new GraspOption.Divert(locators);
    }

    private static @Nullable String reason(ArrayElements elements) throws CborException {
        return elements.hasNext() ? elements.next().readText() : null;
    }

    /** Reads an option that must be a locator. */
    static Locator locator(CborReader in) throws CborException {
        ArrayElements elements = ArrayElements.begin(in);
        int start = in.position();
        int type = (int) elements.next().readUnsigned(Integer.MAX_VALUE);
        if (type < OptionType.O_IPV6_LOCATOR || type > OptionType.O_URI_LOCATOR) {
            throw new CborException(Reason.OUT_OF_RANGE, start);
        }
        Locator locator = locator(type, elements);
        elements.end();
        return locator;
    }

    private static Locator locator(int type, ArrayElements elements) throws CborException {
        switch (type) {
            case OptionType.O_IPV6_LOCATOR -> {
                Inet6Address address = ipv6(elements.next());
                return new Locator.Ipv6(address, protocol(elements), port(elements));
            }
            case OptionType.O_IPV4_LOCATOR -> {
                Inet4Address address = ipv4(elements.next());
                return new Locator.Ipv4(address, protocol(elements), port(elements));
            }
            case OptionType.O_FQDN_LOCATOR -> {
                String name = elements.next().readText();
                return new Locator.Fqdn(name, protocol(elements), port(elements));
            }
            default -> {
                String uri = elements.next().readText();
                return new Locator.Uri(
                        uri, orNull(elements.next(), Integer.MAX_VALUE), orNull(elements.next(), Locator.MAX_PORT));
            }
        }
    }

    private static int protocol(ArrayElements elements) throws CborException {
        return (int) elements.next().readUnsigned(Integer.MAX_VALUE);
    }

    private static int port(ArrayElements elements) throws CborException {
        return (int) elements.next().readUnsigned(Locator.MAX_PORT);
    }

    private static @Nullable Integer orNull(CborReader in, long max) throws CborException {
        if (in.isNull()) {
            in.readNull();
            return null;
        }
        return (int) in.readUnsigned(max);
    }

    /** Reads an initiator: an IPv6 or an IPv4 address, told apart by length. */
    static InetAddress address(CborReader in) throws CborException {
        int start = in.position();
        byte[] address = in.readBytes();
        return address.length == IPV4_BYTES ? ipv4(address, start) : ipv6(address, start);
    }

    private static Inet6Address ipv6(CborReader in) throws CborException {
        int start = in.position();
        return ipv6(in.readBytes(), start);
    }

    private static Inet4Address ipv4(CborReader in) throws CborException {
        int start = in.position();
        return ipv4(in.readBytes(), start);
    }

    /** Unlike {@link InetAddress#getByAddress}, an IPv4-mapped address stays what it is: 16 bytes. */
    private static Inet6Address ipv6(byte[] address, int start) throws CborException {
        if (address.length != IPV6_BYTES) {
            throw new CborException(Reason.OUT_OF_RANGE, start);
        }
        try {
            return Inet6Address.getByAddress(null, address, -1);
        } catch (UnknownHostException e) {
            throw new AssertionError("16 bytes are an IPv6 address", e);
        }
    }

    private static Inet4Address ipv4(byte[] address, int start) throws CborException {
        if (address.length != IPV4_BYTES) {
            throw new CborException(Reason.OUT_OF_RANGE, start);
        }
        try {
            return (Inet4Address) InetAddress.getByAddress(address);
        } catch (UnknownHostException e) {
            throw new AssertionError("4 bytes are an IPv4 address", e);
        }
    }
}
