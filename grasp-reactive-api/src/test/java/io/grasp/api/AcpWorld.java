package io.grasp.api;

import io.grasp.security.Identity;
import io.grasp.security.IdentityConfig;
import io.grasp.security.IdentityException;
import io.grasp.security.TestAuthority;
import io.grasp.substrate.NodeAddress;
import io.grasp.substrate.netty.acp.AcpConfig;
import io.grasp.substrate.netty.acp.AcpNeighbor;
import io.grasp.substrate.netty.acp.AcpSubstrate;
import io.grasp.substrate.netty.acp.NeighborSource;
import io.grasp.substrate.netty.overlay.Identities;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Nodes of one host on interfaces of an Autonomic Control Plane, the two ends of a cable. They share an ACP address, on
 * the loopback interface, and differ in their ports.
 */
final class AcpWorld extends NettyWorld {
    private static final String ADDRESS = "fd89:b714:f3db::7";
    private static final String OTHER_ADDRESS = "fd89:b714:f3db::9";
    private static final List<String> LINKS = List.of(LINK, "grasp1");

    private final Identities domain = new Identities();
    private final List<Identity> identities = new ArrayList<>();
    /** The files of those identities that are renewed when the address changes. */
    private final Map<String, Path> files = new LinkedHashMap<>();

    private String address = ADDRESS;
    private final List<Neighbor> neighbors = new ArrayList<>();

    private final List<AcpSubstrate> substrates = new ArrayList<>();
    /** The ports of these; another node is on the loop of one of them. */
    private final Set<Integer> observed = new HashSet<>();

    /** A node as others find it. */
    private record Neighbor(int port, List<String> links) {}

    AcpWorld() {
        addAddress();
    }

    private void addAddress() {
        ip("-6 address add " + address + "/128 dev lo nodad");
    }

    private static void removeAddress(String old) {
        ip("-6 address delete " + old + "/128 dev lo");
    }

    private AcpConfig config(int... links) {
        List<String> on = Arrays.stream(links).mapToObj(LINKS::get).toList();
        List<Neighbor> earlier = List.copyOf(neighbors);
        int port = freePort();
        neighbors.add(new Neighbor(port, on));
        NeighborSource source = (name, listener) -> {
            listener.present(earlier.stream()
                    .filter(each -> each.links.contains(name))
                    .map(each -> new InetSocketAddress(linkLocal(name), each.port))
                    .toList());
            return () -> {};
        };
        return AcpConfig.on(on.toArray(String[]::new))
                .withPort(port)
                .withNeighborSources(source)
                .withRetry(Duration.ofMillis(20), Duration.ofMillis(100))
                .withInterfacePoll(Duration.ofMillis(20));
    }

