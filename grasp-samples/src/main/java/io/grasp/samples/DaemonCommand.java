package io.grasp.samples;

import io.grasp.model.LinkInfo;
import io.grasp.model.LinkWarning;
import io.grasp.observe.GraspObserver;
import io.grasp.samples.node.NetworkOptions;
import io.grasp.samples.text.Failures;
import io.grasp.samples.text.Output;
import io.grasp.util.AddressText;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Runs a node without an ASA. */
@Command(
        name = "daemon",
        description = "Runs a node without an ASA, until it is stopped; with --dull, also DULL instances, which need no"
                + " protection, and prints the floods they receive."
                + " With --json, ttlMillis is null for a value that does not expire.")
final class DaemonCommand implements Callable<Integer> {
    @Mixin
    private NetworkOptions network = new NetworkOptions();

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

    DaemonCommand() {}

    @Override
    public Integer call() {
        if (dull.isEmpty() && !objectives.isEmpty()) {
            throw network.wrong("--dull-objective has no effect without --dull");
        }
        Output output = network.output();
        GraspObserver observer = links(output, network.linkFailures());
        Collection<String> names = objectives.isEmpty() ? DullListener.USUAL : new LinkedHashSet<>(objectives);
        List<DullListener> listeners = dull.stream()
                .distinct()
                .map(link -> new DullListener(link, names, observer, output, network::audit))
                .toList();
        if (listeners.isEmpty() || network.isProtected()) {
            network.withNode(observer, grasp -> run(listeners));
        } else {
            DullListener first = listeners.get(0);
            List<DullListener> others = listeners.subList(1, listeners.size());
            network.withDull(first.config(), instance -> first.listen(instance).then(run(others)));
        }
        return 0;
    }

    /**
     * {@return prints the events of links}
     *
     * @param failures prints failures and warnings, unless they are results in JSON
     */
    static GraspObserver links(Output output, GraspObserver failures) {
        return GraspObserver.all(new LinkEvents(output), output.isJson() ? new JsonFailures(output) : failures);
    }

    private record LinkEvents(Output output) implements GraspObserver {
        @Override
        public void linkUp(LinkInfo link) {
            output.result(
                    new LinkEvent("up", link.name(), AddressText.of(link.linkLocalAddress())),
                    "Link " + link.name() + " is up at " + AddressText.of(link.linkLocalAddress()));
        }

        @Override
        public void linkDown(LinkInfo link) {
            output.result(new LinkEvent("down", link.name(), null), "Link " + link.name() + " is down");
        }
    }

    private record JsonFailures(Output output) implements GraspObserver {
        @Override
        public void linkFailed(String link, Throwable cause) {
            output.record(new LinkEvent("failed", link, Failures.oneLine(cause)));
        }

        @Override
        public void linkWarning(String link, LinkWarning warning, String detail) {
            output.record(new LinkEvent("warning", link, detail));
        }
    }

    /** {@return does not complete; fails if one of them does} */
    private static Mono<Void> run(List<DullListener> listeners) {
        return Flux.fromIterable(listeners)
                .flatMap(DullListener::run, Math.max(1, listeners.size()))
                .then(Mono.never());
    }

    private record LinkEvent(
            String event, String link, @Nullable String detail) {}
}
