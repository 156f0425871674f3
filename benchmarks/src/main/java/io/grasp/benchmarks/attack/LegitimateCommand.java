package io.grasp.benchmarks.attack;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Offers legitimate traffic at a fixed rate, and counts what succeeds. */
@Command(
        name = "legitimate",
        description = {
            "Offers legitimate traffic. Each line of standard input is a number of seconds; after that time the answer"
                    + " is one line with a pair KIND=SUCCEEDED/OFFERED for each kind of traffic.",
            "It ends with its standard input."
        })
final class LegitimateCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(
            index = "0",
            arity = "1..*",
            paramLabel = "KIND",
            description = "Traffic, all kinds at the same time: ${COMPLETION-CANDIDATES}.")
    private List<Kind> kinds = List.of();

    @Option(names = "--link", paramLabel = "NAME", description = "The interface of multicasts.")
    private String link = "";

    @Option(names = "--heard-on", paramLabel = "NAME", description = "The interface on which relayed ones are heard.")
    private String heardOn = "";

    @Option(names = "--to", paramLabel = "ADDRESS", description = "The address of the node.")
    private @Nullable InetAddress to;

    @Option(names = "--port", paramLabel = "PORT", description = "The TCP port of the node, or of its metrics.")
    private int port;

    @Option(names = "--objective", paramLabel = "NAME", description = "The objective. Default: ${DEFAULT-VALUE}.")
    private String objective = "EX8";

    @Option(
            names = "--relayed-objective",
            paramLabel = "NAME",
            description = "The objective of relayed discoveries. Default: ${DEFAULT-VALUE}.")
    private String relayedObjective = "EX9";

    @Option(
            names = "--initiator",
            paramLabel = "ADDRESS",
            description = "The initiator of announcements. Default: ${DEFAULT-VALUE}.")
    private InetAddress initiator = Messages.address(0xfd11, 4);

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "Exchanges of each kind per second. Default: ${DEFAULT-VALUE}.")
    private double rate = 10;

    LegitimateCommand() {}

    /** The kinds of traffic. */
    enum Kind {
        SYNCHRONIZATIONS,
        NEGOTIATIONS,
        DISCOVERIES,
        RELAYED_DISCOVERIES,
        RELAYED_FLOODS,
        ANNOUNCEMENTS,
        SCRAPES
    }

    @Override
    public Integer call() throws IOException {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        List<Traffic> open = new ArrayList<>();
        List<Measurement> measurements = new ArrayList<>();
        try {
            for (Kind kind : kinds) {
                Traffic traffic = traffic(kind);
                open.add(traffic);
                measurements.add(new Measurement(traffic, rate));
            }
            out.println("ready");
            out.flush();
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                out.println(measure(measurements, Double.parseDouble(line.strip())));
                out.flush();
            }
        } finally {
            for (Traffic traffic : open) {
                traffic.close();
            }
        }
        return 0;
    }

    private String measure(List<Measurement> measurements, double seconds) {
        List<CompletableFuture<Measurement.Count>> running = measurements.stream()
                .map(each -> CompletableFuture.supplyAsync(() -> each.run(seconds), task -> start(task)))
                .toList();
        StringBuilder counts = new StringBuilder();
        for (int i = 0; i < running.size(); i++) {
            Measurement.Count count = running.get(i).join();
            counts.append(i == 0 ? "" : " ")
                    .append(kinds.get(i).name().toLowerCase(Locale.ROOT))
                    .append('=')
                    .append(count.ok())
                    .append('/')
                    .append(count.offered());
        }
        return counts.toString();
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "measure");
        thread.setDaemon(true);
        thread.start();
    }

    private Traffic traffic(Kind kind) throws IOException {
        return switch (kind) {
            case SYNCHRONIZATIONS -> SessionTraffic.synchronizations(target(), objective);
            case NEGOTIATIONS -> SessionTraffic.negotiations(target(), "EX7");
            case SCRAPES -> SessionTraffic.scrapes(target());
            case DISCOVERIES -> new DiscoveryTraffic(link, objective, to instanceof Inet4Address);
            case RELAYED_DISCOVERIES -> RelayedTraffic.discoveries(link, heardOn, relayedObjective);
            case RELAYED_FLOODS -> RelayedTraffic.floods(link, heardOn, objective);
            case ANNOUNCEMENTS -> new AnnouncedTraffic(link, objective, initiator);
        };
    }

    private InetSocketAddress target() {
        if (to == null || port == 0) {
            throw new ParameterException(
                    Objects.requireNonNull(spec).commandLine(), "this traffic requires --to and --port");
        }
        return new InetSocketAddress(to, port);
    }
}
