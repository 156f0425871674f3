package io.grasp.samples.prefix;

import java.util.Objects;
import java.util.Optional;

/**
 * A request for a prefix of some length, or the offer of a prefix (RFC 8992 section 5).
 *
 * @param form how it is written
 * @param family the version of IP; IPv6 in the base form
 * @param length the length in bits: 0 to 128, or to 32 for IPv4
 * @param prefix the prefix that is offered, with this family and length; empty in a request
 */
public record PrefixValue(PrefixForm form, AddressFamily family, int length, Optional<Prefix> prefix) {
    /**
     * Checks the components.
     *
     * @throws IllegalArgumentException if the length is out of range, the prefix has another length or family, or the
     *     base form is not for IPv6
     */
    public PrefixValue {
        Objects.requireNonNull(form, "form");
        Objects.requireNonNull(family, "family");
        family.requireLength(length);
        if (form == PrefixForm.BASE && family != AddressFamily.IPV6) {
            throw new IllegalArgumentException("the base form is for IPv6 only");
        }
        if (prefix.isPresent()
                && (prefix.get().family() != family || prefix.get().length() != length)) {
            throw new IllegalArgumentException(
                    prefix.get() + " is not a prefix of IPv" + family.version() + " with the length " + length);
        }
    }

    /**
     * A request.
     *
     * @param form how it is written
     * @param family the version of IP
     * @param length the length of the prefix that the node needs
     * @return the value
     * @throws IllegalArgumentException see the constructor
     */
    public static PrefixValue request(PrefixForm form, AddressFamily family, int length) {
        return new PrefixValue(form, family, length, Optional.empty());
    }

    /**
     * An offer that answers this value, in the same form.
     *
     * @param offered the prefix; its length may differ from the one requested
     * @return the value
     * @throws IllegalArgumentException if the prefix is one of IPv4 and the form is the base form
     */
    public PrefixValue offer(Prefix offered) {
        return new PrefixValue(form, offered.family(), offered.length(), Optional.of(offered));
    }
}
