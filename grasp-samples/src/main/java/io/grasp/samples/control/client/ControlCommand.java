package io.grasp.samples.control.client;

import io.grasp.samples.text.Output;
import io.grasp.samples.text.PeerAddress;
import io.grasp.util.AddressText;
import io.netty.handler.codec.http.HttpMethod;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** Changes a running node. */
@Command(
        name = "control",
        description = "Changes a running node: empties its caches, reloads its certificate, stops it.",
        subcommands = {
            ControlCommand.FlushDiscoveries.class,
            ControlCommand.FlushFloods.class,
            ControlCommand.ExpireFlood.class,
            ControlCommand.ForgetPeer.class,
            ControlCommand.ReloadCertificates.class,
            ControlCommand.Log.class,
            ControlCommand.Stop.class
        })
public final class ControlCommand implements Runnable {
    private static final String REMOVED = "removed";

    @Spec
    private @Nullable CommandSpec spec;

    ControlCommand() {}

    @Override
    public void run() {
        throw new ParameterException(Objects.requireNonNull(spec).commandLine(), "A command is missing");
    }

    /** An action that is one request. */
    private abstract static class Action implements Callable<Integer> {
        @Mixin
        private ClientOptions options = new ClientOptions();

        final int with(BiConsumer<ControlClient, Output> action) {
            return options.with(action);
        }

        final int act(String action, Map<String, ?> body, Result result) {
            return with((client, output) -> {
                JsonNode answer = client.send(HttpMethod.POST, "actions/" + action, body);
                output.result(answer, result.words(answer));
            });
        }
    }

    /** Says what was done. */
    private interface Result {
        String words(JsonNode answer);
    }

    /** Empties the discovery cache. */
    @Command(
            name = "flush-discoveries",
            description = "Empties the discovery cache, so that ASAs are searched for again.")
    static final class FlushDiscoveries extends Action {
        @Override
        public Integer call() {
            return act(
                    "flush-discoveries",
                    Map.of(),
                    answer -> "Removed " + Words.count(Json.number(answer, REMOVED), "locator", "locators"));
        }
    }

    /** Empties the flood cache. */
    @Command(name = "flush-floods", description = "Empties the flood cache.")
    static final class FlushFloods extends Action {
        @Override
        public Integer call() {
            return act(
                    "flush-floods",
                    Map.of(),
                    answer -> "Removed " + Words.count(Json.number(answer, REMOVED), "flood", "floods"));
        }
    }

    /** Removes floods of an objective. */
    @Command(
            name = "expire-flood",
            description = "Removes the flooded values of an objective from the node's cache, of all origins.")
    static final class ExpireFlood extends Action {
        @Parameters(paramLabel = "NAME", description = "The objective's name.")
        private String name = "";

        @Option(
                names = "--locator",
                paramLabel = "LOCATOR",
                description = "Only values that are tagged with this locator, as 'show floods' prints it; '' for those"
                        + " without a tag. Default: all.")
        private @Nullable String locator;

        @Override
        public Integer call() {
            Map<String, @Nullable Object> body = new HashMap<>();
            body.put("objective", name);
            if (locator != null) {
                body.put("locator", locator.isEmpty() ? null : locator);
            }
            return act(
                    "expire-flood",
                    body,
                    answer ->
                            "Removed " + Words.count(Json.number(answer, REMOVED), "flood", "floods") + " of " + name);
        }
    }

    /** Forgets a peer. */
    @Command(
            name = "forget-peer",
            description = "Removes what a peer has told the node, and closes its connections without a session.")
    static final class ForgetPeer extends Action {
        @Parameters(paramLabel = "ADDRESS", converter = PeerAddress.class, description = "The peer's IP address.")
        private @Nullable InetAddress peer;

        @Override
        public Integer call() {
            String address = AddressText.of(Objects.requireNonNull(peer));
            return act(
                    "forget-peer",
                    Map.of("peer", address),
                    answer -> "Removed of " + address + ": "
                            + Words.count(Json.number(answer, "locators"), "locator", "locators") + ", "
                            + Words.count(Json.number(answer, "floods"), "flood", "floods") + ", "
                            + Words.count(Json.number(answer, "neighbors"), "neighbor", "neighbors") + ", "
                            + Words.count(Json.number(answer, "connections"), "connection", "connections"));
        }
    }

    /** Reloads certificates. */
    @Command(
            name = "reload-certificates",
            description = "Reads certificate, key, trust anchors and revocation lists again now. If they cannot be"
                    + " used, the node keeps those that it has, and the command fails.")
    static final class ReloadCertificates extends Action {
        @Override
        public Integer call() {
            return with((client, output) -> {
                JsonNode answer = client.send(HttpMethod.POST, "actions/reload-identity", Map.of());
                output.result(
                        answer, "Certificate of " + Json.text(answer, "nodeName") + ": " + Words.certificate(answer));
                if (Json.flag(answer, "stale")) {
                    throw new IllegalStateException("The new files were refused");
                }
                if (!Json.flag(answer, "good")) {
                    throw new IllegalStateException("The certificate cannot be used");
                }
            });
        }
    }

    /** Changes the log level. */
    @Command(
            name = "log",
            description = "Changes what the node logs to its standard error; without LEVEL it prints the level.")
    static final class Log extends Action {
        @Parameters(
                arity = "0..1",
                paramLabel = "LEVEL",
                description = "off, error, warn, info or debug; info is -v of the node's command, debug is -vv.")
        private @Nullable String level;

        @Option(
                names = "--messages",
                negatable = true,
                description = "Also log each message, as --trace of the node's command does. Default: as before.")
        private @Nullable Boolean messages;

        @Override
        public Integer call() {
            return with((client, output) -> {
                JsonNode log = client.get("log");
                if (level != null || messages != null) {
                    log = client.send(
                            HttpMethod.PUT,
                            "log",
                            Map.of(
                                    "level", level == null ? Json.text(log, "level") : level,
                                    "messages", messages == null ? Json.flag(log, "messages") : messages));
                }
                output.result(
                        log,
                        "Log level " + Json.text(log, "level")
                                + (Json.flag(log, "messages") ? ", with messages" : ", without messages"));
            });
        }
    }

    /** Stops the command. */
    @Command(name = "stop", description = "Stops the command that runs the node; it exits with 0.")
    static final class Stop extends Action {
        @Override
        public Integer call() {
            return act("stop", Map.of(), answer -> "The node stops");
        }
    }
}
