package io.grasp.benchmarks.memory;

import io.grasp.config.EngineConfig;
import io.grasp.engine.EngineAsa;
import io.grasp.engine.GraspEngine;
import io.grasp.engine.negotiation.NegotiationAcceptor;
import io.grasp.engine.negotiation.NegotiationEvents;
import io.grasp.engine.negotiation.NegotiationSession;
import io.grasp.model.AsaLocator;
import io.grasp.model.GraspException;
import io.grasp.model.Locator;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.Objective;
import io.grasp.observe.GraspObserver;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** A started engine over a {@link NoOpSubstrate}, with one ASA. */
public final class NoOpNode {
    /** A peer's locator. */
    public static final AsaLocator PEER =
            AsaLocator.of(new Locator.Ipv6(NoOpSubstrate.address(0xfd, 2), Locator.TCP, NoOpSubstrate.PORT));

    /** Ignores all events. */
    public static final NegotiationEvents NO_EVENTS = new NegotiationEvents() {
        @Override
        public void offered(Objective offer) {}

        @Override
        public void ended(NegotiationOutcome outcome) {}

        @Override
        public void failed(GraspException failure) {}
    };

    private final NoOpSubstrate substrate;
    private final EngineAsa asa;

    /**
     * @param config the engine's settings
     * @param links the number of links
     */
    public NoOpNode(EngineConfig config, int links) {
        this.substrate = new NoOpSubstrate(links);
        GraspEngine engine = new GraspEngine(config, substrate, new SplittableRandom(1), GraspObserver.NONE);
        engine.start(failure -> {});
        substrate.loop().run();
        this.asa = engine.registerAsa("bench");
    }

    /** {@return its substrate} */
    public NoOpSubstrate substrate() {
        return substrate;
    }

    /** {@return its loop} */
    public ManualLoop loop() {
        return substrate.loop();
    }

    /** {@return its ASA} */
    public EngineAsa asa() {
        return asa;
    }

    /**
     * Accepts every negotiation that peers request.
     *
     * @param objective an objective that the ASA has registered
     * @param taker receives each negotiation
     */
    public void listen(Objective objective, Consumer<NegotiationSession> taker) {
        asa.listenNegotiate(objective, new NegotiationAcceptor() {
                    @Override
                    public void requested(NegotiationSession session) {
                        session.take(NO_EVENTS);
                        taker.accept(session);
                    }

                    @Override
                    public void stopped() {}
                })
                .request(Long.MAX_VALUE);
    }
}
