package io.grasp.samples.prefix.manager;

import io.grasp.samples.prefix.Prefix;

/**
 * A prefix that a node uses on one of its interfaces.
 *
 * @param name the name of the interface
 * @param prefix the prefix
 */
public record Delegation(String name, Prefix prefix) {
    /** {@return the first address of the prefix after its network address, such as {@code 2001:db8::1}} */
    public String firstAddress() {
        byte[] address = prefix.address();
        if (prefix.length() < prefix.family().bits()) {
            address[address.length - 1] |= 1;
        }
        return Prefix.of(prefix.family(), address, prefix.family().bits())
                .toString()
                .replaceFirst("/.*", "");
    }
}
