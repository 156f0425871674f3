package io.grasp;

import reactor.blockhound.BlockHound;
import reactor.blockhound.integration.BlockHoundIntegration;

/**
 * Makes BlockHound fail a lookup of a name by the system on a loop, because it waits for the name server.
 *
 * <p>One wait in Netty's allocator is permitted. Buffers of up to 16 KiB come from memory of the thread's own; for larger
 * ones the threads of a process share a few places. A thread that finds its place in use, in one instruction that does
 * not wait, doubles the number of places, up to twice the number of processors. It then waits until another thread that
 * is just taking a buffer has left the old ones. So a loop may wait for another some instructions long, a few times in
 * the life of a process. An allocator for each loop would avoid that, at the price of its own memory for large buffers.
 */
public final class NameLookupsBlock implements BlockHoundIntegration {
    @Override
    public void applyTo(BlockHound.Builder builder) {
        builder.allowBlockingCallsInside(
                "io.netty.buffer.AdaptivePoolingAllocator$MagazineGroup", "tryExpandMagazines");
        for (String resolver : new String[] {"java.net.Inet4AddressImpl", "java.net.Inet6AddressImpl"}) {
            builder.markAsBlocking(resolver, "lookupAllHostAddr", "(Ljava/lang/String;)[Ljava/net/InetAddress;")
                    .markAsBlocking(resolver, "lookupAllHostAddr", "(Ljava/lang/String;I)[Ljava/net/InetAddress;")
                    .markAsBlocking(resolver, "getHostByAddr", "([B)Ljava/lang/String;");
        }
    }
}
