package io.grasp.samples;

import io.grasp.samples.onboarding.JoinProxyPlace;
import io.grasp.samples.process.ChildProcess;
import io.grasp.samples.text.LineOutput;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.List;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** A program that enrols through a proxy, such as a client of BRSKI or EST. It is run without a shell. */
final class PledgeProgram {
    private final List<String> command;
    private final LineOutput talk;

    /** @param talk receives the lines that it prints, on any thread */
    PledgeProgram(List<String> command, LineOutput talk) {
        this.command = List.copyOf(command);
        this.talk = talk;
    }

    /** {@return completes when it has ended with 0, fails if it ends otherwise. Cancelling it kills the program} */
    Mono<Void> run(JoinProxyPlace place) {
        return ChildProcess.run(
                () -> start(place),
                process -> Mono.fromRunnable(() -> print(process))
                        .subscribeOn(Schedulers.boundedElastic())
                        .then(ChildProcess.exitCode(process))
                        .flatMap(code -> code == 0
                                ? Mono.empty()
                                : Mono.error(new IllegalStateException(command.get(0) + " has ended with " + code))));
    }

    private Process start(JoinProxyPlace place) throws IOException {
        Process started = new ProcessBuilder(command.stream()
                        .map(argument -> argument.replace("{address}", place.addressText())
                                .replace("{port}", Integer.toString(place.port()))
                                .replace("{link}", place.link()))
                        .toList())
                .redirectErrorStream(true)
                .start();
        started.getOutputStream().close(); // it gets no input
        return started;
    }

    private void print(Process process) {
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                talk.say(line);
            }
        } catch (IOException e) {
            // It has been killed, because another attempt has succeeded or this one took too long.
        }
    }
}
