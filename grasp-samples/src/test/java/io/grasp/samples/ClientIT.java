package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A daemon, and commands that look into it and use its node, as processes. */
class ClientIT {
    /** Presses q when there is a picture; the log of script(1) has what the terminal got. */
    private static final String TERMINAL = "LOG=$XDG_RUNTIME_DIR/log; touch $LOG; "
            + "{ for i in {1..200}; do grep -q Links $LOG && break; sleep 0.1; done; printf q; } | "
            + "script -qefc \"stty cols 50 rows 9; $(printf '%q ' \"$@\"); exit $?\" $LOG";

    /** A service and its clients: root in a session, and a user who may not enter the directory of the socket. */
    private static final String SERVICE = "unshare --map-root-user --mount bash -c 'mount -t tmpfs tmpfs /run; "
            + "mkdir -m 750 /run/grasp; "
            + "RUNTIME_DIRECTORY=/run/grasp \"$@\" daemon --link lo --assume-secure > /dev/null & "
            + "for i in {1..200}; do [ -S /run/grasp/control.sock ] && break; sleep 0.1; done; "
            + "\"$@\" discover none --timeout 50; "
            + "mkdir -m 700 /run/login; XDG_RUNTIME_DIR=/run/login \"$@\" doctor | grep answers; "
            + "chmod 0 /run/grasp; "
            + "setpriv --bounding-set=-dac_override,-dac_read_search \"$@\" status; "
            + "chmod 750 /run/grasp; "
            + "\"$@\" control stop; wait' grasp \"$@\"";

    private static final String OTHER_SCREEN = "\u001b[?1049h";
    private static final String USUAL_SCREEN = "\u001b[?1049l";
    private static final String END_OF_PICTURE = "\u001b[J";
    private static final String CONTROL_SEQUENCE = "\u001b\\[[?0-9]*[A-Za-z]";

    @TempDir
    private Path directory;

    private final Processes processes = new Processes();

    @AfterEach
    void kill() {
        processes.kill();
    }

    /** The control socket is a file, so that a client needs no access to the node's network. */
    private RunningProcess client(String... arguments) {
        return script("exec \"$@\"", arguments);
    }

    private RunningProcess script(String script, String... arguments) {
        return processes.script("export XDG_RUNTIME_DIR=" + directory + "; " + script, arguments);
    }

    @Test
    void rootFindsTheServiceWithoutOptionsAndOtherUsersLearnWhoMayLookIntoIt() {
        RunningProcess service = script(SERVICE);
        assertThat(service.exit()).as(service.toString()).isZero();
        assertThat(service.output())
                .satisfiesExactly(
                        doctor -> assertThat(doctor)
                                .startsWith(
                                        "ok       running node: it answers at /run/grasp/control.sock, and has port "),
                        stop -> assertThat(stop).isEqualTo("The node stops"));
        assertThat(service.errors())
                .contains(
                        "Using the node at /run/grasp/control.sock",
                        "grasp: No peer answered for none within 50 ms",
                        "grasp: This user may not look into /run/grasp: run this command as the user of the daemon, or as"
                                + " root, for example by sudo");
    }

    @Test
    void commandsFindTheDaemonByItselfAndUseItsNode() {
        Namespaces.assumePossible();
        try (Pair network = Pair.withUlas()) {
            RunningProcess daemon = script(
                            "exec ip netns exec " + network.left.namespace() + " \"$@\"", "daemon", "--assume-secure")
                    .awaitReady();
            RunningProcess flood = processes
                    .node(network.right, "flood", "colour", "5", "--every", "200")
                    .awaitReady();

            RunningProcess synchronize = client("synchronize", "colour", "--json");
            RunningProcess watch = script("\"$@\" | head -1; exit ${PIPESTATUS[0]}", "watch", "floods", "--quiet");
            assertThat(synchronize.theOnlyLine().get("value").asInt()).isEqualTo(5);
            assertThat(watch.exit()).as(watch.toString()).isEqualTo(141);
            assertThat(watch.output()).singleElement().asString().contains("received colour = 5 from [fe80::2%");
            assertThat(watch.errors()).isEmpty();

            RunningProcess neighbors = client("show", "neighbors", "--json");
            assertThat(neighbors.theOnlyLine().get("address").asString()).isEqualTo("fe80::2");

            RunningProcess top = script(TERMINAL, "top");
            assertThat(top.exit()).as(top.toString()).isZero();
            String picture = String.join("\n", top.output());
            assertThat(picture).contains(OTHER_SCREEN).endsWith(USUAL_SCREEN);
            assertThat(picture.substring(0, picture.indexOf(END_OF_PICTURE)).split("\n"))
                    .hasSizeLessThanOrEqualTo(9)
                    .allMatch(line -> line.replaceAll(CONTROL_SEQUENCE, "").length() <= 50);

            RunningProcess following = client("watch", "links").awaitError("Watching links");
            RunningProcess stop = client("control", "stop");
            assertThat(stop.exit()).as(stop.toString()).isZero();
            assertThat(daemon.exit()).as(daemon.toString()).isZero();
            assertThat(following.exit()).isEqualTo(1);
            assertThat(following.errors()).last().asString().endsWith("/control.sock has ended");
            flood.stop();
            flood.exit();
        }
    }
}
