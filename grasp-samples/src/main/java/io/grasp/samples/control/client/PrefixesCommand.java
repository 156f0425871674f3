package io.grasp.samples.control.client;

import io.grasp.samples.text.Documents;
import io.grasp.samples.text.Output;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.QueryStringEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** Shows the prefixes of a running prefix manager, and decides about those in doubt. */
@Command(
        name = "prefixes",
        description =
                "Shows the pool of a running prefix manager, and decides about prefixes in doubt. With --json, its"
                        + " commands print what the control API has (" + Documents.DIRECTORY + "docs/control.md).",
        subcommands = {
            PrefixesCommand.Status.class,
            PrefixesCommand.Listing.class,
            PrefixesCommand.Log.class,
            PrefixesCommand.Reclaim.class,
            PrefixesCommand.Cede.class,
            PrefixesCommand.Release.class,
            PrefixesCommand.Withdraw.class
        })
public final class PrefixesCommand implements Runnable {
    @Spec
    private @Nullable CommandSpec spec;

    PrefixesCommand() {}

    @Override
    public void run() {
        throw new ParameterException(Objects.requireNonNull(spec).commandLine(), "A command is missing");
    }

    /** {@return all entries of a list, page by page} */
    private static List<JsonNode> all(ControlClient client, String path, Map<String, String> parameters) {
        List<JsonNode> entries = new ArrayList<>();
        String after = "";
        do {
            QueryStringEncoder target = new QueryStringEncoder(path);
            target.addParam("size", "500");
            parameters.forEach(target::addParam);
            if (!after.isEmpty()) {
                target.addParam("after", after);
            }
            JsonNode page = client.get(target.toString());
            page.get("entries").forEach(entries::add);
            after = Json.text(page, "next");
        } while (!after.isEmpty());
        return entries;
    }

    private static String seconds(String time) {
        return time.replaceFirst("\\.\\d+", "");
    }

    private static void print(Output output, List<JsonNode> entries, Table table, String none) {
        if (output.isJson()) {
            entries.forEach(entry -> output.result(entry, ""));
        } else if (entries.isEmpty()) {
            output.say("(" + none + ")");
        } else {
            table.lines(output.columns()).forEach(output::say);
        }
    }

    /** Shows the state of the manager. */
    @Command(
            name = "status",
            description = "Prints what the manager does: role, parameters, how the space is used, and when it will be"
                    + " exhausted if consumption goes on.")
    static final class Status implements Callable<Integer> {
        @Mixin
        private ClientOptions options = new ClientOptions();

        @Override
        public Integer call() {
            return options.with((client, output) -> {
                JsonNode status = client.get("prefixes");
                if (output.isJson()) {
                    output.result(status, "");
                    return;
                }
                output.say("role " + Json.text(status, "role") + ", "
                        + Words.count(Json.number(status, "negotiations"), "negotiation", "negotiations")
                        + " in progress");
                List<String> lengths = new ArrayList<>();
                status.get("params")
                        .get("lengths")
                        .forEach(each -> lengths.add(Json.text(each, "role") + " /" + Json.number(each, "length")));
                output.say("parameters " + Json.text(status.get("params"), "source") + ": "
                        + (lengths.isEmpty() ? "none" : String.join(", ", lengths)));
                if (!Json.text(status, "provider").isEmpty()) {
                    output.say("provider " + Json.text(status, "provider"));
                }
                Table table = new Table("FAMILY", "STATE", "PREFIXES", "ADDRESSES");
                status.get("families")
                        .forEach(family -> family.get("use").forEach(use -> {
                            if (Json.number(use, "prefixes") > 0) {
                                table.row(List.of(
                                        Json.text(family, "family"),
                                        Json.text(use, "state"),
                                        Long.toString(Json.number(use, "prefixes")),
                                        Json.text(use, "addresses")));
                            }
                        }));
                table.lines(output.columns()).forEach(output::say);
                status.get("families").forEach(family -> {
                    if (Json.has(family, "exhaustedInMillis")) {
                        output.say(Json.text(family, "family") + " will be exhausted in "
                                + Words.time(family, "exhaustedInMillis"));
                    }
                });
            });
        }
    }

    /** Lists the prefixes. */
    @Command(name = "list", description = "Lists the prefixes of the pool, and those that were given to others.")
    static final class Listing implements Callable<Integer> {
        @Mixin
        private ClientOptions options = new ClientOptions();

