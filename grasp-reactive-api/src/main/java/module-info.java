/**
 * GRASP for authors of ASAs: RFC 8991 as {@code Mono} and {@code Flux}, metrics, and whole networks in a test.
 *
 * <p>Jackson reads and writes the values of objectives by reflection: a module must open the packages of its value
 * types to {@code tools.jackson.databind}. Micrometer, SLF4J and JSpecify are needed only by modules that use them: an
 * application with metrics must require {@code micrometer.core} itself, and one that logs {@code org.slf4j}.
 */
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"}) // Reactor, Micrometer
module io.grasp.api {
    requires static context.propagation;
    requires static micrometer.commons;
    requires static micrometer.core;
    requires static micrometer.observation;
    requires static org.jspecify;
    requires static org.slf4j;
    requires static jdk.management;
    requires java.management;
    requires java.xml;
    requires transitive io.grasp.core;
    requires transitive org.reactivestreams;
    requires transitive reactor.core;

    exports io.grasp.api;
    exports io.grasp.host;
    exports io.grasp.logging;
    exports io.grasp.metrics;
    exports io.grasp.neighbors;
    exports io.grasp.simulation;
    exports io.grasp.simulation.adversary;
    exports io.grasp.simulation.chaos;
    exports io.grasp.simulation.trace;
    exports io.grasp.simulation.workload;

    uses io.grasp.host.HostedAsa;
}
