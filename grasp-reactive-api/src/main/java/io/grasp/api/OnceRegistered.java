package io.grasp.api;

import io.grasp.engine.EngineAsa;
import io.grasp.engine.node.Cancellable;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What one call registers, however often its {@code Mono} is subscribed to: a subscriber that comes while the
 * registration exists gets the same one, and a later one registers again. All state is confined to the loop.
 */
final class OnceRegistered {
    private OnceRegistered() {}

    /**
     * An objective.
     *
     * @param register registers it, and returns whether this registration exists
     */
    static Runnable objective(Supplier<BooleanSupplier> register) {
        return new Runnable() {
            private BooleanSupplier exists = () -> false;

            @Override
            public void run() {
                if (!exists.getAsBoolean()) {
                    exists = register.get();
                }
            }
        };
    }

    /**
     * An ASA. It is abandoned when all its subscribers have cancelled before they got it.
     *
     * @param register registers it
     * @param handle makes its handle
     */
    static LoopEmitter.Source<Asa> asa(Supplier<EngineAsa> register, Function<EngineAsa, Asa> handle) {
        return new LoopEmitter.Source<>() {
            private @Nullable Holders current;

            @Override
            public Cancellable start(LoopEmitter<Asa> emitter) {
                Holders holders = current;
                if (holders == null || !holders.engine.isRegistered()) {
                    EngineAsa engine = register.get();
                    holders = new Holders(engine, handle.apply(engine));
                    current = holders;
                }
                holders.count++;
                emitter.success(holders.asa);
                return holders::cancelled;
            }
        };
    }

    /** The subscribers that have the ASA, or may still get it. */
    private static final class Holders {
        private final EngineAsa engine;
        private final Asa asa;
        private int count;

        Holders(EngineAsa engine, Asa asa) {
            this.engine = engine;
            this.asa = asa;
        }

        /** A subscriber has cancelled before it got the ASA. */
        void cancelled() {
            count--;
            if (count == 0) {
                engine.abandon();
            }
        }
    }
}
