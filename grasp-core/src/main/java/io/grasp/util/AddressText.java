package io.grasp.util;

import io.netty.util.NetUtil;
import java.lang.reflect.RecordComponent;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * Prints addresses as RFC 5952 recommends: in lower case, with the longest run of zeros omitted. The JDK omits none.
 * This class alone uses Netty below the substrates.
 */
public final class AddressText {
    private AddressText() {}

    /**
     * An address as peers know it.
     *
     * @param address any address
     * @return its text, without a host name and without a zone, which is valid on this host only
     */
    public static String of(InetAddress address) {
        return NetUtil.toAddressString(address, true);
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
     * An address and a port of the network, as the operator of this host knows them. It asks the system, so it is for
     * messages to people.
     *
     * @param address any socket address whose scope, if it has one, is an interface of this host
     * @return as {@link #of(InetSocketAddress)}, but always with the interface's name, such as {@code eth0}, and with
     *     its index only if there is no such interface any more
     */
    public static String onThisHost(InetSocketAddress address) {
        if (!(address.getAddress() instanceof Inet6Address ipv6)
                || ipv6.getScopeId() == 0
                || ipv6.getScopedInterface() != null) {
            return of(address);
        }
        try {
            NetworkInterface scope = NetworkInterface.getByIndex(ipv6.getScopeId());
            return scope == null
                    ? of(address)
                    : "[" + of(ipv6) + "%" + PrintableText.of(scope.getName()) + "]:" + address.getPort();
        } catch (SocketException unknown) {
            return of(address);
        }
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
}
