package io.grasp.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.grasp.api.Asa;
import io.grasp.api.ListenOptions;
import io.grasp.api.Move;
import io.grasp.api.PeerSelector;
import io.grasp.api.RawChannel;
import io.grasp.api.RequestOptions;
import io.grasp.api.TypedAsa;
import io.grasp.config.RegistrationOptions;
import io.grasp.model.GraspException;
import io.grasp.model.NegotiationOutcome.Accepted;
import io.grasp.model.Objective;
import io.grasp.model.TypedObjective;
import io.grasp.substrate.netty.Await;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Each ASA has a thread of its own, and what it does there affects no other one. */
class HostThreadsTest extends HostedNode {
    private static final Objective EX1 = Objective.synchronizable("EX1");
    private static final Objective EX3 = Objective.negotiable("EX3");
    private static final RegistrationOptions SHARED = RegistrationOptions.DEFAULTS.withOverlap(true);

    private static final TypedObjective<Coins> COINS = TypedObjective.negotiable("EX3", Coins.class);

    private static final Set<String> LIMIT_THREADS = new ConcurrentSkipListSet<>();
    private static final Set<String> COIN_THREADS = new ConcurrentSkipListSet<>();

    private final AtomicBoolean blocking = new AtomicBoolean(true);
    private final Set<String> places = new ConcurrentSkipListSet<>();

    @Override
    HostConfig settings() {
        return super.settings().withCheckPeriod(Duration.ofSeconds(1)).withDrainWithin(Duration.ofSeconds(1));
    }

    @AfterEach
    void unblock() {
        blocking.set(false);
    }

    @Test
    void everyFunctionOfAnAsaIsCalledOnItsThread() {
        Set<String> bank = new ConcurrentSkipListSet<>();
        Set<String> customer = new ConcurrentSkipListSet<>();
        run(
                asa("bank", context -> {
                    Asa asa = context.asa();
                    return Mono.when(asa.register(EX1), asa.register(EX3, SHARED))
                            .doOnSuccess(done -> note(bank))
                            .thenMany(Flux.merge(
                                    asa.listenSynchronize(EX1, Flux.just(7).doOnNext(value -> note(bank))),
                                    asa.listenNegotiate(
                                            EX3,
                                            negotiation -> {
                                                note(bank);
                                                return negotiation
                                                        .converse(offers -> {
                                                            note(bank);
                                                            return offers.map(offer -> {
                                                                note(bank);
                                                                return Move.accept();
                                                            });
                                                        })
                                                        .doOnNext(outcome -> note(bank))
                                                        .then(Mono.error(new IllegalStateException("for the hook")));
                                            },
                                            ListenOptions.DEFAULTS.withOnFailure(failure -> {
                                                note(bank);
                                                context.report("hook");
                                            })),
                                    Mono.fromRunnable(context::ready)));
                }),
                new TestAsa(AsaManifest.of("customer", "1").withNeeds("bank"), context -> {
                            Asa asa = context.asa();
                            PeerSelector selector = found -> {
                                note(customer);
                                return found;
                            };
                            return asa.register(EX3, SHARED)
                                    .doOnSuccess(done -> note(customer))
                                    .then(asa.negotiate(
                                            EX3.withValue(1),
                                            RequestOptions.DEFAULTS.withPeerSelector(selector),
                                            offers -> {
                                                note(customer);
                                                return offers.map(offer -> Move.accept());
                                            }))
                                    .doOnNext(outcome -> {
                                        note(customer);
                                        assertThat(outcome).isInstanceOf(Accepted.class);
                                    })
                                    .then(asa.synchronize(EX1))
                                    .doOnNext(value -> {
                                        note(customer);
                                        context.report("got " + value.value());
                                        context.ready();
                                    })
                                    .then(asa.requestNegotiate(EX3.withValue(1)))
                                    .doOnNext(negotiation -> note(customer))
                                    .then(Mono.never());
                        })
                        .setup());

        awaitSentence("got 7");
        awaitSentence("bank: hook");
        assertThat(bank).containsExactly("asa-bank");
        assertThat(customer).containsExactly("asa-customer");
        assertThat(info("bank").allocated().orElse(0)).isPositive();
    }

