package io.grasp.substrate;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Where substrates are tested: it makes every call into them on the loop, waits for what follows, and notes what they
 * tell at the wrong time or in the wrong place.
 */
abstract class Bench {
    private final List<String> violations = new CopyOnWriteArrayList<>();
    private int callsUnderWay;

    abstract Loop loop();

    /** Waits until a condition, asked on the loop, holds; throws if it does not in good time. */
    abstract void await(String what, BooleanSupplier condition);

    /** {@return what a call into a substrate returns; it is made on the loop, at once if this is the loop} */
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

    /** A listener's method is called. */
    void callback(String what) {
        completion(what);
        if (callsUnderWay > 0 && loop().inLoop()) {
            violation(what + " from within a call");
        }
    }

    /** A completion is called; this may happen within a call of the engine. */
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
