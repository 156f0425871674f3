package io.grasp.benchmarks.load;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Receivers that get the same floods in turns, in rounds, each round in the opposite order. */
final class AlternatingFloods {
    private final List<FloodReceiver> receivers;
    private final List<List<Turn>> rounds = new ArrayList<>();

    AlternatingFloods(List<FloodReceiver> receivers) {
        this.receivers = List.copyOf(receivers);
    }

    AlternatingFloods run(FloodSender sender, int count, Duration each) throws IOException {
        for (int round = 0; round < count; round++) {
            Turn[] turns = new Turn[receivers.size()];
            for (int i = 0; i < turns.length; i++) {
                int turn = round % 2 == 0 ? i : turns.length - 1 - i;
                FloodReceiver receiver = receivers.get(turn);
                long before = receiver.taken();
                long began = System.nanoTime();
                long sent = sender.send(receiver.port(), each.toNanos());
                turns[turn] = new Turn(sent, receiver.taken() - before, System.nanoTime() - began);
            }
            rounds.add(List.of(turns));
        }
        return this;
    }

    double rate(int receiver) {
        return Stats.median(
                rounds.stream().mapToDouble(round -> round.get(receiver).perSecond()));
    }

    double ratio(int other) {
        return Stats.median(rounds.stream()
                .mapToDouble(
                        round -> round.get(0).perSecond() / round.get(other).perSecond()));
    }

    /**
     * {@return the share of the sent floods that a receiver has taken} Near 1 the sender was the limit, not the
     * receiver.
     */
    double share(int receiver) {
        return Stats.median(
                rounds.stream().mapToDouble(round -> round.get(receiver).share()));
    }

    private record Turn(long sent, long taken, long nanos) {
        double perSecond() {
            return taken * 1e9 / nanos;
        }

        double share() {
            return taken / (double) sent;
        }
    }
}
