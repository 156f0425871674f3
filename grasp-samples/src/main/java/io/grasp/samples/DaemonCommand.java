package io.grasp.samples;

import io.grasp.model.LinkInfo;
import io.grasp.model.LinkWarning;
import io.grasp.observe.GraspObserver;
import io.grasp.samples.control.ControlOptions;
import io.grasp.samples.control.ServedNode;
import io.grasp.samples.node.LineLimit;
import io.grasp.samples.node.NetworkOptions;
import io.grasp.samples.text.Failures;
import io.grasp.samples.text.Output;
import io.grasp.util.AddressText;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Runs a node without an ASA. */
@Command(
        name = "daemon",
        description = {
            "Runs a node without an ASA, until it is stopped, and prints which of its links are up.",
            "It relays between its links. With --dull, it also runs DULL instances, which need no protection, and"
                    + " prints the floods they receive. With --json, ttlMillis is null for a value that does not"
                    + " expire. In a minute each link has up to 10 events printed, and all links have 200; the number"
                    + " of the others is printed later."
        })
final class DaemonCommand implements Callable<Integer> {
    /** The name of the option. */
    static final String CHECK = "--check";

    private static final int MAX_EVENTS_OF_LINK = 10;
    private static final int MAX_EVENTS = 200;

    @Mixin
    private NetworkOptions network = new NetworkOptions();

    @Mixin
    private ControlOptions control = new ControlOptions();

    @Mixin
    private ConsoleOptions console = new ConsoleOptions();

    @Option(
            names = "--dull",
            paramLabel = "NAME",
            description = "Run a DULL instance (RFC 8990 section 2.5.2) on this interface; may be repeated."
                    + " Without protection, as by --identity or --assume-secure, only DULL instances run.")
    private List<String> dull = List.of();

    @Option(
            names = "--dull-objective",
            paramLabel = "NAME",
            description = "An objective that the DULL instances allow; may be repeated."
                    + " Without it: AN_ACP (RFC 8994), AN_Proxy (RFC 8995) and AN_proxy,"
                    + " as graspy has it.")
    private List<String> objectives = List.of();

    @Option(
            names = CHECK,
            description = "Only check the options, those in the file of --config, and the files that they name. No node"
                    + " starts; whether ports are free is not checked.")
    private boolean check;

    DaemonCommand() {}

    @Override
    public Integer call() {
        if (dull.isEmpty() && !objectives.isEmpty()) {
            throw network.wrong("--dull-objective has no effect without --dull");
        }
        for (String link : dull) {
            if (network.isAcpInterface(link)) {
                throw network.wrong("--dull " + link + " is an interface of --acp-interface, on which DULL must not run"
                        + " (RFC 8994 section 6.4)");
            }
        }
        network.requireInterfaces("--dull", dull);
        console.check(network, control);
        if (check) {
            network.useToCheck();
        }
        int code = control.serving(network, this::run);
        if (check) {
            network.output().result(new Checked("checked"), "The options are valid. No node was started.");
        }
        return code;
    }

    private int run(ServedNode served) {
        Output output = network.output();
        GraspObserver observer = links(output, System::nanoTime, network.linkFailures());
        Collection<String> names = objectives.isEmpty() ? DullListener.USUAL : new LinkedHashSet<>(objectives);
        List<DullListener> listeners = dull.stream()
                .distinct()
                .map(link -> new DullListener(
                        link,
                        names,
                        GraspObserver.all(observer, network.log("DULL on " + link)),
                        output,
                        network::audit))
                .toList();
        if (listeners.isEmpty() || network.isProtected()) {
            network.withNode(
                    observer, served.with(grasp -> console.with(grasp, served, network, run(listeners, output))));
        } else {
            DullListener first = listeners.get(0);
            List<DullListener> others = listeners.subList(1, listeners.size());
            network.withDull(
                    first.config(),
                    served.with(instance -> console.with(
                            instance, served, network, first.listen(instance).then(run(others, output)))));
        }
        return 0;
    }

    /**
     * {@return prints the events of links}
     *
     * @param nanoTime the clock
     * @param failures prints failures and warnings, unless they are results in JSON
     */
    static GraspObserver links(Output output, LongSupplier nanoTime, GraspObserver failures) {
        return GraspObserver.all(
                new LinkEvents(output, nanoTime), output.isJson() ? new JsonFailures(output, nanoTime) : failures);
    }

    /** Peers can cause events of links again and again. */
    private static final class LinkEvents implements GraspObserver {
        private final Output output;
        private final LineLimit limit;

        LinkEvents(Output output, LongSupplier nanoTime) {
            this.output = output;
            this.limit = new LineLimit(nanoTime, MAX_EVENTS_OF_LINK, MAX_EVENTS);
        }

        @Override
        public void linkUp(LinkInfo link) {
            String address = AddressText.of(link.linkLocalAddress());
            print(link, new LinkEvent("up", link.name(), address), "Link " + link.name() + " is up at " + address);
        }

        @Override
        public void linkDown(LinkInfo link) {
            print(link, new LinkEvent("down", link.name(), null), "Link " + link.name() + " is down");
        }

        private void print(LinkInfo link, LinkEvent event, String words) {
            if (limit.permits(link.name(), this::omitted)) {
                output.result(event, words);
            }
        }

        private void omitted(long count) {
            output.result(new LinkEvent("omitted", null, count + " events"), "Events of links not printed: " + count);
        }
    }

    private static final class JsonFailures implements GraspObserver {
        private final Output output;
        private final LineLimit limit;

        JsonFailures(Output output, LongSupplier nanoTime) {
            this.output = output;
            this.limit = new LineLimit(nanoTime, MAX_EVENTS_OF_LINK, MAX_EVENTS);
        }

        @Override
        public void linkFailed(String link, Throwable cause) {
            print(link, new LinkEvent("failed", link, Failures.oneLine(cause)));
        }

        @Override
        public void linkWarning(String link, LinkWarning warning, String detail) {
            print(link, new LinkEvent("warning", link, detail));
        }

        private void print(String link, LinkEvent event) {
            if (limit.permits(
                    link, count -> output.record(new LinkEvent("omitted", null, count + " failures and warnings")))) {
                output.record(event);
            }
        }
    }

    /** {@return does not complete; fails if one of them does} */
    private static Mono<Void> run(List<DullListener> listeners, Output output) {
        Mono<Void> ready = Flux.fromIterable(listeners)
                .concatMap(DullListener::listening)
                .then(Mono.fromRunnable(() -> output.ready("daemon", "Ready: the node runs until it is stopped")));
        return Flux.fromIterable(listeners)
                .flatMap(DullListener::run, Math.max(1, listeners.size()))
                .mergeWith(ready)
                .then(Mono.never());
    }

    private record Checked(String event) {}

    private record LinkEvent(
            String event, @Nullable String link, @Nullable String detail) {}
}
