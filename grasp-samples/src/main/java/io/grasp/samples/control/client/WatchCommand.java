package io.grasp.samples.control.client;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints events of a running node as they happen. */
@Command(
        name = "watch",
        description = {
            "Prints the events of a running node as they happen, one per line: floods, discoveries, sessions (their"
                    + " begin and end), moves (of negotiations and synchronizations), links (also changes of"
                    + " protection and certificate, and refused peers) or hosted (the states and reports of the ASAs"
                    + " of a host).",
            "It is never in the way of the node: above 200 events in a second, or if its output is slow, some are"
                    + " skipped, and their number is printed. It fails when the daemon ends."
        })
public final class WatchCommand implements Callable<Integer> {
    @Mixin
    private ClientOptions options = new ClientOptions();

    @Mixin
    private WatchOptions which = new WatchOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(
            paramLabel = "EVENTS",
            completionCandidates = Names.class,
            description = "One of: ${COMPLETION-CANDIDATES}.")
    private String events = "";

    WatchCommand() {}

    /** The names of the events. */
    private static final class Names implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return names().iterator();
        }
    }

    private static List<String> names() {
        return Arrays.stream(EventKind.values())
                .filter(kind -> kind != EventKind.TRACE)
                .map(EventKind::id)
                .toList();
    }

    @Override
    public Integer call() {
        if (!names().contains(events)) {
            CommandSpec command = Objects.requireNonNull(spec);
            throw new ParameterException(
                    command.commandLine(),
                    "'" + events + "' is none of " + String.join(", ", names()),
                    command.positionalParameters().get(0),
                    events);
        }
        EventKind kind = Arrays.stream(EventKind.values())
                .filter(each -> each.id().equals(events))
                .findFirst()
                .orElseThrow();
        Watch watch = which.watch(kind, List.of());
        return options.with((client, output) -> watch.run("watch", client, output));
    }
}
