package io.grasp.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Servers that send too much, too little, or never stop. */
@Timeout(30)
class HttpFetchTest {
    private static final int MAX_BYTES = 100;
    private static final String OK = "HTTP/1.0 200 OK\r\n";

    private final HostLookups lookups = new HostLookups(InetAddress::getAllByName, 1);
    private ServerSocket server;
    private Thread serving;

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void close() throws Exception {
        server.close();
        serving.join();
        lookups.close();
    }

    /** Sends a text, and then another one again and again; if that is empty, the response ends. */
    private byte[] fetch(String response, String thenAlways) throws IOException {
        URI uri = URI.create("http://127.0.0.1:" + server.getLocalPort() + "/");
        return fetch(new HttpFetch(uri, lookups, MAX_BYTES, Duration.ofSeconds(5)), response, thenAlways);
    }

    private byte[] fetch(HttpFetch request, String response, String thenAlways) throws IOException {
        serving = new Thread(() -> {
            try (Socket socket = server.accept()) {
                OutputStream out = socket.getOutputStream();
                out.write(response.getBytes(StandardCharsets.US_ASCII));
                while (!thenAlways.isEmpty()) {
                    out.write(thenAlways.getBytes(StandardCharsets.US_ASCII));
                }
                socket.shutdownOutput();
                socket.getInputStream().readAllBytes();
            } catch (IOException closed) {
                // The client has enough.
            }
        });
        serving.start();
        return request.get();
    }

    @Test
    void aBodyWithoutALengthEndsWithTheConnection() throws Exception {
        assertThat(fetch(OK + "\r\n" + "x".repeat(MAX_BYTES), "")).hasSize(MAX_BYTES);
    }

    @Test
    void aBodyWithoutEndIsGivenUpAtTheMaximum() {
        assertThatThrownBy(() -> fetch(OK + "\r\n", "x".repeat(1000)))
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(SocketTimeoutException.class)
                .hasMessageContaining("more than 100 bytes");
    }

    @Test
    void aHeaderWithoutEndIsGivenUpAtAMaximum() {
        assertThatThrownBy(() -> fetch(OK, "X: y\r\n".repeat(100)))
                .hasMessageContaining("header of the response is too");
    }

    @Test
    void aLengthThatIsNotPermittedIsGivenUpAtOnce() {
        assertThatThrownBy(() -> fetch(OK + "Content-Length: 101\r\n\r\n", ""))
                .hasMessageContaining("more than 100 bytes");
    }

    @Test
    void aBodyShorterThanItsLengthIsRefused() {
        assertThatThrownBy(() -> fetch(OK + "Content-Length: 10\r\n\r\nabcde", ""))
                .hasMessageContaining("after 5 of 10 bytes");
    }

    @Test
    void aResponseInChunksIsRefused() {
        assertThatThrownBy(() -> fetch(OK + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", ""))
                .hasMessageContaining("chunked");
    }

    /** Each byte comes in time, but all together do not. */
    @Test
    void theTimeIsThatOfTheWholeResponse() {
        serving = new Thread(() -> {
            try (Socket socket = server.accept()) {
                while (true) {
                    socket.getOutputStream().write('x');
                    Thread.sleep(10);
                }
            } catch (IOException | InterruptedException closed) {
                // The client has given up.
            }
        });
        serving.start();
        URI uri = URI.create("http://127.0.0.1:" + server.getLocalPort() + "/");
        assertThatThrownBy(() -> new HttpFetch(uri, lookups, MAX_BYTES, Duration.ofMillis(100)).get())
                .isInstanceOf(SocketTimeoutException.class);
    }

    /** One of them refuses connections, and another one does not respond. */
    @Test
    void theAddressOfAHostThatCanBeReachedIsFound() throws Exception {
        InetAddress silent = InetAddress.getByName("127.0.0.2");
        InetAddress refusing = InetAddress.getByName("127.0.0.3");
        InetAddress[] addresses = {refusing, silent, server.getInetAddress()};
        List<Socket> waiting = new ArrayList<>();
        try (HostLookups all = new HostLookups(name -> addresses, 1);
                ServerSocket full = new ServerSocket(server.getLocalPort(), 1, silent)) {
            fill(full, waiting);
            String host = "http://authority.example:" + server.getLocalPort() + "/";
            assertThat(fetch(
                            new HttpFetch(URI.create(host), all, MAX_BYTES, Duration.ofSeconds(1)),
                            OK + "\r\nlist",
                            ""))
                    .asString(StandardCharsets.US_ASCII)
                    .isEqualTo("list");

            addresses[2] = refusing;
            assertThatThrownBy(() -> new HttpFetch(URI.create(host), all, MAX_BYTES, Duration.ofMillis(100)).get())
                    .hasMessageContaining("none of the host's 3 addresses can be reached; the last, 127.0.0.3: ");
        } finally {
            for (Socket each : waiting) {
                each.close();
            }
        }
    }

    /** Connects until a further connection is not accepted any more. */
    private static void fill(ServerSocket full, List<Socket> waiting) throws IOException {
        try {
            while (true) {
                Socket next = new Socket();
                waiting.add(next);
                next.connect(full.getLocalSocketAddress(), 100);
            }
        } catch (SocketTimeoutException filled) {
            // The kernel drops what comes from now on.
        }
    }

    @Test
    void onlyPlainHttpWithoutCredentialsIsUsed() {
        serving = new Thread(() -> {});
        assertThat(HttpFetch.isUsable(URI.create("HTTP://authority.example.com/crl")))
                .isTrue();
        assertThat(HttpFetch.isUsable(URI.create("http://my_ca:8080/crl"))).isTrue();
        for (String unusable : new String[] {
            "https://authority.example.com/crl",
            "ldap://authority.example.com/",
            "http:///crl",
            "http:crl",
            "http://u:p@a.example/",
            "http://u@my_ca/",
            "http://my_ca:123456/",
            "http://1.2.3.4.5/",
            "http://my$ca/"
        }) {
            assertThat(HttpFetch.isUsable(URI.create(unusable))).as(unusable).isFalse();
        }
    }
}
