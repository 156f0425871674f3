package io.grasp.samples;

import io.grasp.host.AsaManifest;
import io.grasp.host.HostContext;
import io.grasp.host.HostedAsa;
import io.grasp.host.Parameter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** An ASA for a jar of a host: it takes a time to drain, and does what its parameter says. */
public final class TroubledAsa implements HostedAsa {
    private static final Parameter<Duration> DRAIN =
            Parameter.duration("drain", Duration.ZERO, Duration.ZERO, Duration.ofMinutes(10));
    private static final Parameter<String> DOES =
            Parameter.text("does", "nothing", Set.of("nothing", "fill", "recurse")::contains, "");

    private static final List<byte[]> KEPT = new ArrayList<>(1 << 20);

    private @Nullable HostContext context;

    /** Created by a host. */
    public TroubledAsa() {}

    @Override
    public AsaManifest manifest() {
        return AsaManifest.of("troubled", "1").withParameters(DRAIN, DOES);
    }

    @Override
    public Mono<Void> start(HostContext given) {
        context = given;
        String does = given.parameter(DOES);
        return Mono.delay(Duration.ofMillis(10), given.scheduler())
                .doOnNext(over -> {
                    given.ready();
                    if (does.equals("fill")) {
                        fill();
                    } else if (does.equals("recurse")) {
                        recurse(0);
                    }
                })
                .then(Mono.never());
    }

    /** Fills the heap to the last bytes, and keeps them. */
    private static void fill() {
        int size = 1 << 20;
        while (true) {
            try {
                KEPT.add(new byte[size]);
            } catch (OutOfMemoryError full) {
                size /= 2;
                if (size == 0) {
                    throw full;
                }
            }
        }
    }

    private static int recurse(int depth) {
        return recurse(depth + 1) + 1;
    }

    @Override
    public Mono<Void> drain() {
        HostContext given = context;
        return given == null
                ? Mono.empty()
                : Mono.delay(given.parameter(DRAIN), given.scheduler()).then();
    }
}
