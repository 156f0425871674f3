package io.grasp.substrate.netty;

/**
 * The IP version that a link uses. A link uses only one: two would double all traffic, and neighbors that use both
 * would be heard twice. Connections use the version of the locator.
 */
public enum LinkIp {
    /** IPv6; an interface without a link-local IPv6 address is not a link. */
    IPV6,

    /** IPv6 if an interface has a link-local IPv6 address; IPv4 if it has none but has an IPv4 address. */
    IPV6_ELSE_IPV4,

    /** IPv4, for links with neighbors that support nothing else; an interface without an IPv4 address is not a link. */
    IPV4
}
