package com.example.bandwidth;

import io.grasp.security.IdentityConfig;
import io.grasp.substrate.netty.LinkIp;
import io.grasp.substrate.netty.NettyConfig;
import io.grasp.substrate.netty.overlay.OverlayConfig;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of the node.
 *
 * @param port the port of the node, for a firewall; 0 is any free one
 * @param links the interfaces to use; if empty, all suitable ones
 * @param awaitLinks whether the node also starts without those interfaces, and uses them when they appear
 * @param ip the IP version that a link uses
 * @param assumeSecure whether the operator says that something outside protects the links
 * @param identity the certificate with which the node protects itself; then its links are TLS connections to neighbors
 * @param neighbors with an identity, the neighbors: {@code router.example.com:7017}
 */
@ConfigurationProperties("grasp")
record GraspProperties(
        @DefaultValue("0") int port,
        @DefaultValue List<String> links,
        @DefaultValue("false") boolean awaitLinks,
        @DefaultValue("ipv6_else_ipv4") LinkIp ip,
        @DefaultValue("false") boolean assumeSecure,
        @Nullable Files identity,
        @DefaultValue List<String> neighbors) {
    /**
     * PEM files.
     *
     * @param certificate the node's certificate, followed by the intermediate ones
     * @param key its key
     * @param anchors the trust anchors
     */
    record Files(Path certificate, Path key, Path anchors) {
        IdentityConfig config() {
            return IdentityConfig.pem(certificate, key, anchors);
        }
    }

    NettyConfig network() {
        NettyConfig network = NettyConfig.defaults()
                .withPort(port)
                .withAwaitLinks(awaitLinks)
                .withIp(ip)
                .withAssumeSecure(assumeSecure);
        return links.isEmpty() ? network : network.withLinks(links.toArray(String[]::new));
    }

    OverlayConfig overlay() {
        return OverlayConfig.defaults().withPort(port).withNeighbors(neighbors);
    }
}
