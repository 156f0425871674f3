package io.grasp.samples.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A plain HTTP client on a Unix domain socket: another implementation than that of the server. */
final class SocketClient {
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private final Path path;

    SocketClient(Path path) {
        this.path = path;
    }

    /** A response that has been read. */
    record Response(int status, Map<String, String> headers, String body) {
        String header(String name) {
            return headers.get(name);
        }
    }

    /** A server-sent event. */
    record Event(String type, String data) {}

    Response get(String target, String... headers) {
        try (Stream stream = open("GET", target, null, null, headers)) {
            return stream.response();
        }
    }

    Response json(String method, String target, String body) {
        return send(method, target, "application/json", body);
    }

    Response send(String method, String target, String type, String body) {
        try (Stream stream = open(method, target, type, body)) {
            return stream.response();
        }
    }

    /** Reads all events of a stream that ends. */
    List<Event> stream(String method, String target, String body) {
        List<Event> events = new ArrayList<>();
        try (Stream stream = open(method, target, "application/json", body)) {
            stream.head();
            for (Event event = stream.read(); event != null; event = stream.read()) {
                if (!event.type().isEmpty()) {
                    events.add(event);
                }
            }
        }
        return events;
    }

    Stream watch(String target) {
        return open("GET", target, null, null);
    }

    Stream post(String target, String body) {
        return open("POST", target, "application/json", body);
    }

    Stream connect() {
        return new Stream(path);
    }

    private Stream open(String method, String target, String type, String body, String... headers) {
        Stream stream = new Stream(path);
        StringBuilder head = new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        if (type != null) {
            head.append("Content-Type: ").append(type).append("\r\n");
        }
        if (body != null) {
            head.append("Content-Length: ")
                    .append(body.getBytes(StandardCharsets.UTF_8).length)
                    .append("\r\n");
        }
        stream.write(head + "\r\n" + (body == null ? "" : body));
        stream.head = method.equals("HEAD");
        return stream;
    }

    void await(BooleanSupplier condition) {
        long end = System.nanoTime() + LONGEST.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                fail("timed out");
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** A connection with one request. */
    static final class Stream implements AutoCloseable {
        private final SocketChannel channel;
        private final InputStream in;
        private boolean head;
        private boolean started;
        private int status;
        private final Map<String, String> headers = new HashMap<>();
        private final ByteArrayOutputStream chunk = new ByteArrayOutputStream();
        private InputStream body = InputStream.nullInputStream();

        Stream(Path path) {
            try {
                channel = SocketChannel.open(UnixDomainSocketAddress.of(path));
                in = new BufferedInputStream(Channels.newInputStream(channel));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        void write(String text) {
            try {
                ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
            } catch (IOException e) {
                // The server may have refused the request before its end.
            }
        }

        private String line(InputStream from) {
            try {
                ByteArrayOutputStream line = new ByteArrayOutputStream();
                for (int each = from.read(); each != '\n'; each = from.read()) {
                    if (each < 0) {
                        return null;
                    }
                    if (each != '\r') {
                        line.write(each);
                    }
                }
                return line.toString(StandardCharsets.UTF_8);
            } catch (IOException e) {
                return null; // reset
            }
        }

        private void head() {
            if (started) {
                return;
            }
            started = true;
            String first = line(in);
            assertThat(first).as("status line").isNotNull();
            status = Integer.parseInt(first.split(" ")[1]);
            for (String line = line(in); !line.isEmpty(); line = line(in)) {
                String[] parts = line.split(": ", 2);
                headers.put(parts[0].toLowerCase(Locale.ROOT), parts[1]);
            }
            if (headers.getOrDefault("transfer-encoding", "").equals("chunked")) {
                body = new Chunks();
            } else if (!headers.containsKey("content-length")) {
                body = in;
            }
        }

        Response response() {
            head();
            try {
                byte[] bytes = head
                        ? new byte[0]
                        : headers.containsKey("content-length")
                                ? in.readNBytes(Integer.parseInt(headers.get("content-length")))
                                : body.readAllBytes();
                return new Response(status, headers, new String(bytes, StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** {@return the next event or, with an empty type, comment; {@code null} at the end} */
        private Event read() {
            head();
            String type = "";
            StringBuilder data = new StringBuilder();
            for (String line = line(body); line != null; line = line(body)) {
                if (line.isEmpty()) {
                    return new Event(type, data.toString());
                } else if (line.startsWith("event: ")) {
                    type = line.substring("event: ".length());
                } else if (line.startsWith("data: ")) {
                    data.append(line.substring("data: ".length()));
                }
            }
            return null;
        }

        void awaitComment() {
            Event comment = read();
            assertThat(status).isEqualTo(200);
            assertThat(headers.get("content-type")).startsWith("text/event-stream");
            assertThat(comment).isEqualTo(new Event("", ""));
        }

        Event next() {
            Event event = read();
            while (event != null && event.type().isEmpty()) {
                event = read();
            }
            assertThat(event).as("an event").isNotNull();
            return event;
        }

        /** {@return whether the server ends it, after any further input} */
        boolean ends() {
            try {
                while (in.read() >= 0) {
                    // ignored
                }
                return true;
            } catch (IOException reset) {
                return true;
            }
        }

        /** {@return whether its body is complete, after any further events} */
        boolean completes() {
            Event event = read();
            while (event != null) {
                event = read();
            }
            return body instanceof Chunks chunks && chunks.complete;
        }

        /** {@return whether the server has closed it, without reading} */
        boolean isCut() {
            try {
                channel.configureBlocking(false);
                return channel.write(ByteBuffer.wrap(new byte[] {'\n'})) < 0;
            } catch (IOException closed) {
                return true;
            }
        }

        @Override
        public void close() {
            try {
                channel.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** The chunks of a body. */
        private final class Chunks extends InputStream {
            private int left;
            private boolean over;
            private boolean complete;

            @Override
            public int read() throws IOException {
                if (left == 0 && !over) {
                    String size = line(in);
                    if (size != null && size.isEmpty()) {
                        size = line(in);
                    }
                    left = size == null ? 0 : Integer.parseInt(size, 16);
                    over = left == 0;
                    complete = over && size != null;
                }
                if (over) {
                    return -1;
                }
                left--;
                return in.read();
            }
        }
    }
}
