package io.grasp.samples.prefix;

import java.util.Objects;

/**
 * A value with the tags of RFC 9164, as graspy's program pfxm4 sends it: tag 54 or 52 before
 * {@code [length, address without its last bytes]}. RFC 8992 does not have it; this node declines it.
 *
 * @param family the version of IP that the tag stands for
 * @param length the length of the prefix that is requested or offered
 */
public record TaggedPrefixValue(AddressFamily family, int length) implements PrefixManagerValue {
    /** The reason for the peer whose request has this form. */
    public static final String DECLINED = "Tagged prefixes (RFC 9164) not supported, use the form of RFC 8992";

    /** Checks the components. */
    public TaggedPrefixValue {
        Objects.requireNonNull(family, "family");
        family.requireLength(length);
    }
}
