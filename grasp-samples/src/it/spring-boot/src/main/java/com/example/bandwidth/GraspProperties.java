package com.example.bandwidth;

import io.grasp.substrate.netty.LinkIp;
import io.grasp.substrate.netty.NettyConfig;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of the node.
 *
 * @param links the interfaces to use; if empty, all suitable ones
 * @param awaitLinks whether the node also starts without those interfaces, and uses them when they appear
 * @param ip the IP version that a link uses
 * @param port the port of the node, for a firewall; 0 is any free one
 * @param assumeSecure whether the operator says that something outside protects the links
 */
@ConfigurationProperties("grasp")
record GraspProperties(
        @DefaultValue List<String> links,
        @DefaultValue("false") boolean awaitLinks,
        @DefaultValue("ipv6_else_ipv4") LinkIp ip,
        @DefaultValue("0") int port,
        @DefaultValue("false") boolean assumeSecure) {
    NettyConfig network() {
        NettyConfig network = NettyConfig.defaults()
                .withAwaitLinks(awaitLinks)
                .withIp(ip)
                .withPort(port)
                .withAssumeSecure(assumeSecure);
        return links.isEmpty() ? network : network.withLinks(links.toArray(String[]::new));
    }
}
