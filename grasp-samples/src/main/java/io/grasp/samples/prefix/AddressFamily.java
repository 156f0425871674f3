package io.grasp.samples.prefix;

/** The version of IP that a prefix belongs to. */
public enum AddressFamily {
    /** IP version 6. */
    IPV6(6, 128),
    /** IP version 4. */
    IPV4(4, 32);

    private final int version;
    private final int bits;

    AddressFamily(int version, int bits) {
        this.version = version;
        this.bits = bits;
    }

    /** {@return the number of the version, which the extended form of PrefixManager carries (RFC 8992 section 5.2)} */
    public int version() {
        return version;
    }

    /** {@return the length of an address, and of the longest prefix, in bits} */
    public int bits() {
        return bits;
    }

    /** {@return the length of an address in bytes} */
    public int bytes() {
        return bits / Byte.SIZE;
    }

    /**
     * Refuses what cannot be the length of a prefix.
     *
     * @throws IllegalArgumentException if it is not from 0 to {@link #bits}
     */
    public void requireLength(int length) {
        if (length < 0 || length > bits) {
            throw new IllegalArgumentException(
                    "the length of a prefix of IPv" + version + " is 0 to " + bits + ", not " + length);
        }
    }
}
