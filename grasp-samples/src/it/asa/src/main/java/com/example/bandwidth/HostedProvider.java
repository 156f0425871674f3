package com.example.bandwidth;

import io.grasp.host.AsaManifest;
import io.grasp.host.HostContext;
import io.grasp.host.HostedAsa;
import io.grasp.host.Parameter;
import reactor.core.publisher.Mono;

/** The provider as an ASA of a host. */
public final class HostedProvider implements HostedAsa {
    static final Parameter<Long> LIMIT =
            Parameter.number("limit", 100, 1, 10_000).withDescription("The most that one customer gets, in Mbit/s");

    @Override
    public AsaManifest manifest() {
        return AsaManifest.of("provider", "1.0")
                .withDescription("Has bandwidth for customers")
                .withObjectives(Bandwidth.OBJECTIVE.name())
                .withParameters(LIMIT);
    }

    @Override
    public Mono<Void> start(HostContext context) {
        return context.asa()
                .typed(Bandwidth.OBJECTIVE)
                .register()
                .flatMap(bandwidth -> context.serve(bandwidth.listenNegotiate(customer ->
                        customer.converse(offers -> offers.map(asked -> Provider.answer(asked, limit(context)))))));
    }

    private static int limit(HostContext context) {
        return context.parameter(LIMIT).intValue();
    }
}
