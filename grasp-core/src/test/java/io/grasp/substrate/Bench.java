package io.grasp.substrate;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Calls substrates on their loop, waits for events, and records violations: callbacks off the loop, at the wrong time
 * or in the wrong order.
 */
abstract class Bench {
    private final List<String> violations = new CopyOnWriteArrayList<>();
    private int callsUnderWay;

    abstract Loop loop();

    /** Waits until a condition, evaluated on the loop, holds; throws if it does not hold in time. */
    abstract void await(String what, BooleanSupplier condition);

    /** {@return the result of a call into a substrate} The call runs on the loop; if this is the loop, immediately. */
    <T> T onLoop(Supplier<T> call) {
        if (loop().inLoop()) {
            return guarded(call);
        }
        CompletableFuture<T> result = new CompletableFuture<>();
        loop().execute(() -> {
            try {
                result.complete(guarded(call));
            } catch (RuntimeException | Error e) {
                result.completeExceptionally(e);
            }
        });
        await("a call on the loop", result::isDone);
        return result.join();
    }

    void onLoop(Runnable call) {
        onLoop(() -> {
            call.run();
            return true;
        });
    }

    private <T> T guarded(Supplier<T> call) {
        callsUnderWay++;
        try {
            return call.get();
        } finally {
            callsUnderWay--;
        }
    }

    /** Checks that a method of a listener is called on the loop, and not from within a call of the engine. */
    void callback(String what) {
        completion(what);
        if (callsUnderWay > 0 && loop().inLoop()) {
            violation(what + " from within a call");
        }
    }

    /** Checks that a completion is called on the loop. It may be called from within a call of the engine. */
    void completion(String what) {
        if (!loop().inLoop()) {
            violation(what + " on " + Thread.currentThread() + ", not on the loop");
        }
    }

    void violation(String what) {
        violations.add(what);
    }

    List<String> violations() {
        return violations;
    }
}
