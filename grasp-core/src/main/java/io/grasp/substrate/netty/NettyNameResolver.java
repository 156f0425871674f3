package io.grasp.substrate.netty;

import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.substrate.Loop;
import io.grasp.substrate.NamedConnection;
import io.netty.channel.Channel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.resolver.HostsFileEntriesResolver;
import io.netty.resolver.ResolvedAddressTypes;
import io.netty.resolver.dns.DnsErrorCauseException;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsNameResolverException;
import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import io.netty.resolver.dns.DnsServerAddressStreamProviders;
import io.netty.resolver.dns.NoopAuthoritativeDnsServerCache;
import io.netty.resolver.dns.NoopDnsCache;
import io.netty.resolver.dns.NoopDnsCnameCache;
import io.netty.resolver.dns.SequentialDnsServerAddressStreamProvider;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Resolves names by {@code /etc/hosts}, otherwise by DNS, on the loop. */
public final class NettyNameResolver implements NamedConnection.NameResolver {
    private static final int TRIES = 2;

    private final NettyLoop loop;
    private final int timeoutMillis;
    private final int mostAddresses;
    private final Sources sources;
    private @Nullable DnsNameResolver resolver;

    private NettyNameResolver(NettyLoop loop, NettyConfig config, Sources sources) {
        this.loop = loop;
        this.timeoutMillis = config.nameTimeoutMillis;
        this.mostAddresses = config.maxAddresses;
        this.sources = sources;
    }

    /**
     * Reads the files that configure names and servers. Must not be called on the loop.
     *
     * @param loop the loop
     * @param config settings of name resolution: servers, timeout, maximum of addresses
     * @return the resolver
     */
    public static NettyNameResolver create(NettyLoop loop, NettyConfig config) {
        List<InetSocketAddress> servers = config.nameServers;
        DnsServerAddressStreamProvider provider = servers.isEmpty()
                ? DnsServerAddressStreamProviders.platformDefault()
                : new SequentialDnsServerAddressStreamProvider(servers);
        return new NettyNameResolver(loop, config, new Sources(provider, HostsFileEntriesResolver.DEFAULT));
    }

    private record Sources(DnsServerAddressStreamProvider servers, HostsFileEntriesResolver hosts) {}

    /** Opened on first use, because it has a socket. */
    private DnsNameResolver resolver() {
        if (resolver == null) {
            resolver = new DnsNameResolverBuilder(loop.events())
                    .datagramChannelFactory(() -> tracked(new NioDatagramChannel()))
                    .socketChannelFactory(
                            () -> tracked(new NioSocketChannel())) // for answers that do not fit in a datagram
                    .nameServerProvider(sources.servers)
                    .hostsFileEntriesResolver(sources.hosts)
                    // Peers choose the names, and Netty's caches are unbounded.
                    .resolveCache(NoopDnsCache.INSTANCE)
                    .cnameCache(NoopDnsCnameCache.INSTANCE)
                    .authoritativeDnsServerCache(NoopAuthoritativeDnsServerCache.INSTANCE)
                    .resolvedAddressTypes(ResolvedAddressTypes.IPV6_PREFERRED)
                    .searchDomains(List.of()) // a name in a locator is fully qualified
                    .queryTimeoutMillis(Math.max(1, timeoutMillis / TRIES))
                    .build();
        }
        return resolver;
    }

    private <C extends Channel> C tracked(C channel) {
        loop.track(channel);
        return channel;
    }

    /** Finds at most as many addresses as the settings permit: peers choose these names. */
    @Override
    public Runnable resolve(String name, NamedConnection.Answer answer) {
        return resolve(name, mostAddresses, answer);
    }

    /** {@return the same for names in the settings of the node, with all their addresses} */
    public NamedConnection.NameResolver withAllAddresses() {
        return (name, answer) -> resolve(name, Long.MAX_VALUE, answer);
    }

    private Runnable resolve(String name, long most, NamedConnection.Answer answer) {
        Search search = new Search(name, most, answer);
        loop.execute(search::begin);
        return search::stop;
    }

    /** Closes its socket. Called on the loop. */
    public void close() {
        if (resolver != null) {
            resolver.close();
        }
    }

    /** The search for one name. */
    private final class Search {
        private final String name;
        private final long mostAddresses;
        private final NamedConnection.Answer answer;
        private @Nullable Future<List<InetAddress>> future;
        private Loop.@Nullable Wakeup timeout;
        private boolean over;

        Search(String name, long mostAddresses, NamedConnection.Answer answer) {
            this.name = name;
            this.mostAddresses = mostAddresses;
            this.answer = answer;
        }

        void begin() {
            if (over) {
                return;
            }
            Future<List<InetAddress>> searching;
            try {
                searching = resolver().resolveAll(name);
            } catch (IllegalArgumentException e) {
                end(List.of(), noSuchName(e)); // not a domain name
                return;
            }
            future = searching;
            // Ends the wait for all servers together.
            timeout = loop.wakeAt(
                    loop.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis),
                    () -> end(List.of(), noAnswer(null)));
            searching.addListener(found -> loop.run(() -> {
                if (found.isSuccess()) {
                    end(searching.getNow().stream().limit(mostAddresses).toList(), null);
                } else if (!loop.failsBy(found.cause())) {
                    end(List.of(), isAnswer(found.cause()) ? noSuchName(found.cause()) : noAnswer(found.cause()));
                }
            }));
        }

        void stop() {
            over = true;
            if (timeout != null) {
                timeout.cancel();
            }
            if (future != null) {
                future.cancel(false);
            }
        }

        private void end(List<InetAddress> addresses, @Nullable Throwable failure) {
            if (!over) {
                stop();
                loop.run(() -> answer.found(addresses, failure));
            }
        }

        private GraspException noSuchName(Throwable cause) {
            return GraspException.transport(GraspErrorCode.INVALID_LOCATOR, "there is no host " + name, cause);
        }

        private GraspException noAnswer(@Nullable Throwable cause) {
            GraspException failure = GraspException.transport(
                    GraspErrorCode.NO_REPLY,
                    "no name server returned an address of " + name + " within " + timeoutMillis
                            + " ms, the timeout for names");
            return cause == null ? failure : failure.causedBy(cause);
        }

        /** {@return whether the name does not exist, as opposed to a server that fails or does not answer} */
        private static boolean isAnswer(Throwable failure) {
            for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
                if (cause instanceof DnsErrorCauseException error) {
                    return DnsResponseCode.NXDOMAIN.equals(error.getCode())
                            || DnsResponseCode.NOERROR.equals(error.getCode());
                }
                if (cause instanceof DnsNameResolverException) {
                    return false;
                }
            }
            return true;
        }
    }
}
