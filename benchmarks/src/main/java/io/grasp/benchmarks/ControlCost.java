package io.grasp.benchmarks;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
import io.grasp.api.RequestOptions;
import io.grasp.inspection.EventOptions;
import io.grasp.model.AsaLocator;
import io.grasp.model.Objective;
import io.grasp.substrate.netty.NettyConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Measures what the control API costs a node under load: {@code grasp serve} in a process of its own answers
 * synchronizations and receives floods at constant rates, in turns without clients and with 95 clients that watch links
 * and floods, 5 that watch sessions, and 10 pages a second. It prints the processor time of the process for each
 * session, of all its threads and in the kernel. This process makes the load and reads what the clients get.
 */
public final class ControlCost {
    private static final String OBJECTIVE = "EX2";
    private static final String PORT = "7717";
    private static final Duration LONGEST = Duration.ofSeconds(30);
    private static final int WARM_UP = 4;
    private static final int WARM_UP_SECONDS = 30;
    private static final int SHORTEST_PERIOD_MILLIS = 10;
    private static final int USUAL_PERIOD_MILLIS =
            (int) EventOptions.DEFAULTS.period().toMillis();
    private static final int PAGES_PER_SECOND = 10;
    private static final int TICK_MILLIS = 10;
    private static final int MOST_AT_ONCE = 512;

    private final AtomicLong sessions = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private final AtomicLong floods = new AtomicLong();
    private final Process process;
    private final Path socket;
    private final int seconds;

    private ControlCost(Process process, Path socket, int seconds) {
        this.process = process;
        this.socket = socket;
        this.seconds = seconds;
    }

    /**
     * Measures and prints.
     *
     * @param args {@code grasp.jar}, or a class path with the classes of the command line; the links of the node and of
     *     the load, which are the ends of a veth pair; then, with usual values, the number of rounds (11), the
     *     seconds of half a round (5), sessions per second (5000) and floods per second (200)
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        String program = args[0];
        int rounds = number(args, 3, 11);
        int seconds = number(args, 4, 5);
        int sessionRate = number(args, 5, 5000);
        int floodRate = number(args, 6, 200);
        Path directory = Files.createTempDirectory("grasp-cost");
        Path socket = directory.resolve("c.sock");
        Process process = start(program, args[1], socket);
        try {
            new ControlCost(process, socket, seconds).run(args[2], rounds, sessionRate, floodRate);
        } finally {
            process.destroy();
            process.waitFor();
            Files.delete(directory);
        }
    }

    private static int number(String[] args, int index, int usual) {
        return args.length > index ? Integer.parseInt(args[index]) : usual;
    }

    private static Process start(String program, String link, Path socket) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:+UseSerialGC");
        command.addAll(
                program.endsWith(".jar") && !program.contains(":")
                        ? List.of("-jar", program)
                        : List.of("-cp", program, "io.grasp.samples.Main"));
        command.addAll(List.of("serve", OBJECTIVE, "[1,2,3]", "--link", link, "--port", PORT, "--assume-secure"));
        command.addAll(List.of("--quiet", "--control", socket.toString()));
        return new ProcessBuilder(command).inheritIO().start();
    }

    private void run(String link, int rounds, int sessionRate, int floodRate) throws IOException {
        try (Grasp grasp = started(link)) {
            Disposable load = load(grasp, sessionRate, floodRate);
            warmUp();
            List<Double> plain = new ArrayList<>();
            List<Double> watched = new ArrayList<>();
            List<Double> ratios = new ArrayList<>();
            for (int round = -WARM_UP; round < rounds; round++) {
                boolean watchedFirst = Math.floorMod(round, 2) == 1;
                double first = half(watchedFirst);
                double second = half(!watchedFirst);
                if (round >= 0) {
                    double with = watchedFirst ? first : second;
                    double without = watchedFirst ? second : first;
                    plain.add(without);
                    watched.add(with);
                    ratios.add(with / without);
                }
            }
            load.dispose();
            System.out.printf(
                    Locale.ROOT,
                    "processor time of the node for a session: %.1f us without clients, %.1f us with them; median of"
                            + " the ratios %.3f%n",
                    MetricsCost.median(plain),
                    MetricsCost.median(watched),
                    MetricsCost.median(ratios));
        }
    }

    private static Grasp started(String link) {
        NettyConfig network = NettyConfig.defaults().withLinks(link).withAssumeSecure(true);
        return Mono.defer(() -> Grasp.start(GraspConfig.defaults().withNetwork(network)))
                .blockOptional(LONGEST)
                .orElseThrow();
    }

    /** Constant rates: what is late is omitted, and the number of sessions says so. */
    private Disposable load(Grasp grasp, int sessionRate, int floodRate) {
        Asa asa = grasp.registerAsa("load").blockOptional(LONGEST).orElseThrow();
        Objective wanted = Objective.synchronizable(OBJECTIVE);
        AsaLocator peer = asa.discover(wanted, Duration.ofSeconds(5))
                .next()
                .repeatWhenEmpty(20, tries -> tries)
                .blockOptional(LONGEST)
                .orElseThrow();
        Objective flooded = Objective.synchronizable("EX1");
        asa.register(flooded).block(LONGEST);
        Flux<Void> synchronizations = ticks(grasp, sessionRate)
                .flatMap(
                        tick -> asa.synchronize(wanted, RequestOptions.to(peer).withTimeout(LONGEST))
                                .doOnSuccess(value -> sessions.incrementAndGet())
                                .doOnError(failure -> failures.incrementAndGet())
                                .onErrorComplete()
                                .then(),
                        MOST_AT_ONCE,
                        MOST_AT_ONCE);
        Flux<Void> sent = ticks(grasp, floodRate)
                .concatMap(number -> asa.flood(flooded.withValue(number), Duration.ofMinutes(1))
                        .doOnSuccess(done -> floods.incrementAndGet())
                        .onErrorComplete());
        return Flux.merge(synchronizations, sent).subscribe();
    }

