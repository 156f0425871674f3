package io.grasp.simulation.chaos;

import io.grasp.simulation.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks for a few of the faults of a failed run that cause the same failure: it omits smaller and smaller parts of the
 * script, and then single conditions of links (delta debugging).
 */
final class Shrinker {
    private final Supplier<? extends ChaosWorkload> workload;
    private final Symptom symptom;
    private int runsLeft;
    private ChaosResult best;

    /** The symptom of a failure: the first violated rule, or the type of the exception that stopped the run. */
    private record Symptom(String what) {
        static Symptom of(ChaosResult result) {
            return new Symptom(result.violations().stream()
                    .map(Violation::invariant)
                    .findFirst()
                    .or(() -> result.failure().map(failure -> failure.getClass().getName()))
                    .orElseThrow());
        }

        boolean isOf(ChaosResult result) {
            return result.failure()
                            .filter(failure -> failure.getClass().getName().equals(what))
                            .isPresent()
                    || result.violations().stream().map(Violation::invariant).anyMatch(what::equals);
        }
    }

    private Shrinker(ChaosResult failed, Supplier<? extends ChaosWorkload> workload, int mostRuns) {
        this.workload = workload;
        this.symptom = Symptom.of(failed);
        this.best = failed;
        this.runsLeft = mostRuns;
    }

    /**
     * {@return the run with the fewest faults found that fails in the same way, or the failed run itself}
     *
     * @param failed a run that did not pass
     * @param workload its workload
     * @param mostRuns the maximum number of runs
     */
    static ChaosResult shrink(ChaosResult failed, Supplier<? extends ChaosWorkload> workload, int mostRuns) {
        Shrinker shrinker = new Shrinker(failed, workload, mostRuns);
        failed.script().ifPresent(script -> {
            shrinker.leaveOutEvents(script.events());
            shrinker.leaveOutConditions();
        });
        return shrinker.best;
    }

    private void leaveOutEvents(List<FaultEvent> all) {
        if (fails(List.of())) {
            return;
        }
        List<FaultEvent> kept = all;
        for (int size = Math.max(1, kept.size() / 2); runsLeft > 0; ) {
            List<FaultEvent> fewer = withoutAPart(kept, size);
            if (fewer != null) {
                kept = fewer;
                size = Math.max(1, Math.min(size, kept.size() / 2));
            } else if (size == 1) {
                return;
            } else {
                size = size / 2;
            }
        }
    }

    /** {@return the events without a sequence of that length; {@code null} if all sequences are needed} */
    private @Nullable List<FaultEvent> withoutAPart(List<FaultEvent> events, int size) {
        for (int end = events.size(); end > 0; end -= size) {
            List<FaultEvent> fewer = new ArrayList<>(events.subList(0, Math.max(0, end - size)));
            fewer.addAll(events.subList(end, events.size()));
            if (fails(fewer)) {
                return fewer;
            }
        }
        return null;
    }

    private void leaveOutConditions() {
        for (int i = 0; i < script().size(); i++) {
            boolean milder = true;
            while (milder) {
                milder = makeMilder(i);
            }
        }
    }

    private boolean makeMilder(int index) {
        for (FaultEvent milder : script().get(index).milder()) {
            List<FaultEvent> changed = new ArrayList<>(script());
            changed.set(index, milder);
            if (fails(changed)) {
                return true;
            }
        }
        return false;
    }

    private List<FaultEvent> script() {
        return best.script().map(FaultScript::events).orElse(List.of());
    }

    private boolean fails(List<FaultEvent> events) {
        if (runsLeft == 0) {
            return false;
        }
        runsLeft--;
        ChaosResult result = ChaosRun.play(best.config().withScript(new FaultScript(events)), workload.get());
        if (!symptom.isOf(result)) {
            return false;
        }
        best = result;
        return true;
    }
}