    /** A value of a policy, whose code notes its threads. */
    record Limit(int most) {
        Limit {
            note(LIMIT_THREADS);
        }

        @Override
        public boolean equals(Object other) {
            note(LIMIT_THREADS);
            return other instanceof Limit limit && limit.most == most;
        }

        @Override
        public int hashCode() {
            note(LIMIT_THREADS);
            return most;
        }

        @Override
        public String toString() {
            note(LIMIT_THREADS);
            return "limit " + most;
        }
    }

    /** A value of an objective, whose code notes its threads. */
    record Coins(int amount) {
        Coins {
            note(COIN_THREADS);
        }

        @Override
        public int amount() {
            note(COIN_THREADS);
            return amount;
        }

        Coins less() {
            return new Coins(amount - 1);
        }
    }

    @Test
    void valuesOfObjectivesAreConvertedOnTheThreadOfTheAsa() {
        COIN_THREADS.clear();
        run(
                asa("bank", context -> {
                    TypedAsa<Coins> asa = context.asa().typed(COINS);
                    return Mono.when(asa.register(SHARED), context.asa().register(EX1))
                            .thenMany(Flux.merge(
                                    asa.listenNegotiate(negotiation -> negotiation
                                            .converse(offers -> offers.map(
                                                    offer -> offer.value().amount() < 3
                                                            ? offer.accept()
                                                            : offer.propose(offer.value()
                                                                    .less())))
                                            .then()),
                                    context.asa().listenSynchronize(EX1, Flux.just(new Coins(7))),
                                    Mono.fromRunnable(context::ready)));
                }),
                new TestAsa(AsaManifest.of("customer", "1").withNeeds("bank"), context -> {
                            Asa asa = context.asa();
                            return asa.typed(COINS)
                                    .register(SHARED)
                                    .flatMap(typed -> typed.negotiate(
                                            new Coins(5),
                                            offers -> offers.map(offer ->
                                                    offer.propose(offer.value().less()))))
                                    .then(asa.requestNegotiate(EX3.withValue(new Coins(9))))
                                    .flatMap(negotiation -> negotiation.step(new Coins(2)))
                                    .then(asa.synchronize(EX1))
                                    .doOnNext(value -> context.report("got " + value.value()))
                                    .then(Mono.never());
                        })
                        .setup());

        awaitSentence("customer: got {\"amount\": 7}");
        assertThat(COIN_THREADS).containsExactly("asa-bank", "asa-customer");
    }

    /** A value whose constructor does not return while a test wants it so. */
    record Trap(int amount) {
        private static final int CLOSED = 99;
        private static final AtomicBoolean HOLDS = new AtomicBoolean();
        private static final Set<String> PLACES = new ConcurrentSkipListSet<>();

        Trap {
            while (amount == CLOSED && HOLDS.get()) {
                note(PLACES); // BlockHound does not permit Thread.onSpinWait
            }
        }
    }

    @Test
    void aValueThatCannotBeReadBlocksOnlyTheAsaThatReadsIt() {
        Trap.HOLDS.set(true);
        try {
            run(steady(), asa("stuck", context -> {
                TypedAsa<Trap> asa = context.asa().typed(TypedObjective.negotiable("EX3", Trap.class));
                return asa.register(SHARED)
                        .thenMany(Flux.merge(
                                asa.listenNegotiate(negotiation -> negotiation
                                        .converse(offers -> offers.map(offer -> offer.propose(offer.value())))
                                        .then()),
                                Mono.fromRunnable(context::ready)));
            }));
            awaitState("stuck", LifeCycleState.OPERATIONAL);
            Asa operator = node.registerAsa("operator").block(BOUND);
            operator.register(EX3, SHARED).block(BOUND);
            Disposable asking = operator.negotiate(
                            EX3.withValue(new Trap(1)),
                            offers -> offers.map(offer -> Move.propose(Map.of("amount", Trap.CLOSED))))
                    .subscribe(outcome -> {}, failed -> {});

            awaitSentence("stuck has been blocked for ");
            assertThat(Trap.PLACES).containsExactly("asa-stuck");
            assertThat(info("steady").state()).isEqualTo(LifeCycleState.OPERATIONAL);
            asking.dispose();
        } finally {
            Trap.HOLDS.set(false);
        }
    }

