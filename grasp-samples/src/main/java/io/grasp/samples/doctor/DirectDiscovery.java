package io.grasp.samples.doctor;

import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;

/**
 * Sends one discovery to one peer alone (RFC 8990 section 2.5.4.2), past the multicasts that a switch may not pass. It
 * blocks, for at most two times {@link Connector#TIMEOUT_MILLIS}.
 */
interface DirectDiscovery {
    /** What comes back. */
    enum Answer {
        /** A response. */
        RESPONSE,
        /** Nothing, as from a node without an ASA for the objective. */
        SILENCE,
        /** The end of the connection, or something that no node answers. */
        OTHER
    }

    /**
     * Discovers.
     *
     * @param objective the name of the objective
     * @param to the peer's address and port
     * @return what comes back
     * @throws IOException if the peer could not be asked
     */
    Answer ask(String objective, InetSocketAddress to) throws IOException;

    /** {@return one that asks by TCP, and gets the answer on the same connection} */
    static DirectDiscovery byTcp() {
        return (objective, to) -> {
            try (Socket socket = new Socket()) {
                socket.connect(to, Connector.TIMEOUT_MILLIS);
                try {
                    socket.setSoTimeout(Connector.TIMEOUT_MILLIS);
                    socket.getOutputStream().write(Discoveries.encoded(objective, socket.getLocalAddress()));
                    return Discoveries.answer(socket.getInputStream());
                } catch (IOException reset) {
                    return Answer.OTHER;
                }
            }
        };
    }

    /** {@return one that asks by UDP; the answer is a connection to the port that the datagram came from} */
    static DirectDiscovery byUdp() {
        return (objective, to) -> {
            InetAddress own;
            try (DatagramSocket route = new DatagramSocket()) {
                route.connect(to);
                own = route.getLocalAddress();
            }
            try (ServerSocket answers = new ServerSocket(0, 1, own);
                    DatagramSocket socket = new DatagramSocket(answers.getLocalPort(), own)) {
                byte[] discovery = Discoveries.encoded(objective, own);
                answers.setSoTimeout(Connector.TIMEOUT_MILLIS);
                socket.send(new DatagramPacket(discovery, discovery.length, to));
                try (Socket answer = answers.accept()) {
                    answer.setSoTimeout(Connector.TIMEOUT_MILLIS);
                    return Discoveries.answer(answer.getInputStream());
                } catch (SocketTimeoutException e) {
                    return Answer.SILENCE;
                }
            }
        };
    }

    /** The messages, of which nothing more is needed than these bytes. */
    final class Discoveries {
        private static final int M_DISCOVERY = 1;
        private static final int M_RESPONSE = 2;
        private static final int ARRAY = 0x80;
        private static final int MAJOR_TYPE = 0xE0;

        private Discoveries() {}

        static byte[] encoded(String objective, InetAddress initiator) {
            long session = Integer.toUnsignedLong(new SecureRandom().nextInt());
            List<Object> name = Arrays.asList(objective, Objective.F_DISC, 1, null);
            return ObjectiveValue.of(List.of(M_DISCOVERY, session, initiator.getAddress(), name))
                    .content()
                    .bytes();
        }

        /** {@return what a peer sends} A response begins as an array whose first element is its type. */
        static Answer answer(InputStream in) throws IOException {
            try {
                byte[] begin = in.readNBytes(2);
                boolean isResponse = begin.length == 2 && (begin[0] & MAJOR_TYPE) == ARRAY && begin[1] == M_RESPONSE;
                return isResponse ? Answer.RESPONSE : Answer.OTHER;
            } catch (SocketTimeoutException e) {
                return Answer.SILENCE;
            }
        }
    }
}
