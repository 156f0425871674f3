package io.grasp.host;

import java.util.function.Supplier;
import reactor.core.publisher.Mono;

/** An ASA that does nothing, and is asked whether it is well. */
record CheckedAsa(String name, Supplier<Mono<Void>> result) implements HostedAsa {
    AsaSetup setup() {
        return AsaSetup.of(InstalledAsa.of(() -> this));
    }

    @Override
    public AsaManifest manifest() {
        return AsaManifest.of(name, "1");
    }

    @Override
    public Mono<?> start(HostContext context) {
        context.ready();
        return Mono.never();
    }

    @Override
    public Mono<Void> check() {
        return result.get();
    }
}