        @Option(
                names = "--in",
                paramLabel = "STATE",
                description =
                        "Only those in this state: seed, free, offered, delegated, in_doubt, assigned, accepting or"
                                + " unconfirmed.")
        private @Nullable String state;

        @Override
        public Integer call() {
            return options.with((client, output) -> {
                List<JsonNode> entries =
                        all(client, "prefixes/entries", state == null ? Map.of() : Map.of("state", state));
                Table table = new Table("PREFIX", "STATE", "PARTY", "SINCE", "NOTE");
                entries.forEach(entry -> table.row(List.of(
                        Json.text(entry, "prefix"),
                        Json.text(entry, "state"),
                        Json.text(entry, "party"),
                        seconds(Json.text(entry, "since")),
                        Json.text(entry, "note"))));
                print(output, entries, table, "no prefixes");
            });
        }
    }

    /** Prints the log. */
    @Command(name = "log", description = "Prints the log of assignments, the oldest record first.")
    static final class Log implements Callable<Integer> {
        @Mixin
        private ClientOptions options = new ClientOptions();

        @Override
        public Integer call() {
            return options.with((client, output) -> {
                List<JsonNode> entries = all(client, "prefixes/log", Map.of());
                Table table = new Table("TIME", "EVENT", "PREFIX", "PARTY", "NOTE");
                entries.forEach(entry -> table.row(List.of(
                        seconds(Json.text(entry, "at")),
                        Json.text(entry, "event"),
                        Json.text(entry, "prefix"),
                        Json.text(entry, "party"),
                        Json.text(entry, "note"))));
                print(output, entries, table, "no records");
            });
        }
    }

    private static int decide(ClientOptions options, String action, String prefix, String words) {
        return options.with((client, output) -> {
            JsonNode answer = client.send(HttpMethod.POST, "actions/" + action, Map.of("prefix", prefix));
            output.result(answer, words.formatted(Json.text(answer, "prefix")));
        });
    }

    /** A decision about a prefix in doubt. */
    private abstract static class Decision implements Callable<Integer> {
        @Mixin
        private ClientOptions options = new ClientOptions();

        @Parameters(
                paramLabel = "PREFIX",
                description = "A prefix that 'list --in in_doubt' or '--in unconfirmed' shows.")
        private String prefix = "";

        final int decide(String action, String words) {
            return PrefixesCommand.decide(options, action, prefix, words);
        }
    }

    /** Puts a prefix back. */
    @Command(
            name = "reclaim",
            description = "Puts a prefix that is in doubt into the pool. Only if the peer certainly does not have it:"
                    + " otherwise it would be used twice.")
    static final class Reclaim extends Decision {
        @Override
        public Integer call() {
            return decide("reclaim-prefix", "%s is free");
        }
    }

    /** Leaves a prefix to the peer. */
    @Command(name = "cede", description = "Leaves a prefix that is in doubt to the peer, because the peer has it.")
    static final class Cede extends Decision {
        @Override
        public Integer call() {
            return decide("cede-prefix", "%s is the peer's");
        }
    }

    /** Puts a prefix of an interface back. */
    @Command(
            name = "release",
            description =
                    "Puts a prefix that an interface of this node had back into the pool. Only if no interface has"
                            + " an address of it any longer: otherwise it would be used twice.")
    static final class Release implements Callable<Integer> {
        @Mixin
        private ClientOptions options = new ClientOptions();

        @Parameters(paramLabel = "PREFIX", description = "A prefix that 'list --in assigned' shows.")
        private String prefix = "";

        @Override
        public Integer call() {
            return decide(options, "release-prefix", prefix, "%s is free");
        }
    }

    /** Takes a prefix of the origin's pool away. */
    @Command(
            name = "withdraw",
            description = "Takes a prefix away that --pool has given to the manager, if all of it is free. The next"
                    + " start must not have it in --pool.")
    static final class Withdraw implements Callable<Integer> {
        @Mixin
        private ClientOptions options = new ClientOptions();

        @Parameters(paramLabel = "PREFIX", description = "A prefix that 'list --in seed' shows.")
        private String prefix = "";

        @Override
        public Integer call() {
            return decide(options, "withdraw-prefix", prefix, "%s is not in the pool");
        }
    }
}
