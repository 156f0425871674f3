package io.grasp.model;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The host and the port in a URI (RFC 3986 section 3.2). {@link java.net.URI} returns no host that contains an
 * underscore or a percent sign, and rejects some URIs that others accept.
 */
final class UriHost {
    private static final Pattern AUTHORITY = Pattern.compile("^\\s*(?:[A-Za-z][A-Za-z0-9+.-]*:)?//([^/?#]*)");
    private static final Pattern HOST = Pattern.compile("(?:.*@)?(\\[[^]]*]|[^:]*)(?::0*(\\d+))?.*", Pattern.DOTALL);

    private UriHost() {}

    /** {@return the host, with brackets if it is an IPv6 address; {@code null} if the URI has no authority} */
    static @Nullable String of(String uri) {
        Matcher host = matched(uri);
        return host == null ? null : decoded(host.group(1));
    }

    /** {@return the port, without leading zeros; {@code null} if the URI has none} */
    static @Nullable String port(String uri) {
        Matcher host = matched(uri);
        return host == null ? null : host.group(2);
    }

    private static @Nullable Matcher matched(String uri) {
        Matcher authority = AUTHORITY.matcher(uri);
        if (!authority.find()) {
            return null;
        }
        Matcher host = HOST.matcher(authority.group(1));
        return host.matches() ? host : null;
    }

    private static String decoded(String host) {
        try {
            return URLDecoder.decode(host.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return host; // a percent sign without two hexadecimal digits
        }
    }
}
