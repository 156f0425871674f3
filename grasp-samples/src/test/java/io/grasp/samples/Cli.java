package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.samples.doctor.HostChecks;
import io.grasp.samples.doctor.NetworkChecks;
import io.grasp.samples.node.NetworkOptions;
import io.grasp.samples.node.NodeRunner;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import picocli.CommandLine;
import reactor.core.publisher.Flux;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The command line, as seen by a user at a terminal. */
final class Cli {
    private static final JsonMapper JSON = new JsonMapper();

    private Cli() {}

    /** Runs a command that does not use the network. */
    static Run run(String... args) {
        return run(Main.commandLine(), args);
    }

    /** Runs a command that does not use the network, with the arguments of a process. */
    static Run process(String... args) {
        return run(Main.commandLine(), commands -> Main.execute(commands, args));
    }

    /** Runs a command whose node is in a simulated network. */
    static Run runIn(NodeRunner nodes, String... args) {
        CommandLine commands = Main.commandLine();
        for (CommandLine command : commands.getSubcommands().values()) {
            for (Object mixin : command.getMixins().values()) {
                if (mixin instanceof NetworkOptions network) {
                    network.nodes = nodes;
                }
            }
        }
        return run(commands, args);
    }

    /** Runs the chat, whose node is in a simulated network, with these input lines. */
    static Run chatIn(NodeRunner nodes, Flux<String> lines, String... args) {
        ChatCommand chat = new ChatCommand();
        chat.lines = lines;
        CommandLine command = new CommandLine(chat);
        ((NetworkOptions) command.getMixins().get("network")).nodes = nodes;
        return run(command, args);
    }

    /** Runs the doctor with these checks, whose node is in a simulated network. */
    static Run doctorIn(NodeRunner nodes, HostChecks host, NetworkChecks checks, String... args) {
        return doctorIn(nodes, host, checks, Path.of("/none"), args);
    }

    /** Runs the doctor on a host whose nodes have their control sockets in a directory. */
    static Run doctorIn(NodeRunner nodes, HostChecks host, NetworkChecks checks, Path sockets, String... args) {
        return doctorIn(new DoctorCommand(), nodes, host, checks, sockets, args);
    }

    /** Runs the doctor on a host whose nodes do not answer. */
    static Run impatientDoctorIn(NodeRunner nodes, HostChecks host, NetworkChecks checks, Path sockets) {
        DoctorCommand doctor = new DoctorCommand();
        doctor.longestAnswer = Duration.ofMillis(200);
        return doctorIn(doctor, nodes, host, checks, sockets);
    }

    private static Run doctorIn(
            DoctorCommand doctor,
            NodeRunner nodes,
            HostChecks host,
            NetworkChecks checks,
            Path sockets,
            String... args) {
        doctor.host = host;
        doctor.checks = checks;
        doctor.directories = List.of(sockets);
        doctor.fileOfService = sockets.resolve("grasp.conf");
        CommandLine command = new CommandLine(doctor);
        for (Object mixin : command.getMixins().values()) {
            ((NetworkOptions) mixin).nodes = nodes;
        }
        return run(command, args);
    }

    private static Run run(CommandLine commands, String... args) {
        return run(commands, prepared -> prepared.execute(withoutControl(commands, args)));
    }

    private static Run run(CommandLine commands, ToIntFunction<CommandLine> execution) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = execution.applyAsInt(commands.setOut(new PrintWriter(out)).setErr(new PrintWriter(err)));
        return new Run(
                code, out.toString().lines().toList(), err.toString().lines().toList());
    }

    /** A command serves no control API, unless the test asks for it. */
    private static String[] withoutControl(CommandLine commands, String... args) {
        CommandLine command =
                args.length == 0 ? commands : commands.getSubcommands().getOrDefault(args[0], commands);
        List<String> all = new ArrayList<>(List.of(args));
        boolean serves =
                command.getMixins().containsKey("control") && (!args[0].equals("flood") || all.contains("--every"));
        if (serves && !all.contains("--control") && !all.contains("--help")) {
            all.add(1, "--no-control");
        }
        return all.toArray(String[]::new);
    }

    /**
     * The result of a command.
     *
     * @param code its exit code
     * @param out the lines on standard output
     * @param err the lines on standard error
     */
    record Run(int code, List<String> out, List<String> err) {
        /** Every line of standard output as the JSON object that it must be. */
        List<JsonNode> json() {
            List<JsonNode> objects = out.stream().map(JSON::readTree).toList();
            assertThat(objects).allMatch(JsonNode::isObject);
            return objects;
        }

        /** The only line of standard output as the JSON object that it must be. */
        JsonNode onlyJson() {
            assertThat(out).as("stdout; stderr was %s", err).hasSize(1);
            return json().get(0);
        }
    }
}
