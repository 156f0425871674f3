package io.grasp.benchmarks.load.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A veth link {@code pair0} - {@code pair1} between this namespace and a new one in which a responder runs. When no
 * process runs in that namespace any more, it disappears together with the link.
 */
public final class Veth implements AutoCloseable {
    /** This namespace's end. */
    public static final String HERE = "pair0";

    /** The responder's end. */
    static final String THERE = "pair1";

    private static final String UP = """
            up() {
                echo 0 >/proc/sys/net/ipv6/conf/$1/accept_dad
                ip link set lo up
                ip link set $1 up
                ip -6 address add $2/64 dev $1 nodad
                for try in $(seq 100); do
                    ip -6 address show dev $1 scope link | grep -q "inet6 fe80" && break
                    sleep 0.05
                done
            }
            """;

    private final Process responder;

    private Veth(Process responder) {
        this.responder = responder;
    }

    /** Creates the link, and runs a command at its other end. */
    static Veth open(List<String> command, Map<String, String> environment) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of("unshare", "--net", "sh", "-c"));
        line.add(UP + """
                        echo in
                        until ip link show pair1 >/dev/null 2>&1; do sleep 0.05; done
                        up pair1 fd6a:7261:7371::2
                        exec "$@"
                        """);
        line.add("sh");
        line.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(environment);
        Process process = builder.start();
        Veth veth = new Veth(process);
        // Its first output means that it runs in its namespace.
        if (process.getInputStream().read() < 0) {
            throw new IOException("no namespace could be created for the responder");
        }
        shell("ip link add pair0 type veth peer name pair1\nip link set pair1 netns " + process.pid());
        shell(UP + "up pair0 fd6a:7261:7371::1");
        return veth;
    }

    private static void shell(String script) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("sh", "-ec", script)
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("cannot create a veth link: " + output.strip());
        }
    }

    /** Runs a command at this end; {@return its output} */
    KeyValueOutput run(List<String> command, Map<String, String> environment, long maxSeconds)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(environment);
        Process initiator = builder.start();
        initiator.getOutputStream().close();
        Thread bound = new Thread(() -> end(initiator, maxSeconds), "bound");
        bound.setDaemon(true);
        bound.start();
        KeyValueOutput output = KeyValueOutput.last(initiator.getInputStream());
        initiator.waitFor();
        return output;
    }

    private static void end(Process process, long seconds) {
        try {
            if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends the responder; {@return its output} */
    KeyValueOutput end() throws IOException, InterruptedException {
        responder.getOutputStream().close(); // this ends our responder
        Thread bound = new Thread(() -> end(responder, 2), "bound");
        bound.setDaemon(true);
        bound.start();
        KeyValueOutput output = KeyValueOutput.last(responder.getInputStream());
        responder.waitFor();
        return output;
    }

    @Override
    public void close() {
        responder.descendants().forEach(ProcessHandle::destroyForcibly);
        responder.destroyForcibly();
        try {
            responder.waitFor(5, TimeUnit.SECONDS);
            shell("for i in $(seq 40); do ip link show pair0 >/dev/null 2>&1 || exit 0; sleep 0.05; done;"
                    + " ip link delete pair0");
        } catch (IOException alreadyGone) {
            // with its namespace
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
