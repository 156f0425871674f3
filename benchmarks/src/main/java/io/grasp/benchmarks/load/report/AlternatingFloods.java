package io.grasp.benchmarks.load.report;

import io.grasp.benchmarks.load.workload.FloodReceiver;
import io.grasp.benchmarks.load.workload.FloodSender;
import io.grasp.benchmarks.load.workload.JitCompilers;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Sends the same floods to several receivers, one after the other, in rounds; every second round uses the opposite
 * order.
 */
public final class AlternatingFloods {
    private static final double COMPILING = 0.02;
    private static final int QUIET_ROUNDS = 2;

    private final List<FloodReceiver> receivers;
    private final List<List<Turn>> rounds = new ArrayList<>();

    public AlternatingFloods(List<FloodReceiver> receivers) {
        this.receivers = List.copyOf(receivers);
    }

    /** Sends to all until their code has been compiled, but not longer than a number of rounds. */
    public void warmUp(FloodSender sender, int most, Duration each) throws IOException {
        int quiet = 0;
        for (int number = 0; number < most && quiet < QUIET_ROUNDS; number++) {
            long before = JitCompilers.millis();
            round(sender, number, each);
            boolean compiling = JitCompilers.millis() - before > COMPILING * receivers.size() * each.toMillis();
            quiet = compiling ? 0 : quiet + 1;
        }
    }

    public AlternatingFloods run(FloodSender sender, int count, Duration each) throws IOException {
        for (int number = 0; number < count; number++) {
            rounds.add(round(sender, number, each));
        }
        return this;
    }

    /** One turn of each receiver, every second time in the opposite order. */
    private List<Turn> round(FloodSender sender, int number, Duration each) throws IOException {
        Turn[] turns = new Turn[receivers.size()];
        for (int i = 0; i < turns.length; i++) {
            int turn = number % 2 == 0 ? i : turns.length - 1 - i;
            FloodReceiver receiver = receivers.get(turn);
            long before = receiver.received();
            long began = System.nanoTime();
            long sent = sender.send(receiver.port(), each.toNanos());
            turns[turn] = new Turn(sent, receiver.received() - before, System.nanoTime() - began);
        }
        return List.of(turns);
    }

    public double rate(int receiver) {
        return Stats.median(
                rounds.stream().mapToDouble(round -> round.get(receiver).perSecond()));
    }

    public double ratio(int other) {
        return Stats.median(rounds.stream()
                .mapToDouble(
                        round -> round.get(0).perSecond() / round.get(other).perSecond()));
    }

    /**
     * {@return the share of the floods sent that a receiver has received} If it is near 1, the sender was the limit,
     * not the receiver.
     */
    public double share(int receiver) {
        return Stats.median(
                rounds.stream().mapToDouble(round -> round.get(receiver).share()));
    }

    private record Turn(long sent, long received, long nanos) {
        double perSecond() {
            return received * 1e9 / nanos;
        }

        double share() {
            return received / (double) sent;
        }
    }
}
