package io.grasp.samples.asa;

import io.grasp.host.AsaManifest;
import io.grasp.host.HostContext;
import io.grasp.host.HostedAsa;
import io.grasp.host.Parameter;
import java.time.Duration;
import java.util.SplittableRandom;
import reactor.core.publisher.Flux;

/** Gray as an ASA of a host. She bargains until she is stopped; a policy can change the pause between two rounds. */
public final class HostedGray implements HostedAsa {
    private static final Parameter<Duration> PAUSE = Parameter.duration(
                    "pause", Duration.ofSeconds(10), Duration.ofMillis(100), Duration.ofHours(1))
            .withDescription("The pause between two rounds");

    /** Created by a host. */
    public HostedGray() {}

    @Override
    public AsaManifest manifest() {
        return AsaManifest.of("Gray", "1.0")
                .withDescription("Looks for a banker, and bargains over EX3 again and again")
                .withObjectives("EX3")
                .withParameters(PAUSE);
    }

    @Override
    public Flux<NegotiationReport> start(HostContext context) {
        return new Gray(context.scheduler(), new SplittableRandom(), context::report)
                .run(context.asa(), Long.MAX_VALUE, () -> context.parameter(PAUSE))
                .doOnSubscribe(begun -> context.ready())
                .doOnNext(round -> context.report(round.describe()));
    }
}
