package io.grasp.samples.doctor;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Optional;

/** Tries whether a TCP connection opens. */
@FunctionalInterface
public interface Connector {
    /** The longest time that one may take. */
    int TIMEOUT_MILLIS = 1500;

    /** {@return why it does not open; empty if it does} It blocks. */
    Optional<String> problem(InetSocketAddress peer);

    /** {@return one with real sockets, which sends nothing} */
    static Connector ofHost() {
        return peer -> {
            try (Socket socket = new Socket()) {
                socket.connect(peer, TIMEOUT_MILLIS);
                return Optional.empty();
            } catch (SocketTimeoutException e) {
                return Optional.of("no answer within " + TIMEOUT_MILLIS
                        + " ms: a firewall drops the connection, or there is no such host");
            } catch (NoRouteToHostException e) {
                return Optional.of("no route to the host: a firewall rejects the connection, or the host is gone");
            } catch (ConnectException e) {
                return Optional.of("refused: no program accepts connections there");
            } catch (IOException e) {
                return Optional.of(String.valueOf(e.getMessage()));
            }
        };
    }
}
