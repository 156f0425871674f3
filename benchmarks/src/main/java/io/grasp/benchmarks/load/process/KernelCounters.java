package io.grasp.benchmarks.load.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads counters of the kernel for this network namespace. */
public final class KernelCounters {
    private KernelCounters() {}

    /** {@return the number of connections in TIME_WAIT, -1 if it cannot be read} */
    public static int timeWait() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/net/sockstat"))) {
                String[] words = line.split(" ", -1);
                for (int i = 0; line.startsWith("TCP:") && i + 1 < words.length; i++) {
                    if (words[i].equals("tw")) {
                        return Integer.parseInt(words[i + 1]);
                    }
                }
            }
        } catch (IOException | NumberFormatException e) {
            return -1;
        }
        return -1;
    }
}
