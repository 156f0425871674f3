package io.grasp.samples;

import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
import io.grasp.model.LinkInfo;
import io.grasp.model.MessageInfo;
import io.grasp.observe.DropReason;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.samples.asa.Briggs;
import io.grasp.samples.asa.Gray;
import io.grasp.security.Identity;
import io.grasp.security.IdentityConfig;
import io.grasp.security.IdentityException;
import io.grasp.substrate.netty.acp.AcpConfig;
import io.grasp.substrate.netty.acp.NeighborSource;
import io.grasp.util.AddressText;
import io.grasp.util.PeerAddresses;
import io.grasp.wire.Flood;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Function;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/**
 * A process on an Autonomic Control Plane: Briggs, Gray, or a relay without ASAs. It prints what the tests wait for. The first argument is the
 * role, the second the directory of its certificate, key and trust anchors; the others are its interfaces, each alone,
 * or with the address of the neighbor there. An interface alone has the neighbors of the kernel's table.
 */
final class AcpNode {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private AcpNode() {}

    public static void main(String[] args) throws IdentityException {
        Path pem = Path.of(args[1]);
        Map<String, List<InetSocketAddress>> neighbors = new HashMap<>();
        List<String> interfaces = new ArrayList<>();
        for (String each : List.of(args).subList(2, args.length)) {
            String[] parts = each.split("=", 2);
            interfaces.add(parts[0]);
            if (parts.length == 2) {
                InetAddress address = Objects.requireNonNull(PeerAddresses.literal(parts[1]));
                neighbors.put(parts[0], List.of(new InetSocketAddress(address, 0)));
            }
        }
        AcpConfig config = AcpConfig.on(interfaces.toArray(String[]::new))
                .withRetry(Duration.ofSeconds(1), Duration.ofSeconds(2))
                .withNeighborSources(
                        neighbors.isEmpty()
                                ? NeighborSource.kernel(Duration.ofMillis(200))
                                : NeighborSource.configured(neighbors));
        try (Identity identity = Identity.open(
                IdentityConfig.pem(pem.resolve("chain.pem"), pem.resolve("key.pem"), pem.resolve("anchors.pem")))) {
            run(GraspConfig.defaults().withAcp(config, identity).withObserver(new Prints()), role(args[0]));
        }
    }

    private static Function<Grasp, Mono<Void>> role(String name) {
        return switch (name) {
            case "briggs" ->
                grasp -> new Briggs(
                                grasp.scheduler(),
                                Clock.systemUTC(),
                                new Random(10),
                                System.out::println,
                                AcpNode::print)
                        .run(grasp);
            case "gray" ->
                grasp -> new Gray(grasp.scheduler(), new Random(15), System.out::println)
                        .run(grasp, 2, Duration.ofMillis(100))
                        .doOnNext(AcpNode::print)
                        .then();
            default ->
                grasp -> grasp.security()
                        .doOnNext(security -> System.out.println("Relaying " + security))
                        .then(Mono.never());
        };
    }

    private static void run(GraspConfig config, Function<Grasp, Mono<Void>> work) {
        Mono.usingWhen(Grasp.start(config), work, Grasp::closeAsync).block();
    }

    private static void print(Object line) {
        System.out.println(JSON.writeValueAsString(line));
    }

    private static final class Prints implements GraspObserver {
        @Override
        public void linkUp(LinkInfo link) {
            System.out.println("Link " + link.name() + " carries answers in band: " + link.repliesInBand());
        }

        @Override
        public void messageReceived(MessageInfo message, byte[] encoded, MessagePath path) {
            if (message instanceof Flood flood) {
                System.out.println("Flood of " + AddressText.of(flood.initiator()) + " on " + path.link());
            }
        }

        @Override
        public void messageDropped(DropReason reason, MessagePath path) {
            System.out.println("Dropped " + reason);
        }

        @Override
        public void linkFailed(String link, Throwable cause) {
            System.out.println("Failed " + link + ": " + cause.getMessage());
        }
    }
}
