package io.grasp.model;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The name of a node in an Autonomic Control Plane, which its certificate carries (RFC 8994 section 6.2.2). Two names
 * are equal if their texts are, apart from upper and lower case in the address, the subdomain and the domain.
 */
public final class AcpNodeName {
    private static final int ADDRESS_DIGITS = 32;
    private static final int MAX_DOMAIN = 253;
    /** More than anything useful. The RFC has no maximum, and the regular expression needs stack for each extension. */
    private static final int MAX_LENGTH = 1024;

    private static final String LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
    private static final String DOMAIN = LABEL + "(?:\\." + LABEL + ")*";
    private static final String EXTENSION = "\\+[A-Za-z0-9!#$%&'*/=?^_`{|}~-]+";

    private static final Pattern NAME = Pattern.compile("(?<address>[0-9A-Fa-f]{32}|0)?" + "(?:\\+(?<rsub>" + DOMAIN
            + ")?(?<extensions>(?:" + EXTENSION + ")*))?" + "@(?<domain>" + DOMAIN + ")");

    private final String text;
    private final String address;
    private final String subdomain;
    private final List<String> extensions;
    private final String domain;

    private AcpNodeName(Matcher matched) {
        address = lower(matched.group("address"));
        String rsub = matched.group("rsub");
        subdomain = lower(rsub);
        domain = lower(matched.group("domain"));
        String all = matched.group("extensions");
        extensions = all == null || all.isEmpty()
                ? List.of()
                : List.copyOf(Arrays.asList(all.substring(1).split("\\+", -1)));
        text = address + (rsub == null && all == null ? "" : "+") + subdomain + (all == null ? "" : all) + "@" + domain;
    }

    private static String lower(@Nullable String part) {
        return part == null ? "" : part.toLowerCase(Locale.ROOT);
    }

    /**
     * {@return the name}
     *
     * @param text the text in a certificate, such as
     *     {@code fd89b714f3db00000200000064000000+area51.research@acp.example.com}
     * @throws IllegalArgumentException if it is not such a name
     */
    public static AcpNodeName parse(String text) {
        Matcher matcher = NAME.matcher(Objects.requireNonNull(text, "text"));
        if (text.length() > MAX_LENGTH
                || !matcher.matches()
                || matcher.group("domain").length() > MAX_DOMAIN
                || lower(matcher.group("rsub")).length() > MAX_DOMAIN) {
            throw new IllegalArgumentException("not an acp-node-name (RFC 8994 section 6.2.2)");
        }
        return new AcpNodeName(matcher);
    }

    /** {@return the ACP address; empty if it is omitted or the node gets it elsewhere} */
    public Optional<InetAddress> address() {
        if (address.length() < ADDRESS_DIGITS) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.getByAddress(HexFormat.of().parseHex(address)));
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** {@return whether there is neither an address nor "0", so that the certificate cannot build secure channels} */
    public boolean isAddressOmitted() {
        return address.isEmpty();
    }

    /** {@return the domain, in lower case, in which two members must be to accept each other} */
    public String domain() {
        return domain;
    }

    /** {@return the routing subdomain, in lower case: the domain, with the part before it if there is one} */
    public String routingSubdomain() {
        return subdomain.isEmpty() ? domain : subdomain + "." + domain;
    }

    /** {@return the extensions, without "+"; an operator may use them for roles} */
    public List<String> extensions() {
        return extensions;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof AcpNodeName name && name.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** {@return the name as in the certificate, with address, subdomain and domain in lower case} */
    @Override
    public String toString() {
        return text;
    }
}
