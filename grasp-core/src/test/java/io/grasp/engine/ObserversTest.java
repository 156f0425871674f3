package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.config.EngineConfig;
import io.grasp.config.Limits;
import io.grasp.config.RegistrationOptions;
import io.grasp.engine.discovery.DiscoveryEvents;
import io.grasp.engine.node.EngineContext;
import io.grasp.model.AsaLocator;
import io.grasp.model.GraspException;
import io.grasp.model.Objective;
import io.grasp.model.TaggedObjective;
import io.grasp.observe.CacheKind;
import io.grasp.observe.GraspObserver;
import io.grasp.substrate.sim.SimNode;
import java.lang.reflect.Array;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

/** Which observers are called, and for what, with several observers, one or none. */
class ObserversTest extends EngineFixture {
    private GraspEngine start(GraspObserver observer, Limits limits) {
        int number = network.nodes().size();
        SimNode node = network.node("node-" + number);
        link("link-" + number, node);
        return start(EngineConfig.DEFAULTS.withLimits(limits), node, observer);
    }

    private static GraspObserver each(Consumer<Method> calls) {
        return (GraspObserver) Proxy.newProxyInstance(
                GraspObserver.class.getClassLoader(), new Class<?>[] {GraspObserver.class}, (proxy, event, values) -> {
                    calls.accept(event);
                    return null;
                });
    }

    /** A combination of observers must pass on every event, and must not stop at an observer that throws. */
    @Test
    void allObserversGetEveryEventAlthoughOneThrows() throws ReflectiveOperationException {
        List<Method> events = Arrays.stream(GraspObserver.class.getDeclaredMethods())
                .filter(method -> method.isDefault() && method.getReturnType() == void.class)
                .toList();
        List<Method> first = new ArrayList<>();
        List<Method> last = new ArrayList<>();
        List<String> reported = new ArrayList<>();
        GraspObserver all = GraspObserver.all(
                each(first::add),
                each(event -> {
                    throw new IllegalStateException(event.getName());
                }),
                each(last::add));
        Thread thread = Thread.currentThread();
        Thread.UncaughtExceptionHandler before = thread.getUncaughtExceptionHandler();
        thread.setUncaughtExceptionHandler((where, failure) -> reported.add(failure.getMessage()));
        try {
            for (Method event : events) {
                event.invoke(
                        all,
                        Arrays.stream(event.getParameterTypes())
                                .map(type -> Array.get(Array.newInstance(type, 1), 0))
                                .toArray());
            }
        } finally {
            thread.setUncaughtExceptionHandler(before);
        }

        assertThat(events).hasSizeGreaterThan(15);
        assertThat(first).isEqualTo(events);
        assertThat(last).isEqualTo(events);
        assertThat(reported).isEqualTo(events.stream().map(Method::getName).toList());
    }

    /** A call that does nothing is not wrapped either. */
    @Test
    void noObserverIsNotWrapped() {
        assertThat(GraspObserver.all(GraspObserver.NONE)).isSameAs(GraspObserver.NONE);
        assertThat(GraspObserver.all()).isSameAs(GraspObserver.NONE);
        assertThat(GraspObserver.all(GraspObserver.NONE, GraspObserver.NONE)).isSameAs(GraspObserver.NONE);
        GraspObserver whoDeclines = new GraspObserver() {
            @Override
            public GraspObserver ofNode(LongSupplier nanoTime, Executor loop) {
                return NONE;
            }
        };
        assertThat(GraspObserver.all(whoDeclines, GraspObserver.NONE).ofNode(loop::nanoTime, loop))
                .isSameAs(GraspObserver.NONE);
        assertThat(new EngineContext(EngineConfig.DEFAULTS, network.node("n"), new Random(), whoDeclines).observer())
                .isSameAs(GraspObserver.NONE);
    }

    @Test
    void severalObserversAreWrappedOnce() {
        GraspObserver both = GraspObserver.all(new GraspObserver() {}, new GraspObserver() {});

        assertThat(GraspObserver.all(both)).isSameAs(both);
    }

    @Test
    void eachNodeHasItsOwnObserverAndClosesIt() {
        List<String> calls = new ArrayList<>();
        GraspObserver ofAll = new GraspObserver() {
            private int count;

            @Override
            public GraspObserver ofNode(LongSupplier nanoTime, Executor loop) {
                String name = "observer " + ++count;
                return new GraspObserver() {
                    @Override
                    public void closed() {
                        calls.add(name + " closed");
                    }
                };
            }
        };
        GraspEngine first = start(GraspObserver.all(ofAll), Limits.DEFAULTS);
        start(ofAll, Limits.DEFAULTS);

        loop.run(() -> first.close(failure -> calls.add("notified the caller")));
        loop.runUntilIdle();
        loop.run(() -> first.close(failure -> {}));
        loop.runUntilIdle();

        assertThat(calls).containsExactly("observer 1 closed", "notified the caller");
    }

    @Test
    void cachesReportReadsAndChangesOfTheirSize() {
        List<String> calls = new ArrayList<>();
        GraspEngine engine = start(
                new GraspObserver() {
                    @Override
                    public void cacheRead(CacheKind cache, boolean hit) {
                        calls.add(cache + (hit ? " hit" : " miss"));
                    }

                    @Override
                    public void cacheSize(CacheKind cache, int entries) {
                        calls.add(cache + " " + entries);
                    }
                },
                Limits.DEFAULTS);
        loop.run(() -> {
            EngineAsa asa = engine.registerAsa("asa");
            for (String name : List.of("one", "two", "two", "three")) {
                Objective objective = Objective.synchronizable(name);
                if (!calls.contains(name)) {
                    calls.add(name);
                    asa.register(objective, RegistrationOptions.DEFAULTS);
                }
                asa.flood(
                        List.of(TaggedObjective.untagged(objective.withValue(1))),
                        Duration.ofSeconds(1),
                        failure -> {});
            }
            asa.getFlood("one");
            asa.getFlood("three");
            asa.discoverKnown(Objective.discoverable("x"), new DiscoveryEvents() {
                @Override
                public void found(AsaLocator locator) {}

                @Override
                public void completed() {}

                @Override
                public void failed(GraspException failure) {}
            });
            asa.expireFlood(TaggedObjective.untagged(Objective.synchronizable("two")));
        });
        loop.advance(Duration.ofSeconds(2));
        loop.run(() -> engine.registerAsa("late").getFlood("three"));

        assertThat(calls)
                .containsExactly(
                        "one",
                        "FLOOD 1",
                        "two",
                        "FLOOD 2",
                        "three",
                        "FLOOD 3",
                        "FLOOD hit",
                        "FLOOD hit",
                        "DISCOVERY miss",
                        "FLOOD 2",
                        "FLOOD miss");
    }
}
