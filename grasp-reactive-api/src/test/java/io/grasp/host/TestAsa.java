package io.grasp.host;

import java.util.function.Function;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

/** An ASA that a test describes. */
record TestAsa(AsaManifest manifest, Function<HostContext, Publisher<?>> life) implements HostedAsa {
    @Override
    public Publisher<?> start(HostContext context) {
        return life.apply(context);
    }

    /** {@return an ASA that is ready at once and runs until it is stopped} */
    static TestAsa idle(AsaManifest manifest) {
        return new TestAsa(manifest, context -> Flux.never().doOnSubscribe(begun -> context.ready()));
    }

    AsaSetup setup() {
        return AsaSetup.of(InstalledAsa.of(() -> this));
    }
}