    private static void note(Set<String> names) {
        names.add(Thread.currentThread().getName());
    }

    @Test
    void theValuesOfAPolicyAreReadAndComparedOnTheThreadOfTheAsa() {
        Parameter<Limit> limit = Parameter.of(
                "limit",
                Limit.class,
                new Limit(1),
                value -> {
                    note(LIMIT_THREADS);
                    return value.most() > 0;
                },
                "above 0");
        run(new TestAsa(
                        AsaManifest.of("bank", "1").withParameters(limit),
                        context -> context.serve(
                                context.values(limit).doOnNext(value -> context.report("may lend " + value.most()))))
                .setup());
        awaitState("bank", LifeCycleState.OPERATIONAL);
        LIMIT_THREADS.clear();
        Asa operator = node.registerAsa("operator").block(BOUND);
        Objective policy = Objective.synchronizable("bank.Params");
        operator.register(policy).block(BOUND);
        for (int most : new int[] {5, 0, 5, 1, 7}) {
            Map<String, Object> value = Map.of("limit", Map.of("most", most));
            operator.flood(policy.withValue(value), Duration.ofMinutes(1)).block(BOUND);
            awaitSentence(
                    most == 0 ? "bank 1: limit is limit 5, unchanged" : "bank 1: limit is limit " + most + ", set");
        }

        assertThat(LIMIT_THREADS).containsExactly("asa-bank");
        assertThat(events.stream().filter(event -> event.sentence().startsWith("bank 1: limit is")))
                .hasSize(4);
    }

    @Test
    void aFailureOfAnAsaIsDescribedOnItsThread() {
        Set<String> threads = new ConcurrentSkipListSet<>();
        RuntimeException failure = new RuntimeException() {
            @Override
            public String getMessage() {
                note(threads);
                return "no luck";
            }
        };
        run(asa("failing", context -> Mono.error(failure)));
        awaitSentence("no luck");
        assertThat(threads).containsExactly("asa-failing");
    }

    /** A failure that fails again when it is described. */
    private static final class Unspeakable extends Error {
        private static final long serialVersionUID = 1L;
        private final String text;

        Unspeakable(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            if (text == null) {
                throw this;
            }
            return null;
        }
    }

    @Test
    void aFailureThatCannotBeDescribedEndsItsAsaAlone() {
        run(
                steady(),
                asa("failing", context -> Mono.error(new Unspeakable(null))),
                asa("mute", context -> Mono.error(new Unspeakable("not said"))),
                asa("throwing", context -> {
                    context.scheduler().schedule(() -> {
                        throw new Unspeakable(null);
                    });
                    return Mono.never();
                }),
                new CheckedAsa("unwell", () -> Mono.error(new Unspeakable(null))).setup());

        for (String name : List.of("failing", "mute", "throwing")) {
            awaitSentence(name + " has failed: " + Unspeakable.class.getName());
        }
        awaitSentence("unwell is unhealthy: " + Unspeakable.class.getName());
        assertThat(info("steady").starts()).isEqualTo(1);
    }

