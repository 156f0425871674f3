package io.grasp.samples.onboarding;

import java.net.InetSocketAddress;
import java.util.List;
import reactor.core.publisher.Mono;

/** The registrars that a proxy knows. */
interface RegistrarSource {
    /** {@return the registrars to try for a circuit, in this order; signals on any thread} */
    Mono<List<InetSocketAddress>> registrars();

    /** Notifies that a registrar cannot be reached. Called on the loop of the proxy. */
    void unreachable(InetSocketAddress registrar);
}
