package io.grasp.samples;

import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
import io.grasp.cbor.CborItem;
import io.grasp.model.MessageInfo;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.samples.asa.Briggs;
import io.grasp.samples.asa.Gray;
import io.grasp.samples.asa.NegotiationReport;
import io.grasp.samples.text.LineOutput;
import io.grasp.substrate.sim.LinkKind;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.SimNode;
import io.grasp.substrate.sim.VirtualLoop;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Consumer;
import reactor.core.publisher.Mono;

/** Gray and Briggs on a simulated link, at virtual time; every run is the same. */
final class Demo {
    private static final int ROUNDS = 3;
    private static final long SEED = 2481;
    private static final Duration DELAY = Duration.ofMillis(5);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final Instant BEGINNING = Instant.parse("2026-01-01T12:00:00Z");

    private final VirtualLoop loop = new VirtualLoop();
    private final SimNetwork network = SimNetwork.create(loop, SEED);
    private final LineOutput talk;
    private final Consumer<NegotiationReport> rounds;
    private final GraspObserver onlooker;

    /**
     * @param talk receives everything, line by line
     * @param rounds receives each of Gray's rounds when it has ended
     * @param onlooker receives every message that one of the nodes sends
     */
    Demo(LineOutput talk, Consumer<NegotiationReport> rounds, GraspObserver onlooker) {
        this.talk = talk;
        this.rounds = rounds;
        this.onlooker = onlooker;
    }

    /** Runs the demonstration. */
    void run() {
        SimNode city = network.node("briggs");
        SimNode home = network.node("gray");
        network.link("lan", LinkKind.DATAGRAM, DELAY, city, home);
        Grasp bank = await(start(city, "Briggs")).get(0);
        Grasp customer = await(start(home, "Gray")).get(0);

        Briggs briggs = new Briggs(
                bank.scheduler(),
                Clock.fixed(BEGINNING, ZoneOffset.UTC),
                new Random(SEED),
                line -> say("Briggs", line),
                round -> {});
        var banking = briggs.run(bank).subscribe();
        loop.runReady();
        Gray gray = new Gray(customer.scheduler(), new Random(SEED), line -> say("Gray", line));
        await(gray.run(customer, ROUNDS, PAUSE)
                .doOnNext(round -> say("Gray", "Result, " + round.describe()))
                .doOnNext(rounds)
                .then());

        banking.dispose();
        await(customer.closeAsync());
        await(bank.closeAsync());
    }

    private Mono<Grasp> start(SimNode node, String who) {
        return Grasp.start(GraspConfig.defaults()
                .withSubstrate(() -> node)
                .withRandom(() -> new Random(who.hashCode()))
                .withObserver(new Messages(who)));
    }

    private <T> List<T> await(Mono<T> work) {
        List<T> values = new ArrayList<>(1);
        List<Throwable> failures = new ArrayList<>(1);
        boolean[] done = {false};
        work.subscribe(values::add, failures::add, () -> done[0] = true);
        if (!loop.runUntil(() -> done[0] || !failures.isEmpty(), PATIENCE)) {
            throw new IllegalStateException("the demonstration did not end within " + PATIENCE);
        }
        if (!failures.isEmpty()) {
            throw new IllegalStateException(
                    "the demonstration failed: " + failures.get(0).getMessage(), failures.get(0));
        }
        return values;
    }

    private void say(String who, String line) {
        talk.say(String.format(Locale.ROOT, "%8.3f  %-7s %s", loop.now().toNanos() / 1e9, who, line));
    }

    /** Prints the messages that each node sends. */
    private final class Messages implements GraspObserver {
        private final String who;

        Messages(String who) {
            this.who = who;
        }

        @Override
        public void messageSent(MessageInfo message, byte[] encoded, MessagePath path) {
            onlooker.messageSent(message, encoded, path);
            String way = path.kind() == MessagePath.Kind.LINK && path.peer() == null ? "=>" : "->";
            say(
                    who,
                    way + " " + message.typeName() + " "
                            + CborItem.wrap(encoded, 0, encoded.length).diagnostic());
        }
    }
}
