package io.grasp.samples.console;

import io.grasp.samples.text.IpAddress;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.TypeConversionException;
import reactor.netty.http.server.HttpServerRequest;

/**
 * Decides which requests are answered. A browser also sends requests that pages of other servers have made it send:
 * they name another host, if a name of theirs was rebound to this address, or another origin.
 */
final class ConsoleAccess {
    /** A page of another server cannot set it without asking this one first. */
    static final String HEADER = "X-Grasp-Console";

    private static final String BEARER = "Bearer ";
    private static final Set<HttpMethod> READING = Set.of(HttpMethod.GET, HttpMethod.HEAD);

    private final String host;
    private final boolean tls;
    private final @Nullable ConsoleToken token;

    /**
     * Makes the rules.
     *
     * @param host the host by whose name the operator has opened the console; may be empty
     * @param tls whether each connection has shown a certificate of the domain
     * @param token what else is needed, {@code null} for nothing
     */
    ConsoleAccess(String host, boolean tls, @Nullable ConsoleToken token) {
        this.host = host;
        this.tls = tls;
        this.token = token;
    }

    /** {@return why a request is refused, whichever client sends it; {@code null} if it is not} */
    @Nullable
    String refusal(HttpServerRequest request) {
        HttpHeaders headers = request.requestHeaders();
        List<String> hosts = headers.getAll(HttpHeaderNames.HOST);
        if (hosts.size() != 1 || !isThisHost(hosts.get(0))) {
            return "the Host of the request is not this one: open the console by the address at which it is served";
        }
        if (!READING.contains(request.method())) {
            String origin = headers.get(HttpHeaderNames.ORIGIN);
            boolean same = origin == null || origin.equalsIgnoreCase((tls ? "https://" : "http://") + hosts.get(0));
            if (!headers.contains(HEADER) || !same || isFromElsewhere(headers)) {
                return "the request is not one of the console's page: it needs the header " + HEADER
                        + " and the same origin";
            }
        }
        return null;
    }

    /** {@return whether a browser says that a page of another server has made it send the request} */
    boolean isFromElsewhere(HttpServerRequest request) {
        return isFromElsewhere(request.requestHeaders());
    }

    private static boolean isFromElsewhere(HttpHeaders headers) {
        String site = headers.get("Sec-Fetch-Site");
        return site != null && !site.equals("same-origin") && !site.equals("none");
    }

    /** A name that is bound to another address can be rebound to this one; an address cannot. */
    private boolean isThisHost(String value) {
        String name = value.replaceFirst(":\\d+$", "").toLowerCase(Locale.ROOT);
        if (name.equals("localhost") || !host.isEmpty() && name.equals(host.toLowerCase(Locale.ROOT))) {
            return true;
        }
        boolean bracketed = name.startsWith("[") && name.endsWith("]");
        try {
            new IpAddress().convert(bracketed ? name.substring(1, name.length() - 1) : name);
            return bracketed == name.contains(":");
        } catch (TypeConversionException notAnAddress) {
            return false;
        }
    }

    /** {@return whether the sender may read} */
    boolean mayRead(HttpServerRequest request, String cookieName) {
        return token == null || isKnown(request, cookieName, token);
    }

    private static boolean isKnown(HttpServerRequest request, String cookieName, ConsoleToken token) {
        String authorization = request.requestHeaders().get(HttpHeaderNames.AUTHORIZATION);
        if (authorization != null) {
            return authorization.startsWith(BEARER) && token.isToken(authorization.substring(BEARER.length()));
        }
        return request.allCookies().values().stream()
                .flatMap(List::stream)
                .anyMatch(cookie -> cookie.name().equals(cookieName) && token.isCookie(cookie.value()));
    }

    /** {@return why the senders that may read may not act; {@code null} if they may} */
    @Nullable
    String readOnly() {
        return token != null || tls
                ? null
                : "Without --console-token-file or --console-tls any user of this host can open the console;"
                        + " so it only shows the node, and its streams of events are for its page alone.";
    }

    /** {@return whether this is the token} */
    boolean isToken(String text) {
        return token != null && token.isToken(text);
    }

    /** {@return the value of the cookie of a browser that has shown the token} */
    String cookie() {
        return token == null ? "" : token.cookie();
    }

    boolean hasTls() {
        return tls;
    }
}
