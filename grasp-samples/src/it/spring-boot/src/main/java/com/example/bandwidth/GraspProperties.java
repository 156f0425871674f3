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
 * @param ip the IP version that a link uses
 * @param assumeSecure whether the operator says that something outside protects the links
 */
@ConfigurationProperties("grasp")
record GraspProperties(
        @DefaultValue List<String> links,
        @DefaultValue("ipv6_else_ipv4") LinkIp ip,
        @DefaultValue("false") boolean assumeSecure) {
    NettyConfig network() {
        NettyConfig network = NettyConfig.defaults().withIp(ip).withAssumeSecure(assumeSecure);
        return links.isEmpty() ? network : network.withLinks(links.toArray(String[]::new));
    }
}
