package io.grasp.samples.asa;

import io.grasp.host.AsaManifest;
import io.grasp.host.HostContext;
import io.grasp.host.HostedAsa;
import reactor.core.publisher.Mono;

/** The extension example as an ASA of a host: it answers greetings, and reports remarks. */
public final class HostedGreeter implements HostedAsa {
    /** Created by a host. */
    public HostedGreeter() {}

    @Override
    public AsaManifest manifest() {
        return AsaManifest.of("greeter", "1.0").withDescription("Answers greetings, and reports remarks in floods");
    }

    @Override
    public Mono<Void> start(HostContext context) {
        return new ExtensionExample("greeter", context::report)
                .answer(context.asa().extensions())
                .doOnSubscribe(begun -> context.ready());
    }
}
