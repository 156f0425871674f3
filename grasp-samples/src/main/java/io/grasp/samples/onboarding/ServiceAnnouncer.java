package io.grasp.samples.onboarding;

import io.grasp.api.Asa;
import io.grasp.model.GraspException;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.TaggedObjective;
import io.grasp.samples.asa.AsaNode;
import io.grasp.samples.text.LineOutput;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Floods the places of services for onboarding periodically. */
public final class ServiceAnnouncer {
    /** The name of the ASA. */
    public static final String NAME = "service-announcer";

    /** The default period; it should not be shorter (RFC 8995 section 4.3, RFC 8994 section 6.2.5.1). */
    public static final Duration PERIOD = Duration.ofSeconds(60);

    private final AsaNode node;
    private final List<Service> services;
    private final Duration period;
    private final LineOutput problems;

    /**
     * An announcer.
     *
     * @param node the node, which is in the protected network
     * @param services what to announce, at least one service
     * @param period the time between two floods
     * @param problems receives a line when a flood fails; the next one is sent all the same
     */
    public ServiceAnnouncer(AsaNode node, List<Service> services, Duration period, LineOutput problems) {
        this.node = node;
        this.services = List.copyOf(services);
        this.period = period;
        this.problems = problems;
    }

    /**
     * A service.
     *
     * @param objective the objective
     * @param address its address, {@code null} for that of the node, which may change
     * @param port its TCP port
     * @param ttl the time for which a flood is valid
     */
    public record Service(Objective objective, @Nullable InetAddress address, int port, Duration ttl) {
        /** A registrar: three floods within the time for which one is valid. */
        public static Service registrar(@Nullable InetAddress address, int port, Duration period) {
            return new Service(JoinObjectives.REGISTRAR, address, port, period.multipliedBy(3));
        }

        /** An EST server: valid for 3.5 periods (RFC 8994 section 6.2.5.1). */
        public static Service estServer(@Nullable InetAddress address, int port, Duration period) {
            return new Service(
                    JoinObjectives.EST_SERVER,
                    address,
                    port,
                    period.multipliedBy(7).dividedBy(2));
        }

        /** {@return the service with another loop count} */
        public Service withLoopCount(int loopCount) {
            return new Service(objective.withLoopCount(loopCount), address, port, ttl);
        }
    }

    /**
     * Runs until it is cancelled or the node is closed.
     *
     * @param asa the handle with which it floods, {@link #NAME}
     * @param whenReady runs before the first flood
     * @return completes when the node is closed; fails if an objective cannot be registered
     */
    public Mono<Void> run(Asa asa, Runnable whenReady) {
        return Flux.fromIterable(services)
                .concatMap(service -> asa.register(service.objective()))
                .then(Mono.fromRunnable(whenReady))
                .then(repeat(asa));
    }

    private Mono<Void> repeat(Asa asa) {
        return Flux.interval(Duration.ZERO, period, node.scheduler())
                .onBackpressureDrop()
                .concatMap(tick -> Flux.fromIterable(services).concatMap(service -> flood(asa, service)))
                .onErrorComplete(GraspException.class) // the interval ends with the node
                .then();
    }

    private Mono<Void> flood(Asa asa, Service service) {
        return node.locators()
                .flatMap(own -> {
                    InetAddress address = service.address() == null ? own.initiator() : service.address();
                    Locator locator = Locator.of(address, Locator.TCP, service.port());
                    return asa.flood(List.of(new TaggedObjective(service.objective(), locator)), service.ttl());
                })
                .onErrorResume(GraspException.class, failure -> {
                    problems.say("Flood of " + service.objective().name() + " failed: " + failure.getMessage());
                    return Mono.empty();
                });
    }
}
