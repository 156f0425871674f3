package io.grasp.samples.prefix;

/** How a value of PrefixManager is written. An answer has the form of the request. */
public enum PrefixForm {
    /** The base form, for IPv6 only (RFC 8992 section 5.1): {@code [length]}, {@code [length, prefix]}. */
    BASE,
    /** The extended form (RFC 8992 section 5.2): {@code [version, length]}, {@code [version, length, prefix]}. */
    EXTENDED,
    /**
     * The extended form as graspy's program pfxm3 writes it: a request has null in the place of the prefix,
     * {@code [version, length, null]}. An offer is the same as in {@link #EXTENDED}.
     */
    EXTENDED_WITH_NULL
}
