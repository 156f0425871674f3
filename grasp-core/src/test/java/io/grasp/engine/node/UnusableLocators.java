package io.grasp.engine.node;

import io.grasp.model.Locator;
import io.netty.util.NetUtil;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Locators that no peer can have or that lead to the receiving node, and some usable ones. */
public final class UnusableLocators {
    private static final int PORT = 9999;

    private UnusableLocators() {}

    /** {@return locators that no node may accept, regardless of its own addresses} */
    public static List<Locator> all() {
        Stream<String> addresses = Stream.of(
                "::1",
                "127.0.0.1",
                "127.255.255.254",
                "::ffff:127.0.0.1",
                "::127.0.0.1",
                "::",
                "0.0.0.0",
                "0.1.2.3",
                "::ffff:0.0.0.0",
                "::ffff:0.1.2.3",
                "::2", // IPv4-compatible 0.0.0.2
                "ff02::13",
                "ff05::1:3",
                "224.0.0.119",
                "239.255.255.255",
                "::ffff:224.0.0.119",
                "::224.0.0.119",
                "255.255.255.255",
                "::ffff:255.255.255.255",
                "::255.255.255.255",
                "240.0.0.1",
                "::ffff:240.0.0.1");
        return Stream.concat(
                        addresses.map(address -> at(address, Locator.TCP, PORT)),
                        Stream.of(
                                at("::1", Locator.UDP, PORT),
                                at("::1", 41, PORT),
                                at("fd12::1", Locator.TCP, 0),
                                at("fd12::1", Locator.UDP, 0),
                                at("192.0.2.1", Locator.TCP, 0),
                                new Locator.Fqdn("", Locator.TCP, PORT),
                                new Locator.Fqdn(".", Locator.TCP, PORT),
                                new Locator.Fqdn(" ", Locator.TCP, PORT),
                                new Locator.Fqdn("a..example", Locator.TCP, PORT),
                                new Locator.Fqdn(".example", Locator.TCP, PORT),
                                new Locator.Fqdn("two words", Locator.TCP, PORT),
                                new Locator.Fqdn("line\n", Locator.TCP, PORT),
                                new Locator.Fqdn("https://example.org/", Locator.TCP, PORT),
                                new Locator.Fqdn("x".repeat(64) + ".example", Locator.TCP, PORT),
                                new Locator.Fqdn("x.".repeat(126) + "xyz", Locator.TCP, PORT),
                                new Locator.Fqdn("127.1", Locator.TCP, PORT), // 127.0.0.1 for many resolvers
                                new Locator.Fqdn("2130706433", Locator.TCP, PORT),
                                new Locator.Fqdn("0x7f000001.", Locator.TCP, PORT),
                                new Locator.Fqdn("999.1.1.1", Locator.TCP, PORT),
                                new Locator.Fqdn("localhost", Locator.TCP, PORT),
                                new Locator.Fqdn("LOCALHOST.", Locator.TCP, PORT),
                                new Locator.Fqdn("a.localhost", Locator.TCP, PORT),
                                new Locator.Fqdn("127.0.0.1", Locator.TCP, PORT),
                                new Locator.Fqdn("::1", Locator.TCP, PORT),
                                new Locator.Fqdn("[::ffff:127.0.0.1]", Locator.TCP, PORT),
                                new Locator.Fqdn("127.0.0.1.", Locator.TCP, PORT),
                                new Locator.Fqdn("[fd12::1%lan]", Locator.TCP, PORT), // a zone of another host
                                new Locator.Fqdn("\uff11\uff12\uff17.0.0.1", Locator.TCP, PORT), // full-width
                                new Locator.Fqdn("\uff4cocalhost", Locator.TCP, PORT),
                                new Locator.Fqdn("127\u30020.0.1", Locator.TCP, PORT), // an ideographic dot
                                Locator.uri("https://[::1%25lo]/"),
                                new Locator.Fqdn("example.org", Locator.TCP, 0),
                                Locator.uri("coap://[::1]:5683/x"),
                                Locator.uri("https://127.0.0.1/"),
                                new Locator.Uri("https://localhost/", Locator.TCP, 443),
                                new Locator.Uri("https://example.org/", Locator.TCP, 0)))
                .toList();
    }

    /** {@return usable locators that are similar to them} */
    public static List<Locator> good() {
        return List.of(
                at("fd12::1", Locator.TCP, PORT),
                at("fd12::1", Locator.TCP, 1),
                at("2001:db8::1", Locator.UDP, 65_535),
                at("fd12::1", 41, 0), // a protocol without ports
                at("192.0.2.1", Locator.TCP, PORT),
                at("126.255.255.255", Locator.TCP, PORT),
                at("128.0.0.1", Locator.TCP, PORT),
                at("223.255.255.255", Locator.TCP, PORT),
                at("1.0.0.1", Locator.TCP, PORT),
                at("::ffff:192.0.2.1", Locator.TCP, PORT),
                new Locator.Fqdn("example.org", Locator.TCP, PORT),
                new Locator.Fqdn("localhost.example.org", Locator.TCP, PORT),
                new Locator.Fqdn("example.org.", Locator.TCP, PORT),
                new Locator.Fqdn("1.example-2.3com", Locator.TCP, PORT),
                new Locator.Fqdn("router", Locator.TCP, PORT),
                new Locator.Fqdn("_x.b\u00fccher.example", Locator.TCP, PORT),
                new Locator.Fqdn("b\u00fccher\u3002example", Locator.TCP, PORT),
                Locator.uri("https://example.org/"),
                Locator.uri("urn:example:localhost"),
                Locator.uri("not a URI at all"));
    }

    /** {@return an address and port in each kind of locator that can hold them} */
    public static List<Locator> inEachKind(String address, int port) {
        List<Locator> kinds = new ArrayList<>(List.of(at(address, Locator.TCP, port)));
        kinds.addAll(inNames(address, port));
        return kinds;
    }

    /** {@return an address and port as names and in URIs} */
    public static List<Locator> inNames(String address, int port) {
        String host = address.contains(":") ? "[" + address + "]" : address;
        return List.of(
                new Locator.Fqdn(address, Locator.TCP, port),
                new Locator.Fqdn(host, Locator.TCP, port),
                new Locator.Uri("https://" + host + "/x", Locator.TCP, port),
                Locator.uri("coap://user@" + host + ":" + port + "/x"),
                new Locator.Uri("https://" + host + ":" + port, Locator.TCP, null));
    }

    public static Locator at(String address, int protocol, int port) {
        InetAddress parsed = address(address);
        return parsed instanceof Inet4Address ipv4
                ? new Locator.Ipv4(ipv4, protocol, port)
                : new Locator.Ipv6((Inet6Address) parsed, protocol, port);
    }

    /** {@return the address; unlike in Java's own methods, an IPv4-mapped one is an IPv6 address} */
    public static InetAddress address(String text) {
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(text);
        try {
            if (text.indexOf(':') < 0) {
                return InetAddress.getByAddress(bytes);
            }
            if (bytes.length == 4 || text.startsWith("::") && text.indexOf('.') > 0) {
                bytes = mapped(text);
            }
            return Inet6Address.getByAddress(null, bytes, -1);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] mapped(String text) {
        byte[] bytes = new byte[16];
        System.arraycopy(
                NetUtil.createByteArrayFromIpAddressString(text.substring(text.lastIndexOf(':') + 1)), 0, bytes, 12, 4);
        if (text.startsWith("::ffff:")) {
            bytes[10] = -1;
            bytes[11] = -1;
        }
        return bytes;
    }
}
