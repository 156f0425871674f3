package io.grasp.benchmarks.load.process;

import io.grasp.benchmarks.load.workload.ClosedLoop;
import io.grasp.benchmarks.load.workload.Exchange;
import io.grasp.benchmarks.load.workload.LocalImplementation;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/**
 * The main class of the process of one implementation. It reads a line for each run, and prints a line with the result.
 */
final class ImplementationProcess {
    private ImplementationProcess() {}

    /**
     * Runs sessions until its standard input ends.
     *
     * @param args the implementation, and its links
     */
    public static void main(String[] args) {
        try {
            run(args);
        } catch (Throwable failure) {
            failure.printStackTrace();
            Runtime.getRuntime().halt(1); // Netty's threads would keep the process alive, and its parent would wait
        }
    }

    private static void run(String[] args) throws IOException, InterruptedException {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        List<String> links = List.of(args).subList(1, args.length);
        try (LocalImplementation implementation =
                ImplementationKind.valueOf(args[0]).start(links)) {
            for (String line = input.readLine(); line != null; line = input.readLine()) {
                String[] words = line.split(" ", -1);
                Exchange exchange = Exchange.ofSteps(Integer.parseInt(words[0]));
                Duration time = Duration.ofMillis(Long.parseLong(words[2]));
                ClosedLoop sessions =
                        new ClosedLoop(exchange, Integer.parseInt(words[1]), time, Double.parseDouble(words[3]));
                System.out.println(RunResultText.of(implementation.run(sessions)));
            }
        }
    }
}
