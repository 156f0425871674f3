package io.grasp.samples;

import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
import io.grasp.model.MessageInfo;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.samples.asa.Briggs;
import io.grasp.samples.asa.Gray;
import io.grasp.samples.asa.NegotiationReport;
import io.grasp.substrate.netty.NettyConfig;
import io.grasp.wire.Discovery;
import io.grasp.wire.Response;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/**
 * A process at one end of a {@link LossyWire}: Briggs, who prints the discoveries that he receives, or Gray, who plays each round on a separate node
 * that does not know any banker yet, many at once, and prints the result.
 */
final class LossyNode {
    private static final int AT_ONCE = 20;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private LossyNode() {}

    /** A discovery that Briggs has received. */
    record Heard(long session) {}

    /**
     * How a round ended.
     *
     * @param asked the Session IDs of its discoveries
     * @param answers the number of answers to these
     */
    record Ended(long seed, NegotiationReport round, List<Long> asked, int answers) {}

    /** {@code briggs}, or {@code gray ROUNDS}. */
    public static void main(String[] args) {
        if (args[0].equals("briggs")) {
            run(new Hears(), 0, LossyNode::business).block();
        } else {
            int rounds = Integer.parseInt(args[1]);
            Flux.range(1, rounds)
                    .flatMap(LossyNode::round, AT_ONCE)
                    .doOnNext(LossyNode::print)
                    .blockLast();
        }
    }

    private static Mono<Void> business(Grasp grasp) {
        return new Briggs(grasp.scheduler(), Clock.systemUTC(), new Random(0), System.out::println, round -> {})
                .run(grasp);
    }

    private static Mono<Ended> round(long seed) {
        Asks asks = new Asks();
        return run(
                        asks,
                        seed,
                        grasp -> new Gray(grasp.scheduler(), new Random(seed), line -> {})
                                .run(grasp, 1, Duration.ZERO)
                                .next())
                .map(round -> new Ended(seed, round, List.copyOf(asks.sessions), asks.answers.get()));
    }

    private static <T> Mono<T> run(GraspObserver observer, long seed, Function<Grasp, Mono<T>> work) {
        GraspConfig config = GraspConfig.defaults()
                .withNetwork(NettyConfig.defaults().withAssumeSecure(true))
                .withRandom(() -> new Random(seed))
                .withObserver(observer);
        return Mono.usingWhen(Grasp.start(config), work, Grasp::closeAsync);
    }

    private static void print(Object line) {
        System.out.println(JSON.writeValueAsString(line));
    }

    private static final class Hears implements GraspObserver {
        @Override
        public void messageReceived(MessageInfo message, byte[] encoded, MessagePath path) {
            if (message instanceof Discovery discovery) {
                print(new Heard(discovery.session().value()));
            }
        }
    }

    private static final class Asks implements GraspObserver {
        private final List<Long> sessions = new CopyOnWriteArrayList<>();
        private final AtomicInteger answers = new AtomicInteger();

        @Override
        public void messageSent(MessageInfo message, byte[] encoded, MessagePath path) {
            if (message instanceof Discovery discovery) {
                sessions.add(discovery.session().value());
            }
        }

        @Override
        public void messageReceived(MessageInfo message, byte[] encoded, MessagePath path) {
            if (message instanceof Response) {
                answers.incrementAndGet();
            }
        }
    }
}
