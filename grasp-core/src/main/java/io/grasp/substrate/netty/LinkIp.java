package io.grasp.substrate.netty;

/**
 * Which IP version a link speaks. It is one: two would double all traffic on it, and every neighbor that speaks both
 * would be heard twice. Connections are opened in whatever version a locator has.
 */
public enum LinkIp {
    /** IPv6; an interface without a link-local IPv6 address is no link. */
    IPV6,

    /** IPv6 where an interface has a link-local IPv6 address, and IPv4 where it has none but an IPv4 address. */
    IPV6_ELSE_IPV4,

    /** IPv4, to meet neighbors that speak nothing else; an interface without an IPv4 address is no link. */
    IPV4
}
