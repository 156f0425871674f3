package io.grasp.samples.selftest;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Something that must happen.
 *
 * @param name what must happen
 * @param remedy what to do if it does not
 * @param run emits what has happened, in words, or fails
 */
record TestCase(String name, String remedy, Mono<String> run) {
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

    /** Requires that something has a value, and returns that. */
    static <T> T require(String what, T expected, @Nullable T actual) {
        if (!Objects.equals(expected, actual)) {
            throw new IllegalStateException(what + " is " + actual + " instead of " + expected);
        }
        return expected;
    }
}