    private static Flux<Long> ticks(Grasp grasp, int perSecond) {
        double each = perSecond * TICK_MILLIS / 1000.0;
        return Flux.interval(Duration.ofMillis(TICK_MILLIS), grasp.scheduler())
                .onBackpressureDrop()
                .concatMap(tick -> Flux.range(0, (int) (Math.floor((tick + 1) * each) - Math.floor(tick * each)))
                        .map(number -> tick));
    }

    /**
     * Uses the control API much more often than is measured, so that its code is compiled as that of the sessions is:
     * at the usual rates this takes hours.
     */
    private void warmUp() throws IOException {
        try (ControlClients clients = new ControlClients(socket, SHORTEST_PERIOD_MILLIS, 20 * PAGES_PER_SECOND)) {
            pause(WARM_UP_SECONDS);
            System.out.println("warmed up" + clients.summary());
        }
    }

    /** {@return the processor time for each session in microseconds} */
    private double half(boolean watch) throws IOException {
        if (!watch) {
            return measured("without clients", () -> "");
        }
        try (ControlClients clients = new ControlClients(socket, USUAL_PERIOD_MILLIS, PAGES_PER_SECOND)) {
            return measured("with clients", clients::summary);
        }
    }

    private double measured(String what, Supplier<String> summary) {
        pause(1);
        long sessionsBefore = sessions.get();
        long floodsBefore = floods.get();
        Duration before = spent();
        long begun = System.nanoTime();
        pause(seconds);
        double took = (System.nanoTime() - begun) / 1e9;
        double micros = spent().minus(before).toNanos() / 1e3;
        long count = sessions.get() - sessionsBefore;
        System.out.printf(
                Locale.ROOT,
                "%-15s  %5.0f sessions/s, %3.0f floods/s, %4.1f%% of a processor, %5.1f us for a session%s%s%n",
                what,
                count / took,
                (floods.get() - floodsBefore) / took,
                micros / took / 1e4,
                micros / count,
                failures.get() == 0 ? "" : ", " + failures.get() + " failures so far",
                summary.get());
        return micros / count;
    }

    private static void pause(int seconds) {
        try {
            TimeUnit.SECONDS.sleep(seconds);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private Duration spent() {
        return process.info().totalCpuDuration().orElseThrow();
    }
}
