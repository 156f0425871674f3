package io.grasp.benchmarks.load;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.benchmarks.load.grasp.GraspImplementation;
import io.grasp.benchmarks.load.process.KernelCounters;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.SessionInfo;
import io.grasp.observe.SessionOutcome;
import io.grasp.substrate.netty.NettySubstrate;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs a responder; its initiators run in other processes. */
@Command(
        name = "respond",
        description = {
            "Answers negotiations of EX7, and serves EX8, until its standard input ends.",
            "The value of EX7 is the number of moves left: it accepts 1, and answers a greater number with one less."
        })
final class RespondCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--link", required = true, paramLabel = "NAME", description = "The interface.")
    private String link = "";

    private final AtomicLong ok = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();

    RespondCommand() {}

    @Override
    public Integer call() throws IOException {
        PrintWriter out = Commands.out(spec);
        NettySubstrate substrate = NettySubstrate.create(GraspImplementation.network(link));
        try (Grasp grasp = GraspImplementation.required(
                Grasp.start(GraspImplementation.config(substrate).withObserver(new Counting())))) {
            Asa briggs = GraspImplementation.required(grasp.registerAsa("Briggs"));
            GraspImplementation.serve(briggs);
            out.println("ready");
            out.flush();
            System.in.transferTo(OutputStream.nullOutputStream()); // only its end matters
        }
        out.println("ok=" + ok + " failed=" + failed + " time_wait=" + KernelCounters.timeWait());
        out.flush();
        return 0;
    }

    private final class Counting implements GraspObserver {
        @Override
        public void sessionEnded(SessionInfo session, SessionOutcome outcome, @Nullable Throwable failure) {
            boolean success = outcome == SessionOutcome.ACCEPTED || outcome == SessionOutcome.COMPLETED;
            (success ? ok : failed).incrementAndGet();
        }
    }
}