    @Test
    void aCheckThatIsGivenUpIsCancelledOnTheThreadOfTheAsa() {
        Set<String> cancels = new ConcurrentSkipListSet<>();
        run(AsaSetup.of(InstalledAsa.of(() -> new HostedAsa() {
            @Override
            public AsaManifest manifest() {
                return AsaManifest.of("slow", "1");
            }

            @Override
            public Publisher<?> start(HostContext context) {
                context.ready();
                return Mono.never();
            }

            @Override
            public Mono<Void> check() {
                return Mono.<Void>never().doOnCancel(() -> note(cancels));
            }

            @Override
            public Mono<Void> drain() {
                return check();
            }
        })));

        awaitSentence("slow is unhealthy: ");
        awaitState("slow", LifeCycleState.OPERATIONAL);
        run();
        awaitSentence("slow 1 was stopped before it had finished");
        assertThat(cancels).containsExactly("asa-slow");
    }

    /** The text of a value may be missing, as its code decides. */
    record Mute(int most) {
        @Override
        public String toString() {
            return null;
        }
    }

    @Test
    void aParameterWhoseValuesHaveNoTextIsShown() {
        Parameter<Mute> limit = Parameter.of("limit", Mute.class, new Mute(1), value -> true, "any");
        run(new TestAsa(
                        AsaManifest.of("bank", "1").withParameters(limit),
                        context -> context.serve(
                                context.values(limit).doOnNext(value -> context.report("may lend " + value.most()))))
                .setup());
        awaitState("bank", LifeCycleState.OPERATIONAL);
        Asa operator = node.registerAsa("operator").block(BOUND);
        Objective policy = Objective.synchronizable("bank.Params");
        operator.register(policy).block(BOUND);
        operator.flood(policy.withValue(Map.of("limit", new Mute(5))), Duration.ofMinutes(1))
                .block(BOUND);

        awaitSentence("may lend 5");
        awaitSentence("bank 1: limit is null, set by a policy");
        assertThat(info("bank").parameters())
                .extracting(HostedAsaInfo.ParameterInfo::value, HostedAsaInfo.ParameterInfo::initial)
                .containsExactly(tuple("null", "null"));
    }

    @Test
    void aFunctionThatMustAnswerOnTheLoopIsRefused() {
        run(asa(
                "late",
                context -> context.asa().register(EX1).then(context.asa().listenSynchronize(EX1, request -> 1))));

        awaitSentence("a ValueSource is called on the node's loop");
    }

    @Test
    void aBlockedAsaIsNamedAndDeregisteredAndStartedAgainWhenItsThreadHasEnded() {
        run(steady(), asa("stuck", context -> {
            context.ready();
            return Mono.delay(Duration.ofMillis(20), context.scheduler())
                    .doOnNext(over -> {
                        while (blocking.get()) {
                            note(places); // BlockHound does not permit Thread.onSpinWait
                        }
                    })
                    .then(Mono.never());
        }));

        awaitSentence("stuck has been blocked for ");
        awaitSentence("HostThreadsTest");
        assertThat(registered()).containsExactly("steady");
        awaitSentence("its thread has not ended");
        assertThat(info("stuck").starts()).as(events.toString()).isEqualTo(1);

        blocking.set(false);
        awaitState("stuck", LifeCycleState.OPERATIONAL);
        assertThat(registered()).containsExactlyInAnyOrder("steady", "stuck");
        assertThat(info("steady").starts()).isEqualTo(1);
    }

