package io.grasp.benchmarks.load.process;

import io.grasp.api.Grasp;
import io.grasp.benchmarks.load.grasp.GraspImplementation;
import io.grasp.benchmarks.load.report.Stats;
import io.grasp.substrate.netty.NettySubstrate;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Measures how long a node takes to become ready on one link. */
public final class StartTimes {
    private StartTimes() {}

    /** {@return the median in milliseconds, in a JVM that has started several nodes before} */
    public static double warm(String link, int times) {
        for (int i = 0; i < times; i++) {
            start(link);
        }
        return Stats.median(IntStream.range(0, times).mapToDouble(i -> start(link)));
    }

    private static double start(String link) {
        long began = System.nanoTime();
        NettySubstrate substrate = NettySubstrate.create(GraspImplementation.network(link));
        try (Grasp grasp = GraspImplementation.required(Grasp.start(GraspImplementation.config(substrate)))) {
            return (System.nanoTime() - began) / 1e6;
        }
    }

    /** {@return the median in milliseconds, from the start of a JVM} */
    public static double cold(String link, int times) throws IOException, InterruptedException {
        List<Double> millis = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            List<String> line = new ArrayList<>(Namespace.java());
            line.addAll(List.of(ColdStart.class.getName(), link));
            long began = System.nanoTime();
            Process process = new ProcessBuilder(line)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try (BufferedReader output =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                if (!ColdStart.READY.equals(output.readLine())) {
                    throw new IOException("a node did not start");
                }
                millis.add((System.nanoTime() - began) / 1e6);
            }
            process.waitFor();
        }
        return Stats.median(millis.stream().mapToDouble(Double::doubleValue));
    }
}
