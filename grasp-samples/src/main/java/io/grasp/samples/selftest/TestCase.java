package io.grasp.samples.selftest;

import io.grasp.api.Grasp;
import io.grasp.inspection.NodeStatus;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Something that must happen.
 *
 * @param name what must happen
 * @param remedy what to do if it does not
 * @param run emits what has happened, in words, or fails
 */
record TestCase(String name, String remedy, Mono<String> run) {
    private static final Duration LOOK = Duration.ofMillis(20);
    private static final Duration END = Duration.ofSeconds(5);

    /** A test of what happens inside of nodes, which a network cannot disturb. */
    static TestCase of(String name, Mono<String> run) {
        return new TestCase(
                name, "this must not happen, whatever the network is like: send the report (--report)", run);
    }

    /** A test that also fails if messages are lost. */
    static TestCase ofNetwork(String name, Mono<String> run) {
        return new TestCase(
                name, "messages may be lost, or dropped by a firewall: 'grasp doctor' with the same options", run);
    }

    /** Requires that something fails with an error of GRASP. */
    static Mono<String> refusal(Mono<?> refused) {
        return refused.map(result -> true)
                .defaultIfEmpty(true)
                .map(succeeded -> fail())
                .onErrorResume(
                        GraspException.class,
                        failure -> Mono.just(failure.code().rfcName()));
    }

    /** Requires that something fails with this error of GRASP. */
    static Mono<String> refusal(Mono<?> refused, GraspErrorCode code) {
        return refusal(refused).map(name -> require("the error", code.rfcName(), name));
    }

    private static String fail() {
        throw new IllegalStateException("it has succeeded");
    }

    /** Waits until a node has no sessions. */
    static Mono<NodeStatus> withoutSessions(Grasp node) {
        return polled(
                node,
                node.inspection().status().filter(status -> status.counts().sessions() == 0));
    }

    /** {@return what a look returns, as soon as it returns something; empty if that takes too long} */
    static <T> Mono<T> polled(Grasp clock, Mono<T> look) {
        return Flux.interval(Duration.ZERO, LOOK, clock.scheduler())
                .onBackpressureDrop()
                .concatMap(tick -> look, 1)
                .next()
                .timeout(END, Mono.empty(), clock.scheduler());
    }

    /** Requires that something has a value, and returns that. */
    static <T> T require(String what, T expected, @Nullable T actual) {
        if (!Objects.equals(expected, actual)) {
            throw new IllegalStateException(what + " is " + actual + " instead of " + expected);
        }
        return expected;
    }
}