    /** It holds something that only one start can have, such as the lock of a database. */
    @Test
    void anAsaThatHasBlockedItsThreadReleasesWhatItHoldsBeforeItIsStartedAgain() {
        List<String> calls = new CopyOnWriteArrayList<>();
        AtomicBoolean held = new AtomicBoolean();
        run(AsaSetup.of(InstalledAsa.of(() -> new HostedAsa() {
            @Override
            public AsaManifest manifest() {
                return AsaManifest.of("stuck", "1");
            }

            @Override
            public Publisher<?> start(HostContext context) {
                if (!held.compareAndSet(false, true)) {
                    return Mono.error(new IllegalStateException("it is held"));
                }
                calls.add("started");
                context.ready();
                context.scheduler().schedule(() -> {
                    while (blocking.get()) {
                        note(places);
                    }
                });
                return Mono.never().doOnCancel(() -> calls.add("cancelled"));
            }

            @Override
            public Mono<Void> stop() {
                return Mono.delay(Duration.ofMillis(10)).then(Mono.fromRunnable(() -> {
                    held.set(false);
                    calls.add("stopped");
                }));
            }
        })));

        awaitSentence("its thread has not ended");
        blocking.set(false);
        Await.until("a second start", () -> info("stuck").starts() == 2);
        awaitState("stuck", LifeCycleState.OPERATIONAL);
        assertThat(calls).containsExactly("started", "cancelled", "stopped", "started");
        assertThat(info("stuck").failures()).isEqualTo(Map.of(HostException.Kind.BLOCKED, 1L));
    }

    /** {@return an ASA that blocks its thread, also when it is interrupted, and notes its end} */
    private AsaSetup stuck(List<String> ends) {
        return AsaSetup.of(InstalledAsa.of(() -> new HostedAsa() {
            @Override
            public AsaManifest manifest() {
                return AsaManifest.of("stuck", "1");
            }

            @Override
            public Publisher<?> start(HostContext context) {
                context.ready();
                context.scheduler().schedule(() -> {
                    while (blocking.get()) {
                        note(places);
                    }
                });
                return Mono.never();
            }

            @Override
            public Mono<Void> stop() {
                return Mono.fromRunnable(
                        () -> ends.add("stopped on " + Thread.currentThread().getName()));
            }
        }));
    }

    @Test
    void anAsaThatHasBlockedItsThreadReleasesWhatItHoldsSoonAfterItsNodeIsClosed() {
        List<String> ends = new CopyOnWriteArrayList<>();
        run(stuck(ends));
        awaitSentence("stuck has been blocked for ");

        node.closeAsync().block(BOUND);
        blocking.set(false);

        host.closeAsync().block(BOUND);
        assertThat(ends).containsExactly("stopped on asa-stuck");
    }

    /** The host has unloaded its code. */
    @Test
    void nothingOfAnAsaThatHasBlockedItsThreadIsCalledAfterTheEndOfItsHost() {
        List<String> ends = new CopyOnWriteArrayList<>();
        run(stuck(ends));
        awaitSentence("stuck has been blocked for ");

        host.closeAsync().block(BOUND);
        blocking.set(false);

        Await.until("the end of the ASA's thread", () -> threads().isEmpty());
        assertThat(ends).isEmpty();
    }

    @Test
    void aVersionWhoseThreadHangsInsteadOfTakingOverHindersNeitherTheOldOneNorTheNext() {
        run(TestAsa.idle(AsaManifest.of("bank", "1")).setup());
        awaitState("bank", LifeCycleState.OPERATIONAL);
        run(new TestAsa(AsaManifest.of("bank", "2"), context -> {
                    while (blocking.get()) {
                        note(places);
                    }
                    return Mono.never();
                })
                .setup());

        awaitSentence("its thread has not ended");
        assertThat(info("bank").state()).isEqualTo(LifeCycleState.OPERATIONAL);
        assertThat(info("bank").version()).isEqualTo("1");
        assertThat(info("bank").detail())
                .startsWith("bank 2 has not taken over: bank has been blocked for ")
                .endsWith("; its thread has not ended");

        run(TestAsa.idle(AsaManifest.of("bank", "3")).setup());
        Await.until("version 3", () -> info("bank").version().equals("3"));
        assertThat(info("bank").state()).isEqualTo(LifeCycleState.OPERATIONAL);
    }

