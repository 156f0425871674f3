package io.grasp.samples.asa;

import io.grasp.host.AsaManifest;
import io.grasp.host.HostContext;
import io.grasp.host.HostedAsa;
import io.grasp.host.Parameter;
import java.time.Clock;
import java.util.SplittableRandom;
import reactor.core.publisher.Mono;

/** Briggs as an ASA of a host. A policy can change his reserves. */
public final class HostedBriggs implements HostedAsa {
    private static final Parameter<Long> MOST_RESERVES = Parameter.number(
                    "most-reserves", Briggs.MOST_RESERVES, Briggs.LEAST_RESERVES, 1_000_000)
            .withDescription("The upper bound of the reserves in one negotiation, in NZD");

    /** Created by a host. */
    public HostedBriggs() {}

    @Override
    public AsaManifest manifest() {
        return AsaManifest.of("Briggs", "1.0")
                .withDescription("Floods EX1, serves EX2 and bargains over EX3")
                .withObjectives("EX1", "EX2", "EX3")
                .withParameters(MOST_RESERVES);
    }

    @Override
    public Mono<Void> start(HostContext context) {
        return new Briggs(
                        context.scheduler(),
                        Clock.systemUTC(),
                        new SplittableRandom(),
                        context::report,
                        round -> context.report(round.describe()))
                .withReserves(() -> context.parameter(MOST_RESERVES).intValue())
                .run(context.asa(), context::ready);
    }
}
