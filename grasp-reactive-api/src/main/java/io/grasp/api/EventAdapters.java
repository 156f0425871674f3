package io.grasp.api;

import io.grasp.engine.discovery.DiscoveryEvents;
import io.grasp.engine.fairness.TrafficSource;
import io.grasp.engine.flood.FloodEvents;
import io.grasp.engine.synchronization.SynchronizationEvents;
import io.grasp.model.AsaLocator;
import io.grasp.model.FloodedObjective;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.Objective;
import io.grasp.substrate.Completion;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The engine's events as a publisher's signals. */
final class EventAdapters {
    private EventAdapters() {}

    static DiscoveryEvents discovery(LoopEmitter<AsaLocator> emitter) {
        return discovery(emitter, (locator, source) -> {});
    }

    /** @param named receives the locators with the neighbors that have named them */
    static DiscoveryEvents discovery(LoopEmitter<AsaLocator> emitter, BiConsumer<AsaLocator, TrafficSource> named) {
        return new DiscoveryEvents() {
            @Override
            public void named(AsaLocator locator, TrafficSource source) {
                named.accept(locator, source);
            }

            @Override
            public void found(AsaLocator locator) {
                emitter.next(locator);
            }

            @Override
            public void completed() {
                emitter.complete();
            }

            @Override
            public void failed(GraspException failure) {
                emitter.error(failure);
            }
        };
    }

    static SynchronizationEvents synchronization(LoopEmitter<Objective> emitter) {
        return new SynchronizationEvents() {
            @Override
            public void synchronised(Objective received) {
                emitter.success(received);
            }

            @Override
            public void failed(GraspException failure) {
                emitter.error(failure);
            }
        };
    }

    static Completion sent(LoopEmitter<Void> emitter) {
        return failure -> {
            if (failure == null) {
                emitter.complete();
            } else {
                emitter.error(GraspException.transport(
                        GraspErrorCode.UNSPECIFIED, "no link could send the flood: " + failure.getMessage(), failure));
            }
        };
    }

    /** A flooded objective, and the neighbor that it came from. */
    record ReceivedFlood(FloodedObjective flooded, TrafficSource source) {}

    static FloodEvents floods(LoopEmitter<ReceivedFlood> emitter) {
        return new FloodEvents() {
            @Override
            public void flooded(FloodedObjective flooded, TrafficSource source) {
                emitter.next(new ReceivedFlood(flooded, source));
            }

            @Override
            public void stopped() {
                emitter.complete();
            }

            @Override
            public void failed(GraspException failure) {
                emitter.error(failure);
            }
        };
    }

    /** Whether something has been sent. */
    static void sent(LoopEmitter<Void> emitter, @Nullable Throwable failure) {
        if (failure == null) {
            emitter.complete();
        } else {
            emitter.error(GraspException.transport(
                    GraspErrorCode.UNSPECIFIED, "it was not sent: " + failure.getMessage(), failure));
        }
    }
}
