package io.grasp.benchmarks.load.process;

import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/**
 * A separate network namespace in which the whole program runs again, so that it neither measures nor disturbs other
 * traffic, and leaves nothing behind. The namespace has {@code lo} with a route for GRASP's multicasts, and a veth pair
 * {@code grasp0} - {@code grasp1} with both ends in it. Needs Linux, util-linux and iproute2, and root or unprivileged
 * user namespaces.
 */
public final class Namespace {
    private static final String INSIDE = "GRASP_LOAD_NAMESPACE";
    private static final String NEEDED =
            "this needs a network namespace: Linux with unshare (util-linux) and ip (iproute2), and root or permission"
                    + " to create user namespaces";

    private static final String SETUP = """
            set -e
            ip link set lo up
            ip -6 route add local ff02::13 dev lo
            ip link add grasp0 type veth peer name grasp1
            for link in grasp0 grasp1; do
                echo 0 >/proc/sys/net/ipv6/conf/$link/accept_dad
                ip link set $link up
            done
            ip -6 address add fd6a:7261:7370::1/64 dev grasp0 nodad
            for try in $(seq 50); do
                [ "$(ip -6 address show scope link | grep -c "inet6 fe80")" = 2 ] && break
                sleep 0.1
            done
            exec "$@"
            """;

    private Namespace() {}

    public static boolean isInside() {
        return System.getenv(INSIDE) != null;
    }

    /** Runs a command in a new namespace; {@return its exit code} */
    public static int run(List<String> command) throws IOException, InterruptedException {
        List<String> unshare = List.of("unshare", "--map-root-user", "--net", "sh", "-c");
        List<String> check = new ArrayList<>(unshare);
        check.add("ip link show lo");
        if (!succeeds(check)) {
            throw new IOException(NEEDED);
        }
        List<String> line = new ArrayList<>(unshare);
        line.addAll(List.of(SETUP, "sh"));
        line.addAll(command);
        ProcessBuilder again = new ProcessBuilder(line).inheritIO();
        again.environment().put(INSIDE, "1");
        return again.start().waitFor();
    }

    private static boolean succeeds(List<String> line) throws InterruptedException {
        try {
            return new ProcessBuilder(line)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException missing) {
            return false;
        }
    }

    /** {@return the beginning of a command line that runs a class of this program in another JVM} */
    public static List<String> java() {
        List<String> line = new ArrayList<>();
        line.add(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java");
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> !argument.startsWith("-agentlib") && !argument.startsWith("-javaagent"))
                .forEach(line::add);
        line.addAll(List.of("-cp", System.getProperty("java.class.path")));
        return line;
    }
}
