package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.Proves;
import io.grasp.cbor.CborLimits;
import io.grasp.config.RegistrationOptions;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.wire.MessageFramer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Messages of many TCP segments, to and from a peer with small buffers that writes and reads in small pieces. */
class NettySegmentsTest extends NettyTest {
    private static final Objective EX3 = Objective.negotiable("EX3");
    private static final int LARGE = 70_000;
    private static final int BUFFER = 2048;

    @Test
    @Proves("8990-2.5.3-5")
    void aLargeValueIsEchoedInPieces() throws Exception {
        byte[] value = new byte[64 * 1024];
        new Random(1).nextBytes(value);
        Grasp node = world.start();
        Asa asa = world.awaitOne(node.registerAsa("echo"));
        world.await(asa.register(EX3, RegistrationOptions.DEFAULTS.withMaxMessageBytes(LARGE)));
        Collected<Negotiation> listening = world.collect(asa.listenNegotiate(EX3)
                .flatMap(negotiation -> negotiation.step(negotiation.objective().value())));
        world.await(asa.getFlood("EX1")); // returns after the loop has run, so the ASA listens
        Asa other = world.awaitOne(node.registerAsa("other"));
        Locator.Ipv6 place = (Locator.Ipv6)
                world.awaitOne(other.discover(EX3, DiscoverOptions.knownOnly())).locator();

        try (Socket socket = new Socket()) {
            socket.setReceiveBufferSize(BUFFER);
            socket.setSendBufferSize(BUFFER);
            socket.setTcpNoDelay(true);
            socket.connect(new InetSocketAddress(place.address(), place.port()));
            socket.setSoTimeout(20_000);
            byte[] request = MessageSizeContractTest.encode(EX3.withValue(value));
            writeInPieces(socket.getOutputStream(), request);
            byte[] answer = readOne(socket);

            assertThat(answer).hasSize(request.length);
            // The type and the loop count differ, the rest is unchanged.
            assertThat(answer[1]).isEqualTo((byte) 5);
            int tail = value.length;
            assertThat(answer).endsWith(Arrays.copyOfRange(request, request.length - tail, request.length));
        }
        listening.awaitFailure(); // the peer closed the connection during the session
        world.awaitNoResidue(node);
    }

    private static void writeInPieces(OutputStream out, byte[] message) throws IOException {
        Random random = new Random(2);
        for (int from = 0; from < message.length; ) {
            int length = Math.min(message.length - from, from < 100 ? 1 : 1 + random.nextInt(1500));
            out.write(message, from, length);
            out.flush();
            from += length;
        }
    }

    private static byte[] readOne(Socket socket) throws Exception {
        MessageFramer framer = new MessageFramer(CborLimits.DEFAULT.withMaxBytes(LARGE));
        byte[] piece = new byte[777];
        while (true) {
            int length = socket.getInputStream().read(piece);
            assertThat(length).isPositive();
            framer.feed(Arrays.copyOf(piece, length));
            byte[] message = framer.next();
            if (message != null) {
                return message;
            }
        }
    }
}
