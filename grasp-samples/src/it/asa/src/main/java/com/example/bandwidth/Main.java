package com.example.bandwidth;

import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
import io.grasp.api.TypedOutcome;
import io.grasp.logging.LoggingObserver;
import io.grasp.model.GraspException;
import io.grasp.substrate.netty.LinkIp;
import io.grasp.substrate.netty.NettyConfig;
import java.util.concurrent.TimeoutException;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;

/** Runs one of the two ASAs on a node of its own. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        if (args.length < 2 || !args[0].matches("provider|customer") || !args[1].matches("[0-9]{1,9}")) {
            System.err.println("Arguments: provider or customer, a bandwidth in whole Mbit/s, and optionally a link");
            System.exit(2);
        }
        GraspConfig config = GraspConfig.defaults()
                .withNetwork(args.length > 2 ? network(args[2]) : network())
                .withAdditionalObserver(LoggingObserver.create());
        int mbits = Integer.parseInt(args[1]);
        try {
            if (args[0].equals("provider")) {
                provide(config, mbits);
            } else {
                System.exit(ask(config, mbits) ? 0 : 1);
            }
        } catch (RuntimeException failure) {
            Throwable cause = Exceptions.unwrap(failure); // block wraps checked exceptions
            if (!(cause instanceof GraspException || cause instanceof TimeoutException)) {
                throw failure;
            }
            System.err.println(cause.getMessage());
            System.exit(1);
        }
    }

    /** Serves until the process is stopped (Ctrl-C, SIGTERM). Then the node is closed, and with it the listener. */
    private static void provide(GraspConfig config, int limit) {
        Grasp node = Grasp.start(config).block();
        Runtime.getRuntime().addShutdownHook(new Thread(node::close));
        Provider.serve(node, limit).block();
    }

    /** Asks once, and returns whether there is an agreement. The node is closed at the end, also after an error. */
    private static boolean ask(GraspConfig config, int mbits) {
        TypedOutcome<Bandwidth> outcome = Mono.usingWhen(
                        Grasp.start(config), node -> Customer.request(node, mbits), Grasp::closeAsync)
                .block();
        System.out.println(outcome.agreed()
                .map(agreed -> "Agreed on " + agreed.mbits() + " Mbit/s")
                .orElseGet(() -> "No agreement: " + outcome));
        return outcome.agreed().isPresent();
    }

    /** All links of this host. GRASP needs protected links: here the operator says that they are. */
    private static NettyConfig network() {
        return NettyConfig.defaults().withAssumeSecure(true);
    }

    /** One link of this host. The loopback interface of Linux carries multicasts of IPv4 only. */
    private static NettyConfig network(String link) {
        return network().withLinks(link).withIp(link.equals("lo") ? LinkIp.IPV4 : LinkIp.IPV6_ELSE_IPV4);
    }
}
