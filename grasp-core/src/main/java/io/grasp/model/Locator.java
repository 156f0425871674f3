package io.grasp.model;

import io.grasp.util.AddressText;
import io.grasp.util.PeerAddresses;
import io.grasp.util.PrintableText;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where an ASA can be reached: one of the four locator options of RFC 8990 section 2.9.5.
 *
 * <p>The transport protocol is an IANA protocol number, normally {@link #TCP} or {@link #UDP}. Other numbers are kept
 * as data, because values outside the RFC's CDDL occur in practice.
 */
public sealed interface Locator {
    /** IPPROTO_TCP. */
    int TCP = 6;

    /** IPPROTO_UDP. */
    int UDP = 17;

    /** The largest port number. */
    int MAX_PORT = 0xFFFF;

    /**
     * The transport protocol's number.
     *
     * @return the number, or {@code null} for a URI that carries none
     */
    @Nullable
    Integer protocol();

    /**
     * The transport port.
     *
     * @return 0 to 65535, or {@code null} for a URI that carries none
     */
    @Nullable
    Integer port();

    /**
     * The host's name in a locator that holds one, which may be an address in text.
     *
     * @return the name, with compatible letters and dots of other scripts replaced, as resolvers do (RFC 3491 section
     *     4, RFC 3490 section 3.1); {@code null} if the locator is an address, or a URI without a host
     */
    default @Nullable String hostName() {
        return null;
    }

    /**
     * The address of the locator, also one in a name or a URI; a zone in those is ignored, because it has no
     * meaning on another host. No name is looked up.
     *
     * @return the address; {@code null} for a name that has to be looked up, and for a URI without a host
     */
    default @Nullable InetAddress address() {
        String name = hostName();
        return name == null ? null : LocatorHost.address(name);
    }

    /**
     * Whether a GRASP session can be opened to the locator: it is an address or a name with a TCP port. GRASP does not
     * use URIs itself (RFC 8990 section 2.9.5.4).
     *
     * @return whether it has the transport that sessions use
     */
    default boolean isForSessions() {
        return !(this instanceof Uri) && Objects.equals(protocol(), TCP);
    }

    /**
     * Whether the locator leads to a port, also if the port is in a URI.
     *
     * @param number the port
     * @return whether it does; {@code false} if the port is that of a URI's scheme
     */
    default boolean hasPort(int number) {
        return Integer.valueOf(number).equals(port());
    }

    /**
     * Whether the locator's address is link-local (fe80::/10, 169.254.0.0/16), and so valid only on its link. This
     * includes an address written as a name or inside a URI.
     *
     * @return whether the address is link-local; {@code false} for a name that must be looked up
     */
    default boolean isLinkLocal() {
        InetAddress address = address();
        return address != null && PeerAddresses.isLinkLocal(address);
    }

    /**
     * A locator for TCP, the transport by which GRASP reaches an ASA.
     *
     * @param host an IP address or a name; a name is not looked up
     * @param port 0 to 65535
     * @return an {@link Ipv6}, {@link Ipv4} or {@link Fqdn} locator
     * @throws IllegalArgumentException if the port is out of range
     */
    static Locator tcp(String host, int port) {
        return of(host, TCP, port);
    }

    /**
     * A locator for UDP.
     *
     * @param host an IP address or a name; a name is not looked up
     * @param port 0 to 65535
     * @return an {@link Ipv6}, {@link Ipv4} or {@link Fqdn} locator
     * @throws IllegalArgumentException if the port is out of range
     */
    static Locator udp(String host, int port) {
        return of(host, UDP, port);
    }

    /**
     * A locator that is a URI, which names the protocol and the port itself (RFC 8990 section 2.9.5.4).
     *
     * @param uri the URI
     * @return the locator
     */
    static Locator uri(String uri) {
        return new Uri(uri, null, null);
    }

    private static Locator of(String host, int protocol, int port) {
        InetAddress address = PeerAddresses.literal(host);
        return address == null ? new Fqdn(host, protocol, port) : of(address, protocol, port);
    }

    /**
     * A locator that holds an address.
     *
     * @param address the address
     * @param protocol the transport protocol's number
     * @param port the port, 0 to 65535
     * @return an O_IPv6_LOCATOR or an O_IPv4_LOCATOR
     */
    static Locator of(InetAddress address, Integer protocol, Integer port) {
        return address instanceof Inet6Address ipv6
                ? new Ipv6(ipv6, protocol, port)
                : new Ipv4((Inet4Address) address, protocol, port);
    }

    /**
     * O_IPv6_LOCATOR. The address's scope is not part of the locator and is not sent.
     *
     * @param address the address
     * @param protocol the number of the IP protocol, such as {@link #TCP}
     * @param port the port
     */
    record Ipv6(Inet6Address address, Integer protocol, Integer port) implements Locator {
        /** Checks the components. */
        public Ipv6 {
            Objects.requireNonNull(address, "address");
            check(protocol, port);
        }

        /**
         * Whether the address is unspecified ({@code ::}). In a flood, such a locator stands for the link-local address
         * of each sending link (RFC 8991 section 2.3.6).
         *
         * @return whether the address is {@code ::}
         */
        public boolean isUnspecified() {
            return address.isAnyLocalAddress();
        }

        @Override
        public String toString() {
            return "[" + AddressText.of(address) + "]:" + port;
        }
    }

    /**
     * O_IPv4_LOCATOR.
     *
     * @param address the address
     * @param protocol the number of the IP protocol, such as {@link #TCP}
     * @param port the port
     */
    record Ipv4(Inet4Address address, Integer protocol, Integer port) implements Locator {
        /** Checks the components. */
        public Ipv4 {
            Objects.requireNonNull(address, "address");
            check(protocol, port);
        }

        @Override
        public String toString() {
            return AddressText.of(address) + ":" + port;
        }
    }

    /**
     * O_FQDN_LOCATOR. Its host must not be assumed to be inside the secure domain (RFC 8990 section 3).
     *
     * @param name the host name
     * @param protocol the number of the IP protocol, such as {@link #TCP}
     * @param port the port
     */
    record Fqdn(String name, Integer protocol, Integer port) implements Locator {
        /** Checks the components. */
        public Fqdn {
            Objects.requireNonNull(name, "name");
            check(protocol, port);
        }

        @Override
        public String hostName() {
            return LocatorHost.normalized(name);
        }

        @Override
        public String toString() {
            return PrintableText.of(name) + ":" + port;
        }
    }

    /**
     * O_URI_LOCATOR. The URI itself may contain protocol and port; then both are {@code null} here.
     *
     * @param uri the URI
     * @param protocol the number of the IP protocol, such as {@link #TCP}
     * @param port the port
     */
    record Uri(
            String uri,
            @Nullable Integer protocol,
            @Nullable Integer port) implements Locator {
        /** Checks the components. */
        public Uri {
            Objects.requireNonNull(uri, "uri");
            check(protocol, port);
        }

        @Override
        public @Nullable String hostName() {
            String name = UriHost.of(uri);
            return name == null ? null : LocatorHost.normalized(name);
        }

        @Override
        public boolean hasPort(int number) {
            return Locator.super.hasPort(number) || Integer.toString(number).equals(UriHost.port(uri));
        }

        @Override
        public String toString() {
            return PrintableText.of(uri);
        }
    }

    private static void check(@Nullable Integer protocol, @Nullable Integer port) {
        if (protocol != null && protocol < 0) {
            throw new IllegalArgumentException("transport protocol " + protocol + " is negative");
        }
        if (port != null && (port < 0 || port > MAX_PORT)) {
            throw new IllegalArgumentException("port " + port + " is not in 0.." + MAX_PORT);
        }
    }
}
