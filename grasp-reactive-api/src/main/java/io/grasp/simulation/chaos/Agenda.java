package io.grasp.simulation.chaos;

import io.grasp.simulation.SimulationRunner;
import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;

/** The tasks of a run, in the network's time. Tasks for the same time run in the order in which they were planned. */
final class Agenda {
    private final SimulationRunner runner;
    private final PriorityQueue<Entry> entries =
            new PriorityQueue<>(Comparator.comparing(Entry::at).thenComparing(Entry::number));
    private long planned;

    Agenda(SimulationRunner runner) {
        this.runner = runner;
    }

    void at(Duration time, Runnable task) {
        entries.add(new Entry(time, planned++, task));
    }

    void in(Duration delay, Runnable task) {
        at(now().plus(delay), task);
    }

    Duration now() {
        return runner.simulation().now();
    }

    /** Runs the tasks before a time, and advances time until then. Later tasks are dropped. */
    void runUntil(Duration end) {
        for (Entry next = entries.peek(); next != null && next.at().compareTo(end) < 0; next = entries.peek()) {
            entries.remove();
            advanceTo(next.at());
            runner.network().loop().execute(next.task());
        }
        advanceTo(end);
        entries.clear();
    }

    private void advanceTo(Duration time) {
        Duration ahead = time.minus(now());
        runner.advance(ahead.isNegative() ? Duration.ZERO : ahead);
    }

    private record Entry(Duration at, long number, Runnable task) {}
}
