package io.grasp.samples.prefix;

/**
 * A value of the objective PrefixManager (RFC 8992 section 5): a {@link PrefixValue} as that RFC defines it, or the
 * {@link TaggedPrefixValue} of a later draft, which a node recognizes in order to decline it.
 */
public sealed interface PrefixManagerValue permits PrefixValue, TaggedPrefixValue {
    /** {@return the version of IP} */
    AddressFamily family();

    /** {@return the length of the prefix that is requested or offered} */
    int length();
}
