package io.grasp;

import reactor.blockhound.BlockHound;
import reactor.blockhound.integration.BlockHoundIntegration;

/**
 * Makes BlockHound fail a lookup of a name by the system on a loop, because it waits for the name server. The locks of
 * Netty's allocator are left out: with several loops in a process, one waits for another for some instructions.
 */
public final class NameLookupsBlock implements BlockHoundIntegration {
    @Override
    public void applyTo(BlockHound.Builder builder) {
        builder.allowBlockingCallsInside("io.netty.buffer.AdaptivePoolingAllocator", "allocate");
        for (String resolver : new String[] {"java.net.Inet4AddressImpl", "java.net.Inet6AddressImpl"}) {
            builder.markAsBlocking(resolver, "lookupAllHostAddr", "(Ljava/lang/String;)[Ljava/net/InetAddress;")
                    .markAsBlocking(resolver, "lookupAllHostAddr", "(Ljava/lang/String;I)[Ljava/net/InetAddress;")
                    .markAsBlocking(resolver, "getHostByAddr", "([B)Ljava/lang/String;");
        }
    }
}
