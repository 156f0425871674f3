package io.grasp.util;

import java.lang.reflect.RecordComponent;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Comparator;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Prints addresses as RFC 5952 recommends: in lower case, with the longest run of zeros omitted. The JDK omits none.
 */
public final class AddressText {
    /** Two or more groups of zeros; a single one is not omitted (RFC 5952 section 4.2.2). */
    private static final Pattern ZEROS = Pattern.compile("(?<![^:])0(?::0)+(?![^:])");

    private static final String IPV4_MAPPED = "::ffff:";

    private AddressText() {}

    /**
     * An address as peers know it.
     *
     * @param address any address
     * @return its text, without a host name and without a zone, which is valid on this host only
     */
    public static String of(InetAddress address) {
        String text = address.getHostAddress();
        if (address instanceof Inet4Address) {
            return text;
        }
        String ipv4 = mapped(address);
        return ipv4 == null ? compressed(text.substring(0, zone(text))) : IPV4_MAPPED + ipv4;
    }

    /**
     * An address and a port, in the form used on this host.
     *
     * @param address any socket address
     * @return such as {@code [fe80::1%eth0]:7017}, or {@code example.org:7017} if it is not resolved
     */
    public static String of(InetSocketAddress address) {
        InetAddress resolved = address.getAddress();
        String host = PrintableText.of(resolved == null ? address.getHostString() : withZone(resolved));
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    /**
     * A record in the form of its {@code toString}, except for the addresses in it, and printable.
     *
     * @param value a public record
     * @return its text
     */
    public static String ofRecord(Record value) {
        return PrintableText.of(Arrays.stream(value.getClass().getRecordComponents())
                .map(component -> component.getName() + "=" + text(component, value))
                .collect(Collectors.joining(", ", value.getClass().getSimpleName() + "[", "]")));
    }

    private static String text(RecordComponent component, Record of) {
        try {
            Object value = component.getAccessor().invoke(of);
            if (value instanceof InetAddress address) {
                return of(address);
            }
            return value instanceof InetSocketAddress address ? of(address) : String.valueOf(value);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(component.getDeclaringRecord() + " is not a public record", e);
        }
    }

    private static String withZone(InetAddress address) {
        String text = address.getHostAddress();
        return of(address) + text.substring(zone(text));
    }

    /** {@return where a zone begins, or the end of the text} */
    private static int zone(String text) {
        int zone = text.indexOf('%');
        return zone < 0 ? text.length() : zone;
    }

    /** {@return the IPv4 address in an IPv4-mapped one, which is printed as such (RFC 5952 section 5)} */
    private static @Nullable String mapped(InetAddress address) {
        byte marker = address.getAddress()[10];
        return marker != 0 && PeerAddresses.plain(address) instanceof Inet4Address ipv4 ? ipv4.getHostAddress() : null;
    }

    private static String compressed(String text) {
        MatchResult longest = ZEROS.matcher(text)
                .results()
                .max(Comparator.comparingInt(zeros -> zeros.end() - zeros.start())) // the first of several equal ones
                .orElse(null);
        if (longest == null) {
            return text;
        }
        String before = text.substring(0, Math.max(0, longest.start() - 1));
        String after = text.substring(Math.min(text.length(), longest.end() + 1));
        return before + "::" + after;
    }
}
