/**
 * The core of GRASP (RFC 8990): values, settings, observers, and the substrates that carry messages.
 *
 * <p>An author of ASAs requires {@code io.grasp.api}, which requires this module transitively. An author of a substrate
 * implements the interfaces that {@link io.grasp.substrate} lists. The engine, the wire format and their utilities are
 * exported only to the API.
 */
@SuppressWarnings({"module", "requires-transitive-automatic"}) // io.grasp.api is compiled later; Reactor is automatic
module io.grasp.core {
    requires static org.jspecify;
    requires transitive reactor.core;
    requires transitive tools.jackson.core;
    requires transitive tools.jackson.databind;
    requires transitive tools.jackson.dataformat.cbor;
    requires io.netty.buffer;
    requires io.netty.codec;
    requires io.netty.codec.dns;
    requires io.netty.common;
    requires io.netty.handler;
    requires io.netty.resolver;
    requires io.netty.resolver.dns;
    requires io.netty.transport;
    requires jdk.net;
    requires reactor.netty.core;

    exports io.grasp.cbor;
    exports io.grasp.config;
    exports io.grasp.inspection;
    exports io.grasp.model;
    exports io.grasp.observe;
    exports io.grasp.security;
    exports io.grasp.substrate;
    exports io.grasp.substrate.netty;
    exports io.grasp.substrate.netty.acp;
    exports io.grasp.substrate.netty.overlay;
    exports io.grasp.substrate.netty.quads;
    exports io.grasp.substrate.sim;
    exports io.grasp.substrate.sim.topology;
    exports io.grasp.engine to
            io.grasp.api;
    exports io.grasp.engine.audit to
            io.grasp.api;
    exports io.grasp.engine.discovery to
            io.grasp.api;
    exports io.grasp.engine.extension to
            io.grasp.api;
    exports io.grasp.engine.fairness to
            io.grasp.api;
    exports io.grasp.engine.flood to
            io.grasp.api;
    exports io.grasp.engine.negotiation to
            io.grasp.api;
    exports io.grasp.engine.node to
            io.grasp.api;
    exports io.grasp.engine.rapid to
            io.grasp.api;
    exports io.grasp.engine.synchronization to
            io.grasp.api;
    exports io.grasp.engine.watch to
            io.grasp.api;
    exports io.grasp.util to
            io.grasp.api;
    exports io.grasp.wire to
            io.grasp.api;
}