    private static InetAddress linkLocal(String name) {
        try {
            return NetworkInterface.getByName(name)
                    .inetAddresses()
                    .filter(each -> each instanceof Inet6Address && each.isLinkLocalAddress())
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int freePort() {
        try (ServerSocket free = new ServerSocket(0)) {
            return free.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InetAddress parse(String address) {
        try {
            return InetAddress.getByName(address);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    private Identity identity() {
        String name = "node" + identities.size();
        try {
            Path directory = Files.createTempDirectory("grasp-acp");
            files.put(name, directory);
            issue(name);
            Identity opened = Identity.open(IdentityConfig.pem(
                            directory.resolve("chain.pem"),
                            directory.resolve("key.pem"),
                            directory.resolve("anchors.pem"))
                    .withReloadInterval(Duration.ofMillis(100)));
            identities.add(opened);
            return opened;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (IdentityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Writes a new certificate of a node, with the current address. */
    private void issue(String name) throws IOException {
        domain.authority().issue(nodeName(name)).writePem(files.get(name));
    }

    private String nodeName(String name) {
        return HexFormat.of().formatHex(parse(address).getAddress()) + Identities.name(name);
    }

    /** Takes the ACP address away, and renews the certificates of all nodes of this host with another one. */
    @Override
    void renumber(Grasp node) {
        removeAddress(address); // before any node closes a connection: no peer then receives a reset
        address = ADDRESS.equals(address) ? OTHER_ADDRESS : ADDRESS;
        addAddress();
        try {
            for (String each : files.keySet()) {
                issue(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (AcpSubstrate each : substrates) {
            awaitUntil("the new address of all", () -> isAt(each, parse(address)));
        }
    }

    private static boolean isAt(AcpSubstrate substrate, InetAddress address) {
        return onLoop(substrate, substrate::nodeAddresses, List.<NodeAddress>of()).stream()
                .anyMatch(each -> each.address().equals(address));
    }

    @Override
    Grasp start(UnaryOperator<GraspConfig> settings) {
        return open(settings.apply(on(identity(), 0)));
    }

    @Override
    Grasp startOn(int... links) {
        return open(on(identity(), links));
    }

    @Override
    Grasp startAlone() {
        return startOn();
    }

    @Override
    Grasp startInsecure() {
        TestAuthority authority = domain.authority();
        Instant now = Instant.now();
        Identity expired = Identities.open(authority
                .request()
                .nodeName(nodeName("expired"))
                .validity(now.minusSeconds(7200), now.minusSeconds(3600))
                .issue());
        identities.add(expired);
        return open(on(expired, 0));
    }

    @Override
    GraspConfig settingsOn(int link) {
        return GraspConfig.defaults().withAcp(config(link), identity());
    }

    private GraspConfig on(Identity identity, int... links) {
        AcpConfig config = config(links);
        int port = neighbors.get(neighbors.size() - 1).port;
        return GraspConfig.defaults().withSubstrate(() -> {
            AcpSubstrate substrate = AcpSubstrate.create(config, identity);
            substrates.add(substrate);
            observed.add(port);
            return substrate;
        });
    }

    /** As on any link, a message reaches the neighbors that are there: so they must be, before a test sends one. */
    private Grasp open(GraspConfig config) {
        Grasp node = add(awaitOne(Grasp.start(config)));
        AcpSubstrate last = substrates.get(substrates.size() - 1);
        int port = neighbors.get(neighbors.size() - 1).port;
        awaitUntil("its address", () -> isAt(last, parse(address)));
        awaitUntil("its neighbors", () -> neighbors(last).stream().allMatch(each -> isMutual(each, port)));
        return node;
    }

    /** {@return whether a neighbor is not there any more, or is connected and knows the node as well} */
    private boolean isMutual(AcpNeighbor neighbor, int port) {
        return neighbor.failure() != null
                || neighbor.connected() && !observed.contains(neighbor.address().getPort())
                || neighbor.connected()
                        && substrates.stream()
                                .flatMap(each -> neighbors(each).stream())
                                .anyMatch(each -> each.connected()
                                        && each.address().getPort() == port
                                        && each.link().equals(neighbor.link()));
    }

    private static List<AcpNeighbor> neighbors(AcpSubstrate substrate) {
        return onLoop(substrate, substrate::neighbors, List.of());
    }

    private static <T> T onLoop(AcpSubstrate substrate, Supplier<T> call, T ifClosed) {
        CompletableFuture<T> result = new CompletableFuture<>();
        try {
            substrate.loop().execute(() -> result.complete(call.get()));
            return result.join();
        } catch (RejectedExecutionException closed) {
            return ifClosed;
        }
    }

    /** Time for a handshake on a busy machine: a session with a node is the first to connect to it. */
    @Override
    Duration moment() {
        return Duration.ofMillis(1500);
    }

    @Override
    public void close() {
        try {
            super.close();
        } finally {
            identities.forEach(Identity::close);
            removeAddress(address);
            files.values().forEach(AcpWorld::delete);
        }
    }

    private static void delete(Path directory) {
        try {
            for (String each : List.of("chain.pem", "key.pem", "anchors.pem")) {
                Files.deleteIfExists(directory.resolve(each));
            }
            Files.delete(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
