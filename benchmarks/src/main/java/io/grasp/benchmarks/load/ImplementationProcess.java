package io.grasp.benchmarks.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** The process of one contender: each input line says which sessions to run, and is answered by one line. */
final class ImplementationProcess {
    private ImplementationProcess() {}

    /**
     * Runs sessions until its standard input ends.
     *
     * @param args the contender, and its links
     */
    public static void main(String[] args) {
        try {
            hold(args);
        } catch (Throwable failure) {
            failure.printStackTrace();
            Runtime.getRuntime().halt(1); // Netty's threads would keep it alive, and its parent waiting
        }
    }

    private static void hold(String[] args) throws IOException, InterruptedException {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        List<String> links = List.of(args).subList(1, args.length);
        try (LocalImplementation contender = ImplementationKind.valueOf(args[0]).start(links)) {
            for (String line = input.readLine(); line != null; line = input.readLine()) {
                String[] words = line.split(" ", -1);
                Exchange exchange = Exchange.ofSteps(Integer.parseInt(words[0]));
                Duration time = Duration.ofMillis(Long.parseLong(words[2]));
                System.out.println(RunResultText.of(contender.hold(exchange, Integer.parseInt(words[1]), time)));
            }
        }
    }
}
