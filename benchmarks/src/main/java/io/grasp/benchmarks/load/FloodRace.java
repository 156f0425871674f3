package io.grasp.benchmarks.load;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Receivers that get the same floods in turn, round after round, each round in the other direction. */
final class FloodRace {
    private final List<FloodReceiver> receivers;
    private final List<double[]> rounds = new ArrayList<>();

    FloodRace(List<FloodReceiver> receivers) {
        this.receivers = List.copyOf(receivers);
    }

    FloodRace run(FloodSender sender, int count, Duration each) throws IOException {
        for (int round = 0; round < count; round++) {
            double[] rates = new double[receivers.size()];
            for (int i = 0; i < rates.length; i++) {
                int turn = round % 2 == 0 ? i : rates.length - 1 - i;
                FloodReceiver receiver = receivers.get(turn);
                long before = receiver.taken();
                long began = System.nanoTime();
                sender.send(receiver.port(), each.toNanos());
                rates[turn] = (receiver.taken() - before) * 1e9 / (System.nanoTime() - began);
            }
            rounds.add(rates);
        }
        return this;
    }

    double rate(int receiver) {
        return Stats.median(rounds.stream().mapToDouble(round -> round[receiver]));
    }

    double ratio(int other) {
        return Stats.median(rounds.stream().mapToDouble(round -> round[0] / round[other]));
    }
}
