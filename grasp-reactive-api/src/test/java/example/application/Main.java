package example.application;

import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
import io.grasp.api.RequestOptions;
import io.grasp.api.TypedOffer;
import io.grasp.config.RegistrationOptions;
import io.grasp.model.TypedObjective;
import io.grasp.simulation.SimulationRunner;
import io.grasp.substrate.netty.NettyConfig;
import io.grasp.substrate.sim.LinkConditions;
import java.time.Duration;
import reactor.core.publisher.Mono;

/**
 * An application with its own module, like a user's: {@code ModulesTest} starts it on the module path. It
 * negotiates between two nodes of a simulated network, and between two ASAs of a node on Netty.
 */
public final class Main {
    private static final TypedObjective<Lease> LEASE = TypedObjective.negotiable("example:lease", Lease.class);
    private static final RegistrationOptions SHARED = RegistrationOptions.DEFAULTS.withOverlap(true);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private Main() {}

    /** The negotiated value, which Jackson writes and reads: the module opens this package to it. */
    record Lease(int addresses, String pool) {}

    public static void main(String[] arguments) {
        SimulationRunner.verify(1, runner -> {
            runner.link("lan", LinkConditions.PERFECT, "client", "server");
            Grasp server = runner.start("server");
            Grasp client = runner.start("client");
            runner.inBackground(serve(server));
            report("simulated", runner.await(request(client)));
        });
        GraspConfig onNoLink =
                GraspConfig.defaults().withNetwork(NettyConfig.defaults().withoutLinks());
        report(
                "on Netty",
                Mono.usingWhen(
                                Grasp.start(onNoLink),
                                node -> {
                                    serve(node).subscribe();
                                    return request(node);
                                },
                                Grasp::closeAsync)
                        .block(TIMEOUT));
    }

    private static Mono<Void> serve(Grasp node) {
        return node.registerAsa("server")
                .flatMap(asa -> asa.typed(LEASE).register(SHARED))
                .flatMap(leases -> leases.listenNegotiate(negotiation -> negotiation.converse(offers ->
                        offers.map(asked -> asked.value().addresses() > 4
                                ? asked.propose(new Lease(4, asked.value().pool()))
                                : asked.accept()))));
    }

    private static Mono<Lease> request(Grasp node) {
        return node.registerAsa("client")
                .flatMap(asa -> asa.typed(LEASE).register(SHARED))
                .flatMap(leases -> leases.negotiate(
                        new Lease(16, "pool"),
                        RequestOptions.within(TIMEOUT),
                        offers -> offers.map(TypedOffer::accept)))
                .map(outcome -> outcome.agreed().orElseThrow());
    }

    private static void report(String where, Lease lease) {
        System.out.println(where + ": " + lease);
    }
}
