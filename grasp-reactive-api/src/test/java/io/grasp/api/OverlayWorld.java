package io.grasp.api;

import io.grasp.security.Identity;
import io.grasp.security.TestAuthority;
import io.grasp.substrate.netty.overlay.Identities;
import io.grasp.substrate.netty.overlay.NeighborSource;
import io.grasp.substrate.netty.overlay.OverlayConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Nodes of one host with TLS connections between all that are on one "link": the address of {@code grasp0}, or the
 * loopback address.
 */
final class OverlayWorld extends NettyWorld {
    private final Identities domain = new Identities();
    private final List<Identity> identities = new ArrayList<>();
    private final List<Member> members = new ArrayList<>();
    private final boolean streams;

    /** A node, its links, and how it finds the others. */
    private static final class Member implements NeighborSource {
        private final int port;
        private final List<Integer> links;
        private Neighbors neighbors;

        Member(int port, List<Integer> links) {
            this.port = port;
            this.links = links;
        }

        @Override
        public Search start(Neighbors found) {
            neighbors = found;
            return ended -> ended.done(null);
        }
    }

    OverlayWorld(boolean streams) {
        this.streams = streams;
    }

    private OverlayConfig config(int... links) {
        List<Integer> on = Arrays.stream(links).boxed().toList();
        Member member = new Member(freePort(), on);
        List<String> neighbors = new ArrayList<>();
        for (Member each : members) {
            each.links.stream()
                    .filter(on::contains)
                    .forEach(link -> neighbors.add("[" + address(link) + "]:" + each.port));
        }
        members.add(member);
        return OverlayConfig.defaults()
                .withPort(member.port)
                .withStreams(streams)
                .withNeighbors(neighbors)
                .withNeighborSource(member)
                .withMaxMessageBytes(2048)
                .withNeighborWait(Duration.ofSeconds(15))
                .withMaxHandshakes(256, 256)
                .withRetry(Duration.ofMillis(20), Duration.ofMillis(100))
                .withInterfacePoll(Duration.ofMillis(20));
    }

    private static int freePort() {
        try (ServerSocket free = new ServerSocket(0)) {
            return free.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String address(int link) {
        return link == 0 ? ula() : "::1";
    }

    private Identity identity() {
        Identity opened = domain.open("node" + identities.size());
        identities.add(opened);
        return opened;
    }

    @Override
    Grasp start(UnaryOperator<GraspConfig> settings) {
        return open(settings.apply(GraspConfig.defaults().withOverlay(config(0), identity())));
    }

    @Override
    Grasp startOn(int... links) {
        return open(GraspConfig.defaults().withOverlay(config(links), identity()));
    }

    @Override
    Grasp startAlone() {
        return open(GraspConfig.defaults().withOverlay(config(), identity()));
    }

    @Override
    Grasp startInsecure() {
        TestAuthority authority = domain.authority();
        Instant now = Instant.now();
        Identity expired = Identities.open(authority
                .request()
                .nodeName(Identities.name("expired"))
                .validity(now.minusSeconds(7200), now.minusSeconds(3600))
                .issue());
        identities.add(expired);
        return open(GraspConfig.defaults().withOverlay(config(0), expired));
    }

    @Override
    GraspConfig settingsOn(int link) {
        return GraspConfig.defaults().withOverlay(config(link), identity());
    }

    private Grasp open(GraspConfig config) {
        return add(awaitOne(Grasp.start(config)));
    }

    /** The nodes find each other again at the new address. */
    @Override
    void renumber(Grasp node) {
        super.renumber(node);
        for (Member one : members) {
            for (Member other : members) {
                if (one != other && one.neighbors != null && one.links.contains(0) && other.links.contains(0)) {
                    one.neighbors.found(new InetSocketAddress(parse(ula()), other.port));
                    break;
                }
            }
        }
    }

    private static InetAddress parse(String address) {
        try {
            return InetAddress.getByName(address);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        super.close();
        identities.forEach(Identity::close);
    }
}
