package io.grasp.benchmarks;

import io.grasp.benchmarks.memory.NoOpConnection;
import io.grasp.benchmarks.memory.NoOpNode;
import io.grasp.benchmarks.memory.SampleMessages;
import io.grasp.config.EngineConfig;
import io.grasp.config.RegistrationOptions;
import io.grasp.engine.negotiation.NegotiationSession;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.wire.End;
import io.grasp.wire.GraspOption;
import io.grasp.wire.MessageEncoder;
import io.grasp.wire.Negotiate;
import io.grasp.wire.RequestNegotiation;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;

/** Measures negotiations in the engine alone; the substrate does nothing. */
public class NegotiationBenchmark extends AverageTime {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final InetSocketAddress PEER = new InetSocketAddress(SampleMessages.INITIATOR, 40_000);
    private static final Objective EX1 = SampleMessages.EX1;

    private final NoOpNode initiator = new NoOpNode(EngineConfig.DEFAULTS, 1);
    private final NoOpNode responder = new NoOpNode(EngineConfig.DEFAULTS, 1);
    private final NoOpConnection stepping = open();
    private final NegotiationSession session = sessionOf();
    private byte[] offer = {};
    private int nextSession = 0x4000_0000;

    private NegotiationSession opened = session;

    private NoOpConnection open() {
        initiator.asa().register(EX1, RegistrationOptions.DEFAULTS);
        responder.asa().register(EX1, RegistrationOptions.DEFAULTS);
        responder.listen(EX1, negotiation -> opened = negotiation);
        opened = initiator.asa().negotiate(EX1, NoOpNode.PEER, TIMEOUT, NoOpNode.NO_EVENTS);
        initiator.loop().run();
        return initiator.substrate().lastOpened();
    }

    private NegotiationSession sessionOf() {
        return opened;
    }

    /** Encodes the peer's offer, which it sends again and again with the same loop count. */
    @Setup
    public void encode() {
        offer = MessageEncoder.encode(new Negotiate(session.info().id(), EX1));
    }

    /** Takes one step: receives the peer's offer and sends ours. */
    @Benchmark
    public void step() {
        initiator.loop().run();
        stepping.receive(offer);
        session.step(EX1.value(), TIMEOUT);
    }

    /** Runs a whole negotiation of one step, as its initiator. */
    @Benchmark
    public void initiate() {
        NegotiationSession begun = initiator.asa().negotiate(EX1, NoOpNode.PEER, TIMEOUT, NoOpNode.NO_EVENTS);
        initiator.loop().run();
        NoOpConnection connection = initiator.substrate().lastOpened();
        connection.receive(MessageEncoder.encode(new End(begun.info().id(), new GraspOption.Accept())));
        connection.peerCloses();
    }

    /** Runs a whole negotiation of one step, as its responder. */
    @Benchmark
    public void respond() {
        NoOpConnection connection = responder.substrate().accept(PEER);
        connection.receive(
                MessageEncoder.encode(new RequestNegotiation(new SessionId(nextSession++ & 0x7FFF_FFFFL), EX1)));
        opened.accept();
        responder.loop().run();
        connection.peerCloses();
    }
}