    @Test
    void anAsaForWhoseThreadTooManyTasksWaitIsNamedAndStartedAgain() {
        AtomicInteger starts = new AtomicInteger();
        run(steady(), asa("busy", context -> {
            for (int i = 0; starts.get() == 0 && i <= TASKS; i++) {
                context.scheduler().schedule(() -> {}, 1, TimeUnit.HOURS);
            }
            starts.incrementAndGet();
            context.ready();
            return Mono.never();
        }));

        awaitSentence("busy is overloaded: more than " + TASKS + " tasks wait for its thread");
        Await.until("a second start", () -> starts.get() == 2);
        awaitState("busy", LifeCycleState.OPERATIONAL);
        HostedAsaInfo busy = info("busy");
        assertThat(busy.failures()).isEqualTo(Map.of(HostException.Kind.OVERLOADED, 1L));
        assertThat(busy.work().tasks()).isPositive();
        assertThat(busy.work().waiting()).isLessThan(TASKS);
        assertThat(info("steady").starts()).isEqualTo(1);
    }

    @Test
    void anAsaThatReportsInALoopDoesNotHoldUpTheNode() {
        AtomicInteger calls = new AtomicInteger();
        run(steady(), asa("spam", context -> {
            context.ready();
            long begin = System.nanoTime();
            while (System.nanoTime() - begin < Duration.ofMillis(200).toNanos()) {
                context.report("spam");
                context.ready();
                calls.incrementAndGet();
            }
            return Mono.never();
        }));

        awaitSentence("spam 1 reports too much: ");
        assertThat(calls.get()).isGreaterThan(1000);
        assertThat(events).filteredOn(HostEvent.Reported.class::isInstance).hasSizeLessThan(200);
        assertThat(info("spam").starts()).isEqualTo(1);
    }

    /** The node is closed without the host, while the ASA is in the middle of something. */
    @Test
    void anAsaIsStoppedOnItsThreadAlsoIfItsNodeIsClosed() {
        List<String> ends = new CopyOnWriteArrayList<>();
        TestAsa idle = TestAsa.idle(AsaManifest.of("idle", "1"));
        run(AsaSetup.of(InstalledAsa.of(() -> new HostedAsa() {
            @Override
            public AsaManifest manifest() {
                return idle.manifest();
            }

            @Override
            public Publisher<?> start(HostContext context) {
                return Flux.from(idle.start(context)).doOnCancel(() -> ends.add("cancelled"));
            }

            @Override
            public Mono<Void> stop() {
                return Mono.fromRunnable(
                        () -> ends.add("stopped on " + Thread.currentThread().getName()));
            }
        })));
        awaitState("idle", LifeCycleState.OPERATIONAL);
        node.closeAsync().block(BOUND);

        host.closeAsync().block(BOUND);
        assertThat(ends).containsExactly("cancelled", "stopped on asa-idle");
    }

    @Test
    void aCancelledDelayDoesNotCountAsATaskThatWaits() {
        run(asa("careful", context -> {
            context.ready();
            Disposable.Composite delays = Disposables.composite();
            for (int i = 0; i < TASKS / 2; i++) {
                delays.add(context.scheduler().schedule(() -> {}, 1, TimeUnit.HOURS));
                delays.add(context.scheduler().schedulePeriodically(() -> {}, 1, 1, TimeUnit.HOURS));
            }
            delays.dispose();
            return Flux.interval(Duration.ofMillis(1), context.scheduler());
        }));

        Await.until("some ticks", () -> info("careful").work().tasks() > 20);
        assertThat(info("careful").work().waiting()).isLessThan(5);
    }

