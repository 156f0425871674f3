package io.grasp.security;

import io.grasp.util.AddressText;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP request for revocation data, bounded in size and in total time, including that for its host's name. It
 * does not follow redirects. It speaks HTTP 1.0, whose responses end with the connection or after a stated length.
 *
 * <p>The JDK's clients do not fit: the timeouts of {@code HttpURLConnection} are those of one read, and that of
 * {@code HttpClient} does not include the body; before JDK 21 its thread cannot be ended.
 *
 * <p>{@link #close} may be called on another thread and ends a request under way.
 */
final class HttpFetch implements AutoCloseable {
    private static final int DEFAULT_PORT = 80;
    private static final int MAX_HEADER_BYTES = 16 << 10;
    private static final int CHUNK = 8 << 10;

    /** A host name with an underscore, for example, which {@code URI} does not take for one; no address. */
    private static final Pattern OTHER_NAME = Pattern.compile("((?=[0-9.-]*[A-Za-z_])[A-Za-z0-9._-]+)(?::(\\d{0,5}))?");

    private final URI uri;
    private final Server server;
    private final HostLookups lookups;
    private final int maxBytes;
    private final long deadline;
    private volatile Socket socket = new Socket();
    private volatile boolean isClosed;

    private record Server(String host, int port) {}

    /**
     * A request, which {@link #get} or {@link #post} sends.
     *
     * @param uri a valid target, see {@link #isUsable}
     * @param lookups resolves its host name
     * @param maxBytes the maximum size of the body
     * @param timeout the time from now until all has been received
     */
    HttpFetch(URI uri, HostLookups lookups, int maxBytes, Duration timeout) {
        this.uri = uri;
        this.server = Objects.requireNonNull(server(uri), "no usable host");
        this.lookups = lookups;
        this.maxBytes = maxBytes;
        deadline = System.nanoTime() + timeout.toNanos();
    }

    /** {@return whether data can be fetched from here: by plain HTTP, because what is fetched is signed} */
    static boolean isUsable(URI uri) {
        return isHttp(uri) && server(uri) != null;
    }

    static boolean isHttp(URI uri) {
        return "http".equalsIgnoreCase(uri.getScheme());
    }

    private static @Nullable Server server(URI uri) {
        if (uri.getHost() != null) {
            int port = uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort();
            return uri.getRawUserInfo() == null ? new Server(uri.getHost(), port) : null;
        }
        Matcher name = OTHER_NAME.matcher(String.valueOf(uri.getRawAuthority()));
        if (uri.getRawAuthority() == null || !name.matches()) {
            return null;
        }
        String port = name.group(2);
        return new Server(name.group(1), port == null || port.isEmpty() ? DEFAULT_PORT : Integer.parseInt(port));
    }

    byte[] get() throws IOException {
        return exchange("GET", "", new byte[0]);
    }

    byte[] post(String contentType, byte[] content) throws IOException {
        return exchange(
                "POST", "Content-Type: " + contentType + "\r\nContent-Length: " + content.length + "\r\n", content);
    }

    private byte[] exchange(String method, String headers, byte[] content) throws IOException {
        try {
            int port = server.port;
            String host = server.host;
            connect(lookups.resolve(host, Duration.ofMillis(remainingMillis())), port);
            String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
            String target = uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
            String head = method + " " + target + " HTTP/1.0\r\n"
                    + ("Host: " + host + (port == DEFAULT_PORT ? "" : ":" + port) + "\r\n")
                    + ("Accept: */*\r\n" + headers + "\r\n");
            ByteArrayOutputStream request = new ByteArrayOutputStream();
            request.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
            request.writeBytes(content);
            socket.getOutputStream().write(request.toByteArray()); // fits into the socket's buffer
            return response(socket.getInputStream());
        } finally {
            close();
        }
    }

    /** Connects to the first address that can be reached; each but the last has a share of the time that is left. */
    private void connect(List<InetAddress> addresses, int port) throws IOException {
        for (int left = addresses.size(); ; left--) {
            InetAddress address = addresses.get(addresses.size() - left);
            try {
                socket.connect(new InetSocketAddress(address, port), Math.max(1, remainingMillis() / left));
                return;
            } catch (IOException e) {
                if (left == 1 || isClosed) {
                    throw addresses.size() == 1 || isClosed ? e : unreachable(addresses.size(), address, e);
                }
                replaceSocket();
            }
        }
    }

    private static IOException unreachable(int addresses, InetAddress last, IOException why) {
        return new IOException(
                "none of the host's " + addresses + " addresses can be reached; the last, " + AddressText.of(last)
                        + ": " + why.getMessage(),
                why);
    }

    private void replaceSocket() throws IOException {
        socket.close();
        socket = new Socket();
        if (isClosed) { // meanwhile, by another thread
            socket.close();
        }
    }

    private byte[] response(InputStream in) throws IOException {
        byte[] buffer = new byte[CHUNK];
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        int headEnd = -1;
        int count = 0;
        while (headEnd < 0 && (count = read(in, buffer)) >= 0) {
            received.write(buffer, 0, count);
            headEnd = endOfHead(received.toByteArray());
            if (headEnd < 0 && received.size() > MAX_HEADER_BYTES) {
                throw new IOException("the header of the response is too long");
            }
        }
        if (headEnd < 0) {
            throw new EOFException("the response ended in its header");
        }
        byte[] bytes = received.toByteArray();
        int length = bodyLength(new String(bytes, 0, headEnd, StandardCharsets.ISO_8859_1));
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.write(bytes, headEnd, bytes.length - headEnd);
        while (body.size() <= maxBytes && (length < 0 || body.size() < length) && (count = read(in, buffer)) >= 0) {
            body.write(buffer, 0, count);
        }
        if (body.size() > maxBytes) {
            throw tooLarge();
        }
        if (body.size() < length) {
            throw new EOFException("the response ended after " + body.size() + " of " + length + " bytes");
        }
        return body.toByteArray();
    }

    private static int endOfHead(byte[] bytes) {
        for (int i = 3; i < bytes.length; i++) {
            if (bytes[i] == '\n' && bytes[i - 1] == '\r' && bytes[i - 2] == '\n' && bytes[i - 3] == '\r') {
                return i + 1;
            }
        }
        return -1;
    }

    /** {@return the stated length of the body, or -1} */
    private int bodyLength(String head) throws IOException {
        String[] lines = head.split("\r\n", -1);
        String[] status = lines[0].split(" ", 3);
        if (status.length < 2 || !status[0].startsWith("HTTP/")) {
            throw new IOException("the server does not speak HTTP");
        }
        if (!status[1].equals("200")) {
            throw new IOException("the server's response has the status " + Subjects.printable(status[1]));
        }
        int length = -1;
        for (String line : lines) {
            String lower = line.toLowerCase(Locale.ROOT);
            if (lower.startsWith("transfer-encoding:")) {
                throw new IOException("the server's response is chunked, which HTTP 1.0 does not have");
            }
            if (lower.startsWith("content-length:")) {
                try {
                    long stated = Long.parseLong(
                            lower.substring("content-length:".length()).trim());
                    if (stated > maxBytes) {
                        throw tooLarge();
                    }
                    length = (int) stated;
                } catch (NumberFormatException e) {
                    throw new IOException("the response states no valid length");
                }
            }
        }
        return length;
    }

    private IOException tooLarge() {
        return new IOException("the response has more than " + maxBytes + " bytes");
    }

    private int read(InputStream in, byte[] buffer) throws IOException {
        socket.setSoTimeout(remainingMillis());
        return in.read(buffer);
    }

    private int remainingMillis() throws SocketTimeoutException {
        long millis = (deadline - System.nanoTime()) / 1_000_000;
        if (millis <= 0) {
            throw new SocketTimeoutException("the server did not respond in time");
        }
        return (int) Math.min(millis, Integer.MAX_VALUE);
    }

    @Override
    public void close() {
        isClosed = true;
        try {
            socket.close();
        } catch (IOException closedAnyway) {
            // Nothing is left to be done.
        }
    }
}
