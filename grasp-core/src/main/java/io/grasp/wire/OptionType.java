package io.grasp.wire;

/**
 * The option numbers of RFC 8990 section 4. {@link io.grasp.model.ExtensionMessage#requireUnassigned} refuses the same
 * numbers.
 */
final class OptionType {
    static final int O_DIVERT = 100;
    static final int O_ACCEPT = 101;
    static final int O_DECLINE = 102;
    static final int O_IPV6_LOCATOR = 103;
    static final int O_IPV4_LOCATOR = 104;
    static final int O_FQDN_LOCATOR = 105;
    static final int O_URI_LOCATOR = 106;

    private OptionType() {}

    static boolean isLocator(int type) {
        return type >= O_IPV6_LOCATOR && type <= O_URI_LOCATOR;
    }

    /** Accept and decline are allowed only in M_END (RFC 8990 sections 2.9.3 and 2.9.4). */
    static boolean belongsToEnd(int type) {
        return type == O_ACCEPT || type == O_DECLINE;
    }
}