    @Test
    void whatEscapesFromATaskEndsThatAsaAlone() {
        run(
                steady(),
                asa("throwing", context -> {
                    context.ready();
                    context.scheduler().schedule(() -> {
                        throw new IllegalStateException("in a task");
                    });
                    return Mono.never();
                }),
                asa("recursive", context -> {
                    context.ready();
                    return Mono.delay(Duration.ofMillis(1), context.scheduler()).map(over -> recurse(0));
                }),
                asa(
                        "incomplete",
                        context -> Mono.defer(() -> {
                            throw new NoClassDefFoundError("com/example/Absent");
                        })));

        awaitSentence("throwing has failed: java.lang.IllegalStateException: in a task");
        awaitSentence("recursive has failed: java.lang.StackOverflowError");
        awaitSentence("incomplete has failed: java.lang.NoClassDefFoundError: com/example/Absent");
        assertThat(info("steady").starts()).isEqualTo(1);
        assertThat(info("steady").state()).isEqualTo(LifeCycleState.OPERATIONAL);
    }

    @Test
    void whatEscapesFromAHandlerEndsItsSessionAndTheAsaGoesOn() {
        Objective channel = Objective.negotiable("channel");
        run(
                asa("fragile", context -> {
                    Asa asa = context.asa();
                    return Mono.when(asa.register(EX3, SHARED), asa.register(channel, SHARED))
                            .then(context.serve(
                                    asa.listenNegotiate(EX3, customer -> {
                                        if (customer.objective().value().as(Integer.class) == 0) {
                                            recurse(0);
                                        }
                                        return customer.converse(
                                                offers -> offers.map(offer -> Move.propose(recurse(0))));
                                    }),
                                    asa.raw().listen(channel, open -> {
                                        throw new NoClassDefFoundError("com/example/Absent");
                                    })));
                }),
                new TestAsa(AsaManifest.of("customer", "1").withNeeds("fragile"), context -> {
                            Asa asa = context.asa();
                            return Mono.when(asa.register(EX3, SHARED), asa.register(channel, SHARED))
                                    .thenMany(Flux.range(0, 2))
                                    .concatMap(value -> asa.negotiate(
                                            EX3.withValue(value), offers -> offers.map(offer -> Move.accept())))
                                    .doOnNext(outcome -> context.report("outcome " + outcome))
                                    .then(asa.raw().request(channel))
                                    .flatMapMany(RawChannel::receive)
                                    .onErrorComplete()
                                    .then(context.serve(Mono.never()));
                        })
                        .setup());

        awaitState("customer", LifeCycleState.OPERATIONAL);
        Await.until(
                () -> "three failures of handlers among " + events,
                () -> info("fragile").failures().equals(Map.of(HostException.Kind.HANDLER, 3L)));
        awaitSentence("NoClassDefFoundError: com/example/Absent");
        assertThat(events.stream().filter(event -> event.sentence().startsWith("customer: outcome Declined")))
                .as(events.toString())
                .hasSize(2)
                .allMatch(event -> event.sentence().contains("internal error"));
        assertThat(info("fragile").starts()).isEqualTo(1);
        assertThat(info("fragile").state()).isEqualTo(LifeCycleState.OPERATIONAL);
    }

    private static int recurse(int depth) {
        return recurse(depth + 1) + 1;
    }

    @Test
    void anAsaThatWaitsForASignalOfItsOwnThreadFailsAtOnce() {
        run(asa(
                "waiting",
                context -> Mono.just(String.valueOf(context.asa().register(EX1).block()))));

        awaitSentence("waiting has failed: java.lang.IllegalStateException: block()");
    }

    @Test
    void anOutOfMemoryErrorEndsTheNode() {
        run(steady(), asa("hungry", context -> {
            context.scheduler().schedule(() -> {
                throw new OutOfMemoryError("a test");
            });
            return Mono.never();
        }));

        assertThatThrownBy(() -> node.onClose().block(BOUND))
                .isInstanceOf(GraspException.class)
                .hasRootCauseInstanceOf(OutOfMemoryError.class);
    }

    @Test
    void theClosedNodeEndsTheAsas() {
        run(steady());
        awaitState("steady", LifeCycleState.OPERATIONAL);

        node.closeAsync().block(BOUND);

        host.closeAsync().onErrorComplete().block(BOUND);
    }
}
