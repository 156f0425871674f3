package io.grasp.benchmarks.load.report;

import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Describes the machine on which the measurements run. */
public final class Machine {
    private Machine() {}

    public static void describe(PrintWriter out) {
        out.printf(
                Locale.ROOT,
                "%s, %d processors, %s %s, JVM %s, load average %.1f%n%n",
                processor(),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                System.getProperty("java.vm.version"),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
        out.flush();
    }

    private static String processor() {
        try {
            return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                    .filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("A processor");
        } catch (IOException unknown) {
            return "A processor";
        }
    }
}
