package io.grasp.benchmarks.attack;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of an attack; each kind uses some of them. */
final class AttackOptions {
    @Option(names = "--link", required = true, paramLabel = "NAME", description = "The attacker's interface.")
    String link = "";

    @Option(
            names = "--from",
            paramLabel = "ADDRESS",
            description = "A source address; may be repeated. Default: the system chooses one.")
    List<InetAddress> from = List.of();

    @Option(
            names = "--initiator",
            paramLabel = "ADDRESS",
            description = "The initiator that multicasts name. Default: ${DEFAULT-VALUE}.")
    InetAddress initiator = Messages.address(0xfd66, 0xbad);

    @Option(names = "--to", paramLabel = "ADDRESS", description = "The address of the attacked node.")
    @Nullable
    InetAddress to;

    @Option(names = "--port", paramLabel = "PORT", description = "The TCP port of the attacked node.")
    int port;

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "Messages per second, 0 for as many as possible. Default: ${DEFAULT-VALUE}.")
    int rate = 1000;

    @Option(
            names = "--count",
            paramLabel = "N",
            description = "Messages or connections until the attack is ready. Default: ${DEFAULT-VALUE}.")
    int count = 1;

    @Option(names = "--bytes", paramLabel = "N", description = "Bytes of a value. Default: ${DEFAULT-VALUE}.")
    int bytes = 8;

    @Option(
            names = "--padding",
            paramLabel = "N",
            description = "Bytes of an unknown element at the end of a flood. Default: ${DEFAULT-VALUE}.")
    int padding;

    @Option(names = "--read", description = "Whether the attacker reads the answers.")
    boolean read;

    @Option(names = "--objective", paramLabel = "NAME", description = "The objective. Default: ${DEFAULT-VALUE}.")
    String objective = "EX7";

    @Option(names = "--loop-count", paramLabel = "N", description = "The loop count. Default: ${DEFAULT-VALUE}.")
    int loopCount = 255;

    /** {@return where a source of the attack sends from; a new one each time} */
    InetSocketAddress source(int number) {
        return from.isEmpty()
                ? new InetSocketAddress("::", 0)
                : new InetSocketAddress(from.get(number % from.size()), 0);
    }

    InetAddress address() {
        if (to == null) {
            throw new IllegalArgumentException("--to is required");
        }
        return to;
    }

    InetSocketAddress target() {
        if (port == 0) {
            throw new IllegalArgumentException("--port is required");
        }
        return new InetSocketAddress(address(), port);
    }
}
