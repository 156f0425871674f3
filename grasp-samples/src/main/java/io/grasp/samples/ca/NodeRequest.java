package io.grasp.samples.ca;

import io.grasp.model.AcpNodeName;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The certificate that a node shall get.
 *
 * @param name the name by which the user refers to the node, and of the directory of its files
 * @param address the ACP address: 32 hexadecimal digits, {@code 0}, empty to omit it, or {@code null} for the next free
 *     one of the authority
 * @param subdomain the part before the domain in the routing subdomain; empty if there is none
 * @param roles the extensions of the acp-node-name
 * @param key the kind of the node's key
 * @param lifetime how long the certificate is valid
 * @param crlUrl where the revocation list is; {@code null} for the authority's setting
 * @param duplicate whether another node may have the same acp-node-name or address
 */
public record NodeRequest(
        String name,
        @Nullable String address,
        String subdomain,
        List<String> roles,
        KeyKind key,
        Duration lifetime,
        @Nullable String crlUrl,
        boolean duplicate) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

    public NodeRequest {
        checkName(name);
        roles = List.copyOf(roles);
    }

    static void checkName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new InvalidRequestException(
                    "'" + name + "' is not a name for a node: letters, digits, '.', '_' and '-',"
                            + " beginning with a letter or digit, at most 63");
        }
    }

    /**
     * {@return the name in the domain}
     *
     * @param domain the domain
     * @param freeAddress the next free address, by the routing subdomain
     */
    AcpNodeName nodeName(String domain, UnaryOperator<String> freeAddress) {
        return address == null
                ? parse(freeAddress.apply(parse("", domain).routingSubdomain()), domain)
                : parse(address, domain);
    }

    private AcpNodeName parse(String local, String domain) {
        String name = local
                + (subdomain.isEmpty() && roles.isEmpty() ? "" : "+" + subdomain)
                + roles.stream().map(role -> "+" + role).collect(Collectors.joining())
                + "@"
                + domain;
        try {
            return AcpNodeName.parse(name);
        } catch (IllegalArgumentException e) {
            throw new InvalidRequestException("'" + name + "' is " + e.getMessage(), e);
        }
    }
}
